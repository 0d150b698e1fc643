"""An article's text from elsewhere, where the blocks of its page do not hold it: JSON-LD, or trafilatura's opinion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cermin.seeds.blocks import Outline, outline
from cermin.seeds.lines import is_sentence
from cermin.seeds.markup import parse_html
from cermin.seeds.mending import mend_text
from cermin.seeds.page_body import ARTICLE
from cermin.seeds.page_metadata import PageMetadata

LONGER = 2
"""How many times as long as the text of the blocks a text in JSON-LD is that is taken instead."""
SHORTEST = 200
"""Characters of such a text."""
DEEPEST = 250
"""Elements inside one another that trafilatura, which goes down in them, is given."""


class OtherText(NamedTuple):
    """Paragraphs, and how they were found."""

    way: str
    paragraphs: list[str]


def find_other_text(data: bytes, told: PageMetadata, page: Outline, verdicts: list[str]) -> OtherText | None:
    """Return the text of an article that its page keeps from readers, or None where the blocks hold it.

    ``verdicts`` on blocks that are then none of the article's are changed.
    """
    kept = sum(len(block.text) for block, verdict in zip(page.blocks, verdicts, strict=True) if verdict == ARTICLE)
    found = None
    if len(told.body) > LONGER * kept + SHORTEST:
        found = OtherText("articleBody in JSON-LD", _read_paragraphs(told.body))
    elif not kept and "headline" in verdicts and page.depth <= DEEPEST:
        found = OtherText("trafilatura", _ask_trafilatura(data))
    if found is None or not found.paragraphs:
        return None
    for position, verdict in enumerate(verdicts):
        if verdict == ARTICLE:
            verdicts[position] = "shorter than elsewhere"
    return found


def _read_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text that may hold tags."""
    if "</" in text or "<br" in text:
        root = parse_html(text.encode()).root
        return [block.text for block in outline(root).blocks if block.kind != "img"] if root is not None else []
    return _mend(text.splitlines())


def _ask_trafilatura(data: bytes) -> list[str]:
    try:
        from trafilatura import bare_extraction
    except ImportError:
        return []
    try:
        document = bare_extraction(data, include_comments=False)
    except Exception:  # noqa: BLE001 - whatever goes wrong with a second opinion must not lose the first
        return []
    text = getattr(document, "text", "") or ""
    paragraphs = _mend(text.splitlines())
    return paragraphs if sum(map(len, filter(is_sentence, paragraphs))) >= SHORTEST else []


def _mend(lines: Iterable[str]) -> list[str]:
    return [mended for line in lines for mended in _mend_line(line)]


def _mend_line(line: str) -> Sequence[str]:
    return [one for one in mend_text(line).lines if one]
