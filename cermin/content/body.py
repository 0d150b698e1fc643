"""What lists need of a body, found without rendering it: its first words, and the titles that it names."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from cermin.shortening import cut

EXCERPT = 200
"""Characters of an excerpt, at most."""

_REFERENCE = re.compile(r"(?<!\\)\[\[((?:\\.|[^\]\\\n]|\](?!\]))+)\]\]")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_NOT_PROSE = re.compile(r"\s*(?:#|>|```|~~~|\||[-*+] |\d+[.)] |<|\[\^?[^\]]+\]:|!\[|    |\t|(?:[-*_=] ?){3,}$)")
_LINK = re.compile(r"!?\[((?:\\.|[^\]\\])*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_FOOTNOTE = re.compile(r"\[\^[^\]]+\]")
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_{1,3}|`+)(?=\S)(.+?)(?<=\S)(?<!\\)\1")
_TAG = re.compile(r"<[/!?a-zA-Z][^>]*>")


def references_of(body: str) -> tuple[str, ...]:
    """Return the titles that the body names as ``[[title]]``, each once, in order."""
    if "[" not in body or "[[" not in body:  # most hold none, and one sign is found much faster than two
        return ()
    return tuple(dict.fromkeys(unescape(title).strip() for title in _REFERENCE.findall(body)))


def unescape(markdown: str) -> str:
    """Return the text behind Markdown's backslash escapes and character references."""
    return html.unescape(_ESCAPED.sub(r"\1", markdown)) if "\\" in markdown or "&" in markdown else markdown


def excerpt_of(body: str) -> str:
    """Return the first words of the body's first paragraphs as plain text, cut at a word."""
    words = ""
    for paragraph in _paragraphs(body):
        words = f"{words} {paragraph}".strip()
        if len(words) > EXCERPT // 2:
            break
    return cut(words, EXCERPT)


def _paragraphs(body: str) -> Iterator[str]:
    # A few paragraphs are enough; a long body is not read to its end.
    rest = body[: 16 * EXCERPT]
    if "\r" in rest:
        rest = rest.replace("\r\n", "\n")
    rest = rest.strip("\n")
    while rest:
        block, _, rest = rest.partition("\n\n")
        if _is_prose(block) and (text := _plain(block)):
            yield text


def _is_prose(block: str) -> bool:
    if "[[" in block and _REFERENCE.search(block):
        return False
    # What opens with a letter opens nothing else.
    return block[:1].isalpha() or not _NOT_PROSE.match(block)


def _plain(block: str) -> str:
    text = block
    if "[" in text:
        text = _FOOTNOTE.sub("", _LINK.sub(r"\1", text))
    if "*" in text or "_" in text or "`" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "<" in text:
        text = _TAG.sub("", text)
    return " ".join(unescape(text).split())
