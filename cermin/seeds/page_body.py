"""The blocks of a page -> which of them are the article."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cermin.seeds.blocks import HEADINGS, Block, Box, Outline
from cermin.seeds.page_heading import squeeze
from cermin.seeds.page_metadata import PageMetadata

ARTICLE = ""
"""The verdict on a block that belongs to the article."""
SUMMED_UP = "summary"
"""The verdict on the block that sums the article up above it."""

_TOKENS = re.compile(r"[^a-z0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOTICE = re.compile(
    r"\b(?:uses?|using|accept|verwende\w*|nutz\w*|usa\w*|utili[sz]\w*|menggunakan)\b.{0,60}\bcookies?\b"
    r"|\bcookies?\b.{0,80}\b(?:website|consent|browser|settings|policy)\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?…。！？।۔][\"'”’»)\]]*$")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+$")
_APART = frozenset(
    {"links", "heading of links", "teaser", "related", "comments", "navigation", "sharing", "aside", "promotion"}
)
_WIDE = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

PROSE = 60
"""Characters of a block that are prose whatever its end; of a script without spaces a third."""
SENTENCE = 20
"""Characters of a block that is prose when it ends as a sentence does."""
LINKED = 0.5
"""Share of a block's characters in links above which it is no prose."""
FIRST = 15
"""Blocks behind the headline among which the first with prose is taken for the article's."""
BONUS = 300
"""What speaks for a block, in characters of prose."""
SUMMARY = 40
"""Letters of the page's summary that begin the article's text."""
CAPTION = 250
"""Characters of a picture's caption, at most."""
BYLINE = 150
"""Characters of a byline that looks like prose, at most."""
PARAGRAPH = 30
"""Characters of a paragraph that stands among prose though it is none."""
MAIN = 0.4
"""Share of the page's prose in a box above which its class says nothing: it holds the article."""
SUMMED_UP_BY = 1
"""How many times as long as its summary an article is, at least."""
CARD = 2
"""Blocks of prose in the box around a teaser and its heading, at most."""
BELOW = 3
"""Blocks below a heading of a teaser that its text may be the last of."""
USUAL = 0.3
"""Share of the article's prose in blocks of one kind from which that kind is what it is made of."""
MANY_LINKS = 3
"""Blocks of links and furniture between two blocks of prose that set them apart."""
LITTLE = 0.25
"""Share of all prose up to which what is set apart is not the article's."""
ALL_LINKED = 0.9
"""Share of a block's characters in links from which it is no text."""
BESIDE = 1.5
"""How many times the prose of the best box its neighbours hold when it is one of many paragraphs."""
_CELLS = frozenset({"td", "th", "dt", "dd", "img"})
_MAIN = frozenset({"html", "body", "main", "article"})
SHORT_COST = 12
"""What a short block counts against the box that holds it, in characters of prose."""


class Selection(NamedTuple):
    """Which blocks are the article."""

    verdicts: list[str]
    """For each block `ARTICLE`, or what it is instead, as `explain` prints it."""
    way: str
    """How the article was found, for the notes."""


def select_body(page: Outline, headline: int | None, told: PageMetadata) -> Selection:
    """Return the verdict on each block of a page; ``headline`` is the position of the block that shows its title."""
    prose = [weigh(block) for block in page.blocks]
    teasers = _set_aside_teasers(page, prose)
    sums = _sum_up(page, prose)
    furniture = _find_furniture(page, sums, headline)
    evidence = _weigh_evidence(page.blocks, prose, headline, told)
    best = _find_box(page, evidence, furniture)
    inside = _find_inside(page, best)
    verdicts = [
        furniture[block.box] or (ARTICLE if inside[block.box] else "outside the article") for block in page.blocks
    ]
    if headline is not None:
        verdicts[headline] = "headline"
    home = _Home(page, prose, verdicts)
    for position in teasers:
        verdicts[position] = verdicts[position] or "teaser"
    _cut_links(page, prose, verdicts, home)
    _name_captions(page.blocks, verdicts, home)
    _cut_far_prose(page, prose, verdicts, home)
    if headline is not None:
        _cut_above(headline, prose, verdicts)
    _trim(page.blocks, prose, verdicts, home)
    _cut_deck(page, prose, verdicts, told.summary)
    _cut_bare_headings(page.blocks, verdicts)
    return Selection(verdicts, "density of prose")


class _Make(NamedTuple):
    """How a block stands in its page: paragraphs of one article are of one make."""

    kind: str
    around: str
    """The element that it stands in."""
    name: str
    """The first word of that element's class."""


class _Home:
    """The makes of blocks that most of the article's prose is of."""

    def __init__(self, page: Outline, prose: Sequence[int], verdicts: Sequence[str]) -> None:
        self._page = page
        weights: Counter[_Make] = Counter()
        for block, weight, verdict in zip(page.blocks, prose, verdicts, strict=True):
            if weight and not verdict:
                weights[self._make(block)] += weight
        total = weights.total()
        self._makes = {make for make, weight in weights.items() if weight >= USUAL * total}
        self._boxes = {(make.around, make.name) for make in self._makes}

    def holds(self, block: Block) -> bool:
        """Whether a block is made as the article's paragraphs are."""
        return self._make(block) in self._makes

    def is_around(self, block: Block) -> bool:
        """Whether a block, of whatever kind, stands in such a box as the article's paragraphs do."""
        make = self._make(block)
        return (make.around, make.name) in self._boxes

    def _make(self, block: Block) -> _Make:
        box = self._page.boxes[_parent(self._page, block)]
        return _Make(block.kind, box.tag, (box.element.get("class") or "").strip().partition(" ")[0])


def _parent(page: Outline, block: Block) -> int:
    """Return the box that a block's own element stands in."""
    return page.boxes[block.box].parent


def select_fragment(page: Outline) -> Selection:
    """Return the verdict on each block of a body that stands by itself: all is the article but what says otherwise."""
    furniture = _find_furniture(page, _sum_up(page, [weigh(block) for block in page.blocks]), None)
    verdicts = [furniture[block.box] for block in page.blocks]
    _cut_bare_headings(page.blocks, verdicts)
    return Selection(verdicts, "")


def _weigh_evidence(
    blocks: Sequence[Block], prose: Sequence[int], headline: int | None, told: PageMetadata
) -> list[int]:
    """Return the weights of the blocks with what speaks for and against them."""
    evidence = list(prose)
    if headline is not None and any(prose[headline:]):
        evidence[:headline] = [weight // 4 for weight in evidence[:headline]]
        first = next((at for at in range(headline, min(headline + FIRST, len(blocks))) if prose[at]), None)
        if first is not None:
            evidence[first] += BONUS
    beginning = squeeze(told.summary)[:SUMMARY]
    body = squeeze(told.body)
    for position, block in enumerate(blocks):
        if not prose[position]:
            continue
        if beginning and len(beginning) >= SUMMARY and squeeze(block.text[: 3 * SUMMARY]).startswith(beginning):
            evidence[position] += BONUS
        if body and squeeze(block.text[: 2 * PROSE]) in body:
            evidence[position] *= 2
    return evidence


def _set_aside_teasers(page: Outline, prose: list[int]) -> set[int]:
    """Give no weight to prose below a heading that is a link, and return where it is: another article's beginning."""
    counts = _sum_up(page, [int(weight > 0) for weight in prose])
    teasers: set[int] = set()
    heading: Block | None = None
    left = 0
    for position, block in enumerate(page.blocks):
        if block.kind in HEADINGS:
            heading, left = block, BELOW if block.linked >= LINKED * len(block.text) else 0
        elif prose[position]:
            if left and heading and counts[_join(page, heading.box, block.box)] <= CARD:
                teasers.add(position)
                prose[position] = 0
            elif _NOTICE.search(block.text):
                prose[position] = 0
            left = 0
        elif block.kind != "img":
            left = max(left - 1, 0)
    return teasers


def _join(page: Outline, one: int, other: int) -> int:
    """Return the innermost box around two boxes."""
    while one != other:
        if one > other:
            one, other = other, one
        other = page.boxes[other].parent
    return one


def _sum_up(page: Outline, values: Sequence[int]) -> list[int]:
    """Return the sum of the values of the blocks in each box, and in the boxes in it."""
    sums = [0] * len(page.boxes)
    for block, value in zip(page.blocks, values, strict=True):
        if value:
            sums[block.box] += value
    for position in range(len(sums) - 1, 0, -1):
        if value := sums[position]:
            sums[page.boxes[position].parent] += value
    return sums


def _find_furniture(page: Outline, sums: Sequence[int], headline: int | None) -> list[str]:
    """Return what each box is when it is no part of an article, else nothing; what is in such a box is so too."""
    around = _find_around(page, headline)
    own = [_name_box(box) if box.tag not in _MAIN and at not in around else "" for at, box in enumerate(page.boxes)]
    # What most of the prose is called says nothing of it.
    held: Counter[str] = Counter()
    for position, box in enumerate(page.boxes):
        if own[position] and box.tag == "p":
            held[box.element.get("class") or ""] += sums[position]
    limit = MAIN * sums[0]
    furniture: list[str] = []
    for position, box in enumerate(page.boxes):
        found = furniture[box.parent] if position else ""
        if not found and own[position]:
            most = held[box.element.get("class") or ""] if box.tag == "p" else sums[position]
            found = own[position] if most <= limit or own[position] == "comments" else ""
        furniture.append(found)
    return furniture


def _find_around(page: Outline, headline: int | None) -> set[int]:
    """Return the boxes around the headline."""
    around: set[int] = set()
    position = page.blocks[headline].box if headline is not None else 0
    while position:
        around.add(position)
        position = page.boxes[position].parent
    return around


def _name_box(box: Box) -> str:
    get = box.element.get
    names = f"{get('class', '')} {get('id', '')}"
    known = load_furniture()
    return (
        known.elements.get(box.tag)
        or known.roles.get(get("role", ""))
        or (name_furniture(names) if names != " " else "")
    )


def _find_box(page: Outline, prose: Sequence[int], furniture: Sequence[str]) -> int:
    """Return the box that holds most prose and least else, or the one around it whose paragraphs it is one of."""
    values = [
        0 if furniture[block.box] else weight or _count_against(block)
        for block, weight in zip(page.blocks, prose, strict=True)
    ]
    worth = _sum_up(page, values)
    best = max(range(len(worth)), key=lambda position: (worth[position], position))
    around = page.boxes[best].parent
    if page.boxes[best].tag == "p":
        return around
    beside = sum(
        max(0, value) for block, value in zip(page.blocks, values, strict=True) if _parent(page, block) == around
    )
    return around if beside > BESIDE * worth[best] else best


def _count_against(block: Block) -> int:
    """Return what a block that holds no prose counts in the box that holds it."""
    return -block.linked - (0 if block.kind in HEADINGS or block.kind in _CELLS else SHORT_COST)


def _find_inside(page: Outline, best: int) -> list[bool]:
    inside = [position == best for position in range(len(page.boxes))]
    for position in range(best + 1, len(inside)):
        inside[position] = inside[page.boxes[position].parent]
    return inside


def _cut_links(page: Outline, prose: Sequence[int], verdicts: list[str], home: _Home) -> None:
    """Cut blocks that are links; not what stands in a list or table with text, and headings of the article's own."""
    sums = _sum_up(page, prose)
    for position, block in enumerate(page.blocks):
        if verdicts[position] or block.linked < ALL_LINKED * len(block.text) or block.kind in _CELLS:
            continue
        if block.kind == "li" and sums[_parent(page, block)]:
            continue
        is_own = block.kind in HEADINGS and home.is_around(block) and _heads_text(page, verdicts, position)
        if not is_own and not (home.holds(block) and _ADDRESS.match(block.text)):
            verdicts[position] = "links"
    following = ""
    for position in range(len(verdicts) - 1, -1, -1):
        if not verdicts[position] and page.blocks[position].kind in HEADINGS and following in _APART:
            verdicts[position] = "heading of links"
        if page.blocks[position].kind != "img":
            following = verdicts[position]


def _heads_text(page: Outline, verdicts: Sequence[str], position: int) -> bool:
    following = next((at for at in range(position + 1, len(verdicts)) if page.blocks[at].kind != "img"), None)
    if following is None or verdicts[following]:
        return False
    block = page.blocks[following]
    return block.kind not in HEADINGS and block.linked < ALL_LINKED * len(block.text)


def _cut_far_prose(page: Outline, prose: Sequence[int], verdicts: list[str], home: _Home) -> None:
    """Cut prose behind and before many links, where it is little and no paragraph of the article's."""
    parts: list[list[int]] = [[]]
    between = 0
    for position, verdict in enumerate(verdicts):
        if not verdict and prose[position]:
            if between >= MANY_LINKS and parts[-1]:
                parts.append([])
            between = 0
            parts[-1].append(position)
        elif verdict in _APART:
            between += 1
    total = sum(prose[position] for part in parts for position in part)
    for part in parts:
        is_own = any(home.holds(page.blocks[position]) for position in part)
        if not is_own and sum(prose[position] for position in part) < LITTLE * total:
            for position in part:
                verdicts[position] = "beyond links"


def _name_captions(blocks: Sequence[Block], verdicts: list[str], home: _Home) -> None:
    """Take lines right behind pictures for their captions, where they are not made as the article's paragraphs are."""
    for position in range(1, len(blocks)):
        block = blocks[position]
        if (
            not verdicts[position]
            and blocks[position - 1].kind == "img"
            and block.kind not in HEADINGS
            and block.kind not in _CELLS
            and len(block.text) <= CAPTION
            and (not home.holds(block) or _is_emphasised(block))
        ):
            verdicts[position] = "caption"


def _is_emphasised(block: Block) -> bool:
    return any(span.style == "em" and (span.start, span.end) == (0, len(block.text)) for span in block.spans)


def _cut_above(headline: int, prose: Sequence[int], verdicts: list[str]) -> None:
    """Cut what stands above the headline, where most of the prose stands below it."""
    kept = [position for position, verdict in enumerate(verdicts) if not verdict]
    above = [position for position in kept if position < headline]
    if 2 * sum(prose[position] for position in above) < sum(prose[position] for position in kept):
        for position in above:
            verdicts[position] = "above the headline"


def _trim(blocks: Sequence[Block], prose: Sequence[int], verdicts: list[str], home: _Home) -> None:
    """Cut what stands before the first prose and behind the last, but for lines among the article's paragraphs."""
    kept = [position for position, verdict in enumerate(verdicts) if not verdict]
    proper = [at for at in kept if prose[at] or (_is_paragraph(blocks[at]) and home.holds(blocks[at]))]
    if not proper:
        for position in kept:
            verdicts[position] = "outside the article"
        return
    while len(proper) > 1 and _is_byline(blocks[proper[0]], home):
        verdicts[proper[0]] = "byline"
        proper = proper[1:]
    first, last = proper[0], proper[-1]
    while first and not verdicts[first - 1] and _is_line_of(blocks[first - 1], home):
        first -= 1
    while last + 1 < len(blocks) and not verdicts[last + 1] and _is_line_of(blocks[last + 1], home):
        last += 1
    for position in kept:
        if position < first:
            verdicts[position] = verdicts[position] or "before the article"
        elif position > last:
            verdicts[position] = "behind the article"


def _is_byline(block: Block, home: _Home) -> bool:
    """Whether a block before the article's paragraphs says when and by whom they were written."""
    return len(block.text) <= BYLINE and not home.holds(block) and _YEAR.search(block.text) is not None


def _is_line_of(block: Block, home: _Home) -> bool:
    return (block.kind == "p" or block.kind in HEADINGS) and not block.linked and home.is_around(block)


def _cut_deck(page: Outline, prose: Sequence[int], verdicts: list[str], summary: str) -> None:
    """Cut the page's summary where it stands above the article, apart from its paragraphs."""
    proper = [position for position, verdict in enumerate(verdicts) if not verdict and prose[position]]
    if not proper:
        return
    deck, first = proper[0], proper[min(1, len(proper) - 1)]
    if not summary or sum(prose[position] for position in proper[1:]) < SUMMED_UP_BY * prose[deck]:
        return
    is_apart = _parent(page, page.blocks[deck]) != _parent(page, page.blocks[first]) or any(verdicts[deck:first])
    told, shown = squeeze(summary), squeeze(page.blocks[deck].text)
    if is_apart and shown and (told == shown or (len(told) >= SUMMARY and shown.startswith(told))):
        verdicts[deck] = SUMMED_UP


def _is_paragraph(block: Block) -> bool:
    return block.kind == "p" and len(block.text) >= PARAGRAPH


def _cut_bare_headings(blocks: Sequence[Block], verdicts: list[str]) -> None:
    """Cut headings that head nothing."""
    following = None
    for position in range(len(blocks) - 1, -1, -1):
        if verdicts[position]:
            continue
        kind = blocks[position].kind
        if kind in HEADINGS and (following is None or (following in HEADINGS and following <= kind)):
            verdicts[position] = "heading of nothing"
        else:
            following = kind


def weigh(block: Block) -> int:
    """Return how many characters of prose a block holds: nothing for links, headings, pictures and short lines."""
    if block.kind == "img" or block.kind in HEADINGS:
        return 0
    length = len(block.text)
    own = length - block.linked
    if block.linked > LINKED * length and own < 2 * PROSE:
        return 0
    if _WIDE.search(block.text):
        own *= 3
    return own if own >= PROSE or (own >= SENTENCE and _ENDS.search(block.text)) else 0


class Furniture(NamedTuple):
    """What says that an element is no part of an article, each with what it is then."""

    words: Mapping[str, str]
    """In classes and ids, in small letters."""
    elements: Mapping[str, str]
    roles: Mapping[str, str]


@lru_cache
def load_furniture() -> Furniture:
    """Read ``page_furniture.toml``, once a process."""
    table = tomllib.loads(Path(__file__).with_name("page_furniture.toml").read_text(encoding="utf-8"))
    words = {word: name for name, text in table["words"].items() for word in text.split()}
    return Furniture(words, table["elements"], table["roles"])


@lru_cache(maxsize=4096)
def name_furniture(names: str) -> str:
    """Return what an element's class and id say that it is, when that is no part of an article."""
    words = load_furniture().words
    return next((words[word] for word in _TOKENS.split(_CAMEL.sub("-", names).lower()) if word in words), "")
