r"""Plain text -> Markdown that says the same text.

The dialect is Python-Markdown's, plain or with the extensions tables, fenced_code, footnotes and sane_lists; a
paragraph is one line with empty lines around it, so that nothing that needs two lines (tables, setext headings, code)
can arise. Escaped is only what would be markup:

- a backslash before ``\``, `````, ``[``, ``*`` (where it stands twice or begins the line) and ``_`` (where it does not
  stand between letters or digits); before ``#`` and ``>`` that begin the line, ``-`` and ``+`` that begin it as a list
  or a rule, and the full stop of a number that begins it (``2024\. Tahun``);
- ``&lt;`` for ``<`` before anything but a space, ``&amp;`` for ``&`` that begins an entity, ``&#126;`` for the first of
  three ``~`` that begin the line.

A see-also is ``label: [[title]]``, where the title is escaped in the same way and ``]`` has a backslash as well: the
title ends at the first ``]]`` without one. To read a title, take a backslash and the character behind it as that
character, and ``&lt;`` and ``&amp;`` as ``<`` and ``&``, in one pass from the left.
"""

from __future__ import annotations

import re

_SPACE = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")
_UNFOLDED = re.compile(r"[\t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]|  ")
_SIGNS = ("\\", "`", "[", "<", "*", "_", "&")
_INLINE = re.compile(r"[\\`\[*]|(?<![^\W_])_|_(?![^\W_])|<(?=\S)|&(?=#?\w+;)")
_INLINE_ONE_STAR = re.compile(r"[\\`\[]|(?<![^\W_])_|_(?![^\W_])|<(?=\S)|&(?=#?\w+;)")
_START = re.compile(
    r"(?P<hash>#)|(?P<quote>>)|(?P<item>[-+*](?= |$)|-(?=[- ]+$))|(?P<number>\d+)\.(?= |$)|(?P<fence>~)~~"
)
_STARTERS = frozenset("#>-+*~")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}


def escape_text(text: str) -> str:
    """Return the Markdown of one paragraph; its white space at the ends goes, and runs become one space."""
    return escape_start(_escape_inline(_fold_space(text)))


def escape_start(text: str) -> str:
    """Return a line of Markdown so that what it begins with begins no heading, list, quotation, rule or code."""
    if text and (text[0] in _STARTERS or text[0].isdecimal()):
        return _START.sub(_escape_start, text, count=1) if _START.match(text) else text
    return text


def see_also(label: str, title: str) -> str:
    """Return the paragraph that points to an article by its title: ``Baca juga: [[title]]``."""
    inside = _escape_inline(_fold_space(title)).replace("]", "\\]")
    return f"{label}: [[{inside}]]"


def _fold_space(text: str) -> str:
    if text.isprintable() and "  " not in text:
        return text.strip()  # nearly every paragraph
    return (_SPACE.sub(" ", text) if _UNFOLDED.search(text) else text).strip()


def _escape_inline(text: str) -> str:
    if not any(sign in text for sign in _SIGNS):
        return text
    return (_INLINE if text.count("*") > 1 else _INLINE_ONE_STAR).sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    return _ENTITIES.get(match[0], "\\" + match[0])


def _escape_start(match: re.Match[str]) -> str:
    if match["number"]:
        return f"{match['number']}\\."
    return "&#126;~~" if match["fence"] else "\\" + match[0]
