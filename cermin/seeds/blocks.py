"""A tree of elements -> blocks of text in the order of the page, with inline markup and the boxes around them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from cermin.seeds.mending import mend_text

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

SKIPPED = frozenset(
    "head script style noscript template svg math iframe object embed applet canvas audio video map button input "
    "select textarea option datalist progress meter dialog title meta link base frameset frame noframes rp rt".split()
)
"""Elements whose text nobody reads in the page's text."""
BOXES = frozenset(
    "html body main article section nav aside header footer div p h1 h2 h3 h4 h5 h6 ul ol menu li dl dt dd blockquote "
    "pre figure figcaption table caption thead tbody tfoot tr td th form fieldset legend details summary address "
    "center hgroup search dir".split()
)
"""Elements that begin a block and end it; all others stand in a line."""
HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())

_STYLES = {"a": "link", "b": "strong", "strong": "strong", "i": "em", "em": "em", "cite": "em"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_OVER_LINE = re.compile(
    r"tooltip|popover|rollover|sr-only|visually-?hidden|screen-?reader|assistive-text", re.IGNORECASE
)
_ADDRESSES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-url", "src")
_OPEN_END = re.compile(r"[\w,;–—-]")

MOST_TEXTS = 20
"""Runs of text, and words of them, in the name of an author."""
MOST_STYLES = 20
"""Links and emphasis inside one another that are told apart."""


class Span(NamedTuple):
    """Inline markup of a block: characters ``start`` to ``end`` of its text."""

    start: int
    end: int
    style: str
    """``link``, ``strong`` or ``em``."""
    target: str = ""
    """Where a link leads, as the page writes it."""


class Block(NamedTuple):
    """A run of text that stands by itself in the page; or a picture, whose text is its description."""

    text: str
    """One line; white space folded and mended as a line of text is."""
    kind: str
    """The element that it is: ``p``, ``h2``, ``li``, ``td``, ``figcaption`` …, or ``img``."""
    box: int
    """Position of the innermost element around it in `Outline.boxes`."""
    spans: tuple[Span, ...] = ()
    linked: int = 0
    """How many of its characters are links."""
    target: str = ""
    """Address of a picture, as the page writes it."""


class Box(NamedTuple):
    """An element around blocks."""

    tag: str
    parent: int
    """Position of the element around it; the root is its own parent."""
    element: Element


class Outline(NamedTuple):
    """What a page says, in its order. A box stands behind the one that it is in."""

    blocks: list[Block]
    boxes: list[Box]
    times: list[tuple[int, str]]
    """``time`` elements: the position of the block that each is in or stands before, and its ``datetime``."""
    authors: list[tuple[int, str]]
    """Names in elements that are said to hold an author: the position of the block, and the text."""
    repairs: Counter[str]
    depth: int
    """Elements inside one another, at most."""


def outline(root: Element) -> Outline:
    """Return the blocks of a tree; it is not changed. What is hidden, and what is no text, is left out."""
    return _Walker().walk(root)


class _Walker:
    """Goes through a tree once, from its beginning to its end."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.boxes: list[Box] = []
        self.times: list[tuple[int, str]] = []
        self.authors: list[tuple[int, str]] = []
        self.repairs: Counter[str] = Counter()
        self._box = 0
        self._parts: list[str] = []
        self._length = 0
        self._is_space_due = False
        self._breaks: list[int] = []
        self._spans: list[Span] = []
        self._open: list[tuple[str, str, int]] = []  # style, target, start
        self._unmarked = 0
        self._pictures: list[tuple[str, str]] = []  # description, address

    def walk(self, root: Element) -> Outline:
        from lxml.etree import iterwalk

        depth = deepest = 0
        is_skipped = False
        walker = iterwalk(root, events=("start", "end"))
        for event, element in walker:
            tag: Any = element.tag
            if event == "start":
                depth += 1
                deepest = max(deepest, depth)
                is_skipped = tag in SKIPPED or _is_hidden(tag, element)
                if is_skipped:
                    walker.skip_subtree()
                    continue
                self._begin(tag, element)
                if text := element.text:
                    self._add(text)
            else:
                depth -= 1
                if not is_skipped:
                    self._end(tag)
                is_skipped = False
                if tail := element.tail:
                    self._add(tail)
        self._flush()
        return Outline(self.blocks, self.boxes, self.times, self.authors, self.repairs, deepest)

    def _begin(self, tag: str, element: Element) -> None:
        if "author" in (element.get("itemprop") or "") or (tag == "a" and "author" in (element.get("rel") or "")):
            words = " ".join(islice(element.itertext(), MOST_TEXTS)).split()
            self.authors.append((len(self.blocks), " ".join(words[:MOST_TEXTS])))
        if tag in BOXES:
            self._flush()
            self.boxes.append(Box(tag, self._box, element))
            self._box = len(self.boxes) - 1
        elif tag in _STYLES:
            if len(self._open) < MOST_STYLES:
                self._open.append((_STYLES[tag], element.get("href", "") if tag == "a" else "", self._position()))
            else:
                self._unmarked += 1
        elif tag == "br":
            self._breaks.append(self._length)
            self._is_space_due = True
        elif tag in {"img", "amp-img"}:
            if address := _find_address(element):
                self._pictures.append((element.get("alt", ""), address))
        elif tag == "hr":
            self._flush()
        elif tag == "time" and (moment := element.get("datetime")):
            self.times.append((len(self.blocks), moment.strip()))

    def _end(self, tag: Any) -> None:
        if tag in BOXES:
            self._flush()
            self._box = self.boxes[self._box].parent
        elif tag in _STYLES:
            if self._unmarked:
                self._unmarked -= 1
            else:
                self._close(self._open.pop())

    def _position(self) -> int:
        return self._length + (1 if self._is_space_due and self._length else 0)

    def _add(self, text: str) -> None:
        words = text.split()
        if not words:
            self._is_space_due = True
            return
        folded = " ".join(words)
        if not folded.isascii() or "&" in folded:
            folded = self._mend(folded)
            if not folded:
                return
        if self._length and (self._is_space_due or text[0].isspace()):
            self._parts.append(" ")
            self._length += 1
        self._parts.append(folded)
        self._length += len(folded)
        self._is_space_due = text[-1].isspace()

    def _mend(self, text: str) -> str:
        mended = mend_text(text)
        self.repairs += mended.repairs
        return " ".join(mended.lines)

    def _close(self, style: tuple[str, str, int]) -> None:
        name, target, start = style
        if self._length > start:
            self._spans.append(Span(start, self._length, name, target))

    def _flush(self) -> None:
        if self._length:
            for style in reversed(self._open):
                self._close(style)
            self.blocks += self._make_blocks("".join(self._parts))
            self._parts, self._length, self._spans = [], 0, []
        if self._open:
            self._open = [(style, target, 0) for style, target, _ in self._open]
        for description, address in self._pictures:
            text = " ".join(self._mend(description).split())
            self.blocks.append(Block(text, "img", self._box, target=address))
        self._pictures.clear()
        self._breaks.clear()
        self._is_space_due = False

    def _make_blocks(self, text: str) -> Iterator[Block]:
        kind = self.boxes[self._box].tag if self.boxes else "p"
        waiting = sorted(self._spans, reverse=True)
        reaching: list[Span] = []
        for start, end in _split(text, self._breaks):
            while waiting and waiting[-1].start < end:
                reaching.append(waiting.pop())
            spans = tuple(
                Span(max(span.start, start) - start, min(span.end, end) - start, span.style, span.target)
                for span in reaching
            )
            reaching = [span for span in reaching if span.end > end + 1]
            linked = sum(span.end - span.start for span in spans if span.style == "link")
            yield Block(text[start:end], kind, self._box, spans, linked)


def _split(text: str, breaks: list[int]) -> Iterator[tuple[int, int]]:
    """Yield start and end of the lines of a text; a line that goes on in small letters is one with the next."""
    start = 0
    for at in breaks:
        if at <= start or at >= len(text):
            continue
        following = at + 1 if text[at] == " " else at
        if text[following].islower() and _OPEN_END.match(text, at - 1):
            continue
        yield start, at
        start = following
    yield start, len(text)


def _is_hidden(tag: str, element: Element) -> bool:
    if tag in {"html", "body"}:
        return False  # they are hidden until scripts have run
    style = element.get("style")
    if (style is not None and _HIDDEN.search(style) is not None) or element.get("hidden") is not None:
        return True
    # What opens over a line when it is pointed at, and what only screen readers say.
    return tag == "span" and _OVER_LINE.search(element.get("class") or "") is not None


def _find_address(element: Element) -> str:
    for name in _ADDRESSES:
        address: str = element.get(name, "").strip()
        if address and not address.startswith("data:"):
            return address
    return ""
