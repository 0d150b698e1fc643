"""Paragraphs without markup, written as HTML directly: most of what news is made of.

Each function gives what Python-Markdown and the sanitiser give, byte for byte, or None where their word is needed.
Property tests hold them to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

from cermin.output.address import quote

NAMED = r"(?:\\.|[^\]\\\n]|\](?!\]))+"
"""What stands between the brackets of ``[[title]]``."""
LONGEST_LABEL = 43
"""Characters of what stands before a see-also: ``Baca juga: ``."""

_ODD = r"\x00-\x09\x0b-\x1f\x7f\x85\xa0\u2028\u2029"
# Not the beginning of a list, heading, quotation, rule, table or code.
_BEGINNING = rf"(?!\Z|\d+\.(?:\s|\Z)|[-+*](?:\s|\Z)|[-*_ ]+(?:\n|\Z)|[\s#>=:!`~|\\<&\[\]{{}}{_ODD}])"
_FOLLOWING = rf"(?:\n(?![\s\d#>=*+:!`~|\\_<&\[\]{{}}-])[^\n{_ODD}]*(?<! ))*"
_PARAGRAPH = re.compile(rf"{_BEGINNING}[^\n{_ODD}]*(?<!\s){_FOLLOWING}(?<!\s)")
_SIGN = re.compile(r"[\\`*_\[\]<>&]")
_LABEL = re.compile(rf"{_BEGINNING}[^\\`*_\[\]<>&|~{{}}\n{_ODD}]{{1,{LONGEST_LABEL - 2}}}: ")
_SEE_ALSO = re.compile(rf"({_LABEL.pattern})\[\[(?!.*[\x00-\x1f])({NAMED})\]\]")
_LOUD = re.compile(r"`|\]\(|\]\[|\[\[|!\[|\[\^|\]:|<[a-zA-Z/!?]|(?<!\w)_|\*.*\*", re.DOTALL)
# Python-Markdown's, with the sign that its tables add.
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()>#+.!|-])")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[0-9a-zA-Z]+);")
_KNOWN = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#126;": "~"}
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
    """Return a block of Markdown as a paragraph of HTML, where its signs mean nothing but themselves."""
    if not _PARAGRAPH.fullmatch(text):
        return None
    inside = text if not _SIGN.search(text) else _write_signs(text)
    return None if inside is None else f"<p>{inside}</p>"


def _write_signs(text: str) -> str | None:
    if "\\" not in text:
        return None if _LOUD.search(text) else _write_text(text)
    pieces = _ESCAPE.split(text)
    # What stands beside an escape would decide about emphasis and references.
    if "*" in (rest := "".join(pieces[::2])) or "_" in rest or "&" in rest or _LOUD.search(rest):
        return None
    return "".join(escape(piece, quote=False) for piece in pieces)


def _write_text(text: str) -> str | None:
    if "&" in text:
        entities = _ENTITY.findall(text)
        if not _KNOWN.keys() >= set(entities):
            return None
        if entities:
            text = _ENTITY.sub(lambda match: _KNOWN[match[0]], text)
    return escape(text, quote=False)


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
