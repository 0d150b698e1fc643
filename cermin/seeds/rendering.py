r"""Pieces of lines with markup -> Markdown in the dialect of `cermin.seeds.escaping`, with its escapes.

Beside plain paragraphs there are ``## `` headings, lists of lines ``- item`` or ``3. item``, ``> `` quotations, pipe
tables, pictures ``![words](address)`` on a line of their own, links, ``**strong**`` and ``*emphasis*``. Whatever the
text holds, its words come out as they were, and no markup comes from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from cermin.seeds.archived import find_original
from cermin.seeds.blocks import Span
from cermin.seeds.escaping import escape_start
from cermin.seeds.manuscript import Markup

SCHEMES = frozenset({"http", "https", "mailto"})
LONGEST_ADDRESS = 2_000
"""Characters of an address; longer ones hold data, and lead nowhere that lasts."""
CELLS = " | "
"""Between the cells of a table's row, in its line."""

_SAFE = "/:?=&#%~+,;@!$'-._"
_INLINE = re.compile(r"[\\`\[\]*]|(?<![^\W_])_|_(?![^\W_])|<|&(?=#?\w|$)|^[\^]")
_REFERENCES = {"<": "&lt;", "&": "&amp;", "^": "&#94;"}
_OPEN_REFERENCE = re.compile(r"&(?=#?\w+;)")


class Paragraph(NamedTuple):
    """A block of Markdown, and what joins it to its neighbours."""

    markdown: str
    group: int = 0
    """Of the list, quotation or table that it is part of."""
    kind: str = "paragraph"


class _Run(NamedTuple):
    text: str
    target: str
    strong: bool
    em: bool


def make_safe(address: str, base: str) -> str:
    """Return an address as a link's target: absolute and harmless in Markdown; empty where it leads nowhere safe."""
    address = address.strip()
    if not address or address.startswith("#") or len(address) > LONGEST_ADDRESS:
        return ""
    try:
        joined = find_original(urljoin(base, address))
        parts = urlsplit(joined)
    except ValueError:
        return ""
    if parts.scheme.lower() not in SCHEMES or not (parts.netloc or (parts.scheme == "mailto" and parts.path)):
        return ""
    # An ampersand and what follows must not look like a character reference.
    return _OPEN_REFERENCE.sub("%26", quote(joined, safe=_SAFE))


def render(text: str, slices: Sequence[tuple[int, int]], markup: Markup) -> Paragraph:
    """Return what is kept of a line as Markdown: its ``slices``, from start to end; ``markup`` is the line's."""
    if markup.kind == "picture":
        words = " ".join(_escape(text[start:end].strip()) for start, end in slices)
        return Paragraph(f"![{words}]({markup.target})" if markup.target else words)
    if markup.kind == "row" and slices == [(0, len(text))]:
        cells = " | ".join(_escape(cell).replace("|", "\\|") for cell in text.split(CELLS))
        return Paragraph(f"| {cells} |", markup.group, "row")
    inside = escape_start(" ".join(_render_inline(text, start, end, markup.spans) for start, end in slices))
    if markup.kind == "heading":
        bare = inside.rstrip("#")
        closing = "\\#" * (len(inside) - len(bare))
        return Paragraph(f"{'#' * markup.level} {bare}{closing}")
    if markup.kind == "item":
        return Paragraph(f"{markup.marker} {inside}".replace("|", "\\|"), markup.group, "item")
    if markup.kind == "quotation":
        return Paragraph(f"> {inside}", markup.group, "quotation")
    return Paragraph(inside)


def join_paragraphs(paragraphs: Sequence[Paragraph]) -> str:
    """Return a body: an empty line between paragraphs, and none within a list or table."""
    joined: list[str] = []
    before = Paragraph("")
    for paragraph in paragraphs:
        if not paragraph.group or (paragraph.group, paragraph.kind) != (before.group, before.kind):
            joined.append("\n\n" if joined else "")
            joined.append(paragraph.markdown)
            if paragraph.kind == "row":
                columns = len(re.findall(r"(?<!\\)\|", paragraph.markdown)) - 1
                joined.append("\n|" + " --- |" * columns)
        elif paragraph.kind == "quotation":
            joined.append("\n>\n" + paragraph.markdown)
        else:
            joined.append("\n" + paragraph.markdown)
        before = paragraph
    return "".join(joined)


def _render_inline(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    if not spans:
        return _escape(text[start:end])
    written: list[str] = []
    links: list[str] = []
    runs = [*_find_runs(text, start, end, spans)]
    for position, run in enumerate(runs):
        following = runs[position + 1] if position + 1 < len(runs) else None
        before = runs[position - 1] if position else None
        links.append(_write_run(run, is_apart=before is None or _are_apart(before, run)))
        if links[-1].endswith("!") and following and following.target != run.target:
            links[-1] = f"{links[-1][:-1]}\\!"  # which would make a picture of the link behind it
        if following is None or following.target != run.target:
            written.append(_write_link("".join(links), run.target))
            links = []
    return "".join(written)


def _find_runs(text: str, start: int, end: int, spans: Sequence[Span]) -> Iterator[_Run]:
    """Yield the stretches of a text with the same markup, in order."""
    clipped = [span for span in spans if span.start < end and span.end > start]
    edges = sorted(
        {start, end, *(max(span.start, start) for span in clipped), *(min(span.end, end) for span in clipped)}
    )
    waiting = sorted(clipped, key=lambda span: span.start, reverse=True)
    active: list[Span] = []
    for left, right in pairwise(edges):
        while waiting and waiting[-1].start <= left:
            active.append(waiting.pop())
        active = [span for span in active if span.end > left]
        styles = {span.style for span in active}
        target = next((span.target for span in reversed(active) if span.style == "link" and span.target), "")
        yield _Run(text[left:right], target, "strong" in styles, "em" in styles)


def _are_apart(before: _Run, run: _Run) -> bool:
    is_plain = not (before.strong or before.em)
    return is_plain or before.target != run.target or before.text.endswith(" ") or run.text.startswith(" ")


def _write_run(run: _Run, *, is_apart: bool) -> str:
    core = run.text.strip()
    marker = ("**" if run.strong else "") + ("*" if run.em else "")
    # Stars that stand together would be read as others than they are.
    if not marker or not is_apart or not any(map(str.isalnum, core)):
        return _escape(run.text)
    lead, _, trail = run.text.partition(core)
    return f"{lead}{marker}{_escape(core)}{marker[::-1]}{trail}"


def _write_link(inside: str, target: str) -> str:
    words = inside.strip()
    if not target or not words:
        return inside
    lead, _, trail = inside.partition(words)
    return f"{lead}[{words}]({target}){trail}"


def _escape(text: str) -> str:
    return _INLINE.sub(lambda match: _REFERENCES.get(match[0], "\\" + match[0]), text)
