"""Markdown bodies -> safe HTML.

Most news paragraphs hold no markup, or plain markup, and are written directly. Others go through Python-Markdown and
then through nh3, which knows an allow-list of tags and attributes: each by itself where nothing in the body reaches
from one block into another, the whole body otherwise. All ways give the same bytes; property tests hold it.

A see-also ``[[title]]`` becomes a link when the mirror holds that article and plain text otherwise. What is between the
brackets is escaped as all body text is: a backslash before a Markdown sign, ``&amp;`` and ``&lt;``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import nh3

from cermin.output.address import mend_address
from cermin.output.paragraphs import (
    PARAGRAPHS,
    write_heading,
    write_list,
    write_paragraph,
    write_quiet_body,
    write_quotation,
    write_see_also,
)

if TYPE_CHECKING:
    from cermin.output.news_markdown import NewsMarkdown

# What reaches over a blank line: raw HTML, definitions, footnotes, fences, references to characters that do not end.
# Each is looked for where its first sign is there at all, for a search for all of them takes longer than the rest.
_FAR = {
    "<": re.compile(r"<[a-zA-Z/!?]"),
    "]:": re.compile(r"\]:"),
    "[^": re.compile(r"\[\^"),
    "&#": re.compile(r"&#(?!\d+;|[xX][0-9a-fA-F]+;)"),
    "```": re.compile(r"^[ >]*```", re.MULTILINE),
    "~~~": re.compile(r"^[ >]*~~~", re.MULTILINE),
    "\n\n\n": re.compile(r"\n\n\n"),
    "\n ": re.compile(r"\n +$", re.MULTILINE),
}
# What stands in the HTML where Python-Markdown put something aside and did not find it again.
_FORGOTTEN = "klzzwxh:"
# White space that only looks like none.
_ODD_SPACE = re.compile(r"[^\S \n]")
_ODD_SPACES = tuple(chr(number) for number in range(128) if _ODD_SPACE.match(chr(number)))
_HEADING = re.compile(r"^[\s>*+\-\d.]*#|^[ >]*(?:=+|-+) *$", re.MULTILINE)
# Behind the sanitiser, which closes what is open and leaves no "<" in attributes.
_HEADING_TAG = re.compile(r"<(/?)h([2-6])(?=[ >])")
_EMPTY_HEADING = re.compile(r"<h([2-6])(?: [^>]*)?>\s*</h\1>\n?")
# Beginnings of lines that take in the next block of their sort: lists, quotations, code.
_RUN = re.compile(r"^(?:[ >*+-]|\d+\.)", re.MULTILINE)

TAGS = frozenset(
    "a abbr b blockquote br cite code dd del dfn dl dt em figcaption figure h2 h3 h4 h5 h6 hr i ins kbd li mark ol p "
    "pre q s small span strong sub sup table tbody td th thead tr u ul var wbr".split()
)

# What browsers would read in their own ways, or not at all (HTML, 4.9.11 and 3.2.6.4).
_VALUES = {
    "start": re.compile(r"-?[0-9]{1,9}"),
    "colspan": re.compile(r"[1-9][0-9]{0,2}"),
    "rowspan": re.compile(r"[0-9]{1,4}"),
    "scope": re.compile(r"(?:row|col)(?:group)?"),
    "dir": re.compile("ltr|rtl|auto"),
}


def _filter_attribute(tag: str, name: str, value: str) -> str | None:  # noqa: ARG001 - as nh3 calls it
    if name == "href":
        return mend_address(value)
    if (allowed := _VALUES.get(name)) and not allowed.fullmatch(value):
        return None
    if name == "id":
        # As in the link to it.
        return mend_address(f"#{value}")[1:] if value.startswith("fn") else None
    return value


_SANITISER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style"},
    attributes={
        "*": {"lang", "dir", "title"},
        "a": {"href", "id"},
        "li": {"id"},
        "sup": {"id"},
        "ol": {"start"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
    },
    attribute_filter=_filter_attribute,
    allowed_classes={"p": {"see-also"}, "span": {"missing"}, "sup": {"footnote-ref"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    # A wide table scrolls inside itself, so the keyboard must reach it.
    set_tag_attribute_values={"table": {"tabindex": "0"}},
)


class BodyRenderer:
    """Renders bodies, one after the other; holds the one Markdown object of a process."""

    def __init__(self) -> None:
        self._see_also: Mapping[str, str] = {}
        self._root = ""
        self._markdown: NewsMarkdown | None = None

    def render(self, body: str, see_also: Mapping[str, str], root: str) -> str:
        """Return a body as HTML. ``see_also`` gives the address of each title that the mirror holds, from ``root``."""
        self._see_also, self._root = see_also, root
        stripped = body.strip("\n")
        if quiet := write_quiet_body(stripped):
            return quiet
        blocks = stripped.split(PARAGRAPHS)
        written = self._write_blocks(blocks)
        if None not in written:
            return nest_headings("\n".join(filter(None, written)))
        if _reaches_far(body) or sum(map(_has_heading, blocks)) > 1:
            return self.render_markdown(body, see_also, root)
        html = "\n".join(html or self._convert(run) for html, run in _join_runs(blocks, written))
        # Of what Python-Markdown forgot to put back, its number in the body is seen.
        return self.render_markdown(body, see_also, root) if _FORGOTTEN in html else nest_headings(html)

    def _write_blocks(self, blocks: list[str]) -> list[str | None]:
        """Return each block as HTML where it can be written directly, else None."""
        written = [write_paragraph(block) or write_see_also(block, self._see_also, self._root) for block in blocks]
        rest = {number for number, html in enumerate(written) if html is None}
        headings = {number: heading for number in rest if (heading := write_heading(blocks[number]))}
        levels = sorted({level for level, _ in headings.values()})
        for number in rest:
            if number in headings:
                level, inside = headings[number]
                tag = f"h{min(levels.index(level) + 2, 6)}"
                written[number] = f"<{tag}>{inside}</{tag}>"
            elif _stands_alone(number, blocks, rest):
                written[number] = write_list(blocks[number]) or write_quotation(blocks[number])
        return written

    def render_markdown(self, body: str, see_also: Mapping[str, str], root: str) -> str:
        """Return the HTML of any body, by Python-Markdown and the sanitiser alone."""
        self._see_also, self._root = see_also, root
        return nest_headings(self._convert(body))

    def _convert(self, text: str) -> str:
        if self._markdown is None:
            # Most builds of a few articles never need it.
            from cermin.output.news_markdown import NewsMarkdown

            self._markdown = NewsMarkdown()
        try:
            html = self._markdown.convert_news(text, self._see_also, self._root)
        except Exception:
            # What was broken off leaves its state behind, which no reset takes away.
            self._markdown = None
            raise
        return _SANITISER.clean(html)


def nest_headings(html: str) -> str:
    """Return the HTML of a body with the first heading at level 2, and no other more than one level below its last.

    A reader who jumps from heading to heading takes a level that is left out for a part that is missing, and hears
    nothing where a heading has no words: that one is left out.
    """
    if "<h" not in html:
        return html
    around: list[int] = []
    is_open: list[int] = []

    def change(match: re.Match[str]) -> str:
        if match[1]:
            return f"</h{is_open.pop()}"
        while around and around[-1] >= int(match[2]):
            around.pop()
        around.append(int(match[2]))
        is_open.append(len(around) + 1)
        return f"<h{is_open[-1]}"

    return _HEADING_TAG.sub(change, _EMPTY_HEADING.sub("", html))


def _reaches_far(body: str) -> bool:
    """Tell whether something in a body could mean something for other blocks."""
    lines = "\n" + body
    if any(sign in lines and pattern.search(lines) for sign, pattern in _FAR.items()):
        return True
    return any(space in body for space in _ODD_SPACES) if body.isascii() else bool(_ODD_SPACE.search(body))


def _has_heading(block: str) -> bool:
    return ("#" in block or "=" in block or "-" in block) and bool(_HEADING.search(block))


def _stands_alone(number: int, blocks: list[str], rest: set[int]) -> bool:
    """Tell whether no block beside a list or quotation could be of a piece with it; ``rest`` are those with markup."""
    before, after = number - 1, number + 1
    return not (before in rest and _RUN.search(blocks[before])) and not (after in rest and _RUN.match(blocks[after]))


def _join_runs(blocks: list[str], written: list[str | None]) -> Iterator[tuple[str, str]]:
    """Yield (HTML, "") for blocks that are written, ("", Markdown) for others; those that hang together are joined."""
    run: list[str] = []
    for block, html in zip(blocks, written, strict=True):
        if run and (html or not _RUN.match(block)):
            yield "", "\n\n".join(run)
            run = []
        if html:
            yield html, ""
        elif run or _RUN.search(block):
            run.append(block)
        else:
            yield "", block
    if run:
        yield "", "\n\n".join(run)
