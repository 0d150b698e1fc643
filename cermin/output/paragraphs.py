"""Blocks of Markdown written as HTML directly: paragraphs without markup, of which most news is made, and plain markup.

Each function gives what Python-Markdown and the sanitiser give, byte for byte, or None where their word is needed.
Property tests hold them to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from html import escape, unescape

from cermin.output.address import quote

NAMED = r"(?:\\.|[^\]\\\n]|\](?!\]))+"
"""What stands between the brackets of ``[[title]]``."""
LONGEST_LABEL = 43
"""Characters of what stands before a see-also: ``Baca juga: ``."""

_ODD = r"\x00-\x09\x0b-\x1f\x7f\x85\xa0\u2028\u2029"
# Not the beginning of a list, heading, quotation, rule, table or code.
_BEGINNING = rf"(?!\Z|\d+\.(?:\s|\Z)|[-+*](?:\s|\Z)|[-*_ ]+(?:\n|\Z)|[\s#>`~|<&{_ODD}])"
_FOLLOWING = rf"(?:\n(?![\s\d#>=*+:!`~|\\_<&\[\]{{}}-])[^\n{_ODD}]*(?<! ))*"
_PARAGRAPH = re.compile(rf"{_BEGINNING}[^\n{_ODD}]*(?<!\s){_FOLLOWING}(?<!\s)")
_HEADING = re.compile(rf"(#{{1,6}}) +([^\s#{_ODD}](?:[^\n{_ODD}]*[^\s#{_ODD}])?)(?<!\\)")
_SIGN = re.compile(r"[\\`*_\[\]<>&]")
_LABEL = re.compile(rf"{_BEGINNING}[^\\`*_\[\]<>&|~{{}}\n{_ODD}]{{1,{LONGEST_LABEL - 2}}}: ")
_SEE_ALSO = re.compile(rf"({_LABEL.pattern})\[\[(?!.*[\x00-\x1f])({NAMED})\]\]")
# What may have a meaning wherever it stands; links that are plain, and emphasis, are looked for apart.
_LOUD = re.compile(r"`|\]\(|\]\[|\[\[|!\[|\[\^|\]:|<[a-zA-Z/!?]|(?<!\w)_")
_LINK = re.compile(
    r"(?<![!\[\]])\[([^\[\]*\n]+)\]"
    r"\((?![^)]*&#)(https?://(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}(?:/[A-Za-z0-9/._~%?=&+-]*(?:#[A-Za-z0-9/._~%?=&+-]*)?)?)\)"
)
# Python-Markdown ends it with a semicolon where it has none.
_REFERENCE = re.compile(r"&#(?!39;|126;)")
# Python-Markdown takes these for what they are.
_LONE_STAR = re.compile(r"(?<!\S)\*{1,3}(?!\S)")
_EMPHASIS = re.compile(r"(?<!\*)(\*\*?)(?![\s*])([^*]+)(?<!\s)\1(?!\*)")
_ALONE = re.compile(r"[^*]*\*\*?[^*]*")
# Python-Markdown's, with the sign that its tables add.
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()>#+.!|-])")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[0-9a-zA-Z]+);")
_KNOWN = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#126;": "~"}
# What stands for a sign that means nothing, and for a link's two ends: characters that no paragraph holds.
_LITERAL = dict(zip("\\`*_{}[]()>#+.!|-", map(chr, (*range(1, 9), *range(14, 23))), strict=True))
_MEANT = {stand_in: sign for sign, stand_in in _LITERAL.items()}
_STAND_IN = re.compile(f"[{''.join(_MEANT)}]")
_OPEN, _CLOSE = "\x17", "\x18"
PARAGRAPHS, _BETWEEN = "\n\n", "</p>\n<p>"
_NOT_FIRST = "#=:!+-"
_TITLE_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


# Signs that may mean something anywhere, and white space that could pass for a space.
_NOT_QUIET = tuple("\\`*_[]<>&|~{}\t\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029")
_NOT_QUIET_BREAK = re.compile(r"\n(?:(?<=[^\S\n]\n)|\n\n|\n?(?:[^\S\n]|[#=:!+-]|\d+\.(?:\s|\Z)))")


def write_quiet_body(body: str) -> str | None:
    """Return a whole body as HTML, where none of its characters could be a sign; no line break stands at its ends."""
    for sign in _NOT_QUIET:
        if sign in body:
            return None
    if not body or body[0] in _NOT_FIRST or body[0].isspace() or body[-1].isspace() or body[0].isdigit():
        return None
    if _NOT_QUIET_BREAK.search(body):
        return None
    return f"<p>{body.replace(PARAGRAPHS, _BETWEEN)}</p>"


def write_paragraph(text: str) -> str | None:
    """Return a block of Markdown as a paragraph of HTML, where its signs are plain text or plain markup."""
    if not _PARAGRAPH.fullmatch(text):
        return None
    inside = text if not _SIGN.search(text) else _write_inside(text)
    return None if inside is None else f"<p>{inside}</p>"


def write_heading(text: str) -> tuple[int, str] | None:
    """Return the level of a heading and what stands in it as HTML, where the block is nothing else."""
    match = _HEADING.fullmatch(text)
    inside = match and (_write_inside(match[2]) if _SIGN.search(match[2]) else match[2])
    return (len(match[1]), inside) if match and inside else None


def write_list(text: str) -> str | None:
    """Return a block of lines ``- item`` as a list of HTML. It must not stand beside a block that goes on with it."""
    items = [write_paragraph(line[2:]) if line.startswith("- ") else None for line in text.split("\n")]
    if not all(items):
        return None
    inside = "</li>\n<li>".join(item[3:-4] for item in items if item)
    return f"<ul>\n<li>{inside}</li>\n</ul>"


def write_quotation(text: str) -> str | None:
    """Return a line ``> words`` as a quotation of HTML. It must not stand beside another."""
    paragraph = write_paragraph(text[2:]) if text.startswith("> ") and "\n" not in text else None
    return paragraph and f"<blockquote>\n{paragraph}\n</blockquote>"


def _write_inside(text: str) -> str | None:
    """Return what stands in a block as HTML."""
    if "\\" in text:
        text = _ESCAPE.sub(_stand_in, text)
    links: list[str] = []
    if "](" in text:
        text = _LINK.sub(partial(_take_link, links), text)
    if _LOUD.search(text) or (links and ("[" in text or "]" in text)):
        return None
    if "*" in text:
        text = _LONE_STAR.sub(_stand_ins, text)
    written = _write_text(text)
    if written and "*" in written:
        written = _write_stars(written)
    if written is None:
        return None
    for link in links:
        written = written.replace(_OPEN, f'<a href="{escape(link)}">', 1)
    return _STAND_IN.sub(_write_meant, written.replace(_CLOSE, "</a>"))


def _stand_in(match: re.Match[str]) -> str:
    return _LITERAL[match[1]]


def _stand_ins(match: re.Match[str]) -> str:
    return _LITERAL["*"] * len(match[0])


def _meant(match: re.Match[str]) -> str:
    return _MEANT[match[0]]


def _write_meant(match: re.Match[str]) -> str:
    return escape(_MEANT[match[0]], quote=False)


def _take_link(links: list[str], match: re.Match[str]) -> str:
    links.append(match[2])
    return f"{_OPEN}{match[1]}{_CLOSE}"


def _write_text(text: str) -> str | None:
    if "&" in text:
        entities = _ENTITY.findall(text)
        # With what an escape stands for, an ampersand before it could make one more.
        whole = _STAND_IN.sub(_meant, text)
        if _REFERENCE.search(text) or not _KNOWN.keys() >= set(entities) or entities != _ENTITY.findall(whole):
            return None
        if entities:
            text = _ENTITY.sub(lambda match: _KNOWN[match[0]], text)
    return escape(text, quote=False)


def _write_stars(html: str) -> str | None:
    html, pairs = _EMPHASIS.subn(_write_emphasis, html)
    # What has no partner in the whole block is itself.
    return None if "*" in html and (pairs or not _ALONE.fullmatch(html)) else html


def _write_emphasis(match: re.Match[str]) -> str:
    tag = "em" if match[1] == "*" else "strong"
    return f"<{tag}>{match[2]}</{tag}>"


def write_see_also(text: str, see_also: Mapping[str, str], root: str) -> str | None:
    """Return a line ``label: [[title]]`` as HTML; ``see_also`` gives the address of each title, from ``root``."""
    match = _SEE_ALSO.fullmatch(text)
    if match is None:
        return None
    title = unescape_title(match[2])
    address = see_also.get(title)
    named = escape(title, quote=False).replace("\xa0", "&nbsp;")
    link = f'<a href="{root}{quote(address)}">{named}</a>' if address else f'<span class="missing">{named}</span>'
    return f'<p class="see-also">{match[1]}{link}</p>'


def is_label(text: str) -> bool:
    """Tell whether a text is the label of a see-also."""
    return text.endswith(": ") and len(text) <= LONGEST_LABEL


def unescape_title(markdown: str) -> str:
    """Return the title between the brackets of a see-also as it was before it was escaped."""
    return unescape(_TITLE_ESCAPE.sub(r"\1", markdown)).strip()
