"""Front matter, read strictly and written in one order.

The fences are found here, and simple lines are read here; all others are read by `strict_yaml`.
"""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from cermin.characters import CONTROL, decode
from cermin.content.head import FENCE, KEYS, LISTS, NAMES, FrontMatterError, Head, Value

_KEYS = frozenset(KEYS)

LONGEST_HEAD = 256 * 1024
"""Bytes of front matter that are read; more is a mistake or an attack."""


_OPENING = re.compile(rb"---[ \t]*\r?(?:\n|\Z)")
_CLOSING = re.compile(rb"\n---[ \t]*\r?(?:\n|\Z)")


def read_head(data: bytes) -> Head:
    """Read the front matter of a file.

    Raises FrontMatterError for one that cannot be read: no opening or closing fence, a byte order mark, text that is
    not UTF-8, control characters, YAML that does not parse. What is wrong with single keys is told in the head.
    """
    head, body_at = _split(data)
    if values := _read_simple(head):
        return Head(values, dict(zip(values, count(2))), body_at, ())
    if control := CONTROL.search(head):
        line = head.count("\n", 0, control.start()) + 2
        raise FrontMatterError(line, f"a control character: {control[0]!r}", "take it out")
    # Most front matter is simple, and the libraries take longer to import than a small build takes.
    from cermin.content.strict_yaml import compose_head

    return compose_head(head, body_at)


# Lines that every YAML reader takes in one way: a key with nothing, a plain or quoted text, or a list in one line
# behind it. The quoted hold no escape, no control character and none of the line ends that YAML knows beside those of
# Unix and Windows; the plain hold letters and digits of any script, and signs that mean nothing where they stand.
_QUOTED = r'"[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]*"'
_PLAIN_TEXT = r"[^\W_](?:[\w /().+;~,!?%&'“”‘’–—-]|:(?=[\w/]))*"
_ITEM = rf"(?:{_QUOTED}|[^\W_][\w /().+&'“”‘’–—-]*)"
_LIST = rf"\[(?:{_ITEM}(?:, ?{_ITEM})*)?\]"
# No two repetitions of spaces stand side by side, so that a line is given up in the time that reading it takes: those
# behind a plain text are part of it here.
_SIMPLE_LINE = re.compile(rf"^([a-z0-9_]+):(?: ((?:{_QUOTED}|{_LIST}) *|{_PLAIN_TEXT}))?\r?\n", re.MULTILINE)
_ITEMS = re.compile(r'"[^"]*"|[^ ,"][^,"]*')


def _read_simple(head: str) -> dict[str, Value] | None:
    """Return what YAML, as `strict_yaml` reads it, gives for simple lines; nothing when one is not simple or wrong.

    Most front matter is simple, and libyaml with its tree of nodes takes most of the time in which a file is read.
    """
    values: dict[str, Any] = dict(_SIMPLE_LINE.findall(head))
    # A line is not simple, stands twice, or has a key that is not ours; or there is none.
    if not len(values) == head.count("\n") > 0 or not values.keys() <= _KEYS:
        return None
    for key, written in values.items():
        if not written:
            values[key] = () if key in LISTS else ""
        elif (written[0] == "[") != (key in LISTS):
            return None
        elif written[0] == "[":
            values[key] = _read_items(written.rstrip(" ")[1:-1], strips=key not in NAMES)
        elif written[0] == '"':
            value = written.rstrip(" ")[1:-1]
            values[key] = value if key in NAMES else value.strip()
        else:
            values[key] = written.strip()
    return values


def _read_items(listed: str, *, strips: bool) -> tuple[str, ...]:
    items = [item[1:-1] if item[0] == '"' else item.rstrip(" ") for item in _ITEMS.findall(listed)]
    return tuple([text for item in items if (text := item.strip() if strips else item)])


def _split(data: bytes) -> tuple[str, int]:
    if data.startswith(b"\xef\xbb\xbf"):
        raise FrontMatterError(1, "the file begins with a byte order mark", "save it as UTF-8 without BOM")
    opening = _OPENING.match(data)
    if opening is None:
        raise FrontMatterError(1, "no front matter", _opening_hint(data))
    start = opening.end()
    # From the line end of the opening on, which the closing of an empty head begins with.
    closing = _CLOSING.search(data, start - 1, start + LONGEST_HEAD)
    if closing is None:
        raise FrontMatterError(1, "front matter is not closed", "write a line of --- behind it")
    try:
        return decode(data[start : closing.start() + 1]), closing.end()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, start + error.start) + 1
        raise FrontMatterError(line, "not UTF-8", "save the file as UTF-8") from error


def _opening_hint(data: bytes) -> str:
    if data.startswith(b"+++"):
        return "TOML front matter is not read: write YAML between lines of ---"
    return "begin the file with a line of ---"


# --- writing ------------------------------------------------------------------------------------------------------

# Plain scalars that any YAML reader, typed or not, gives back as the same text.
_PLAIN = re.compile(r"[^\W\d_](?:[\w /().+;~“”‘’–—-]|:(?=[^\s\]\[,{}])|,(?= )|'(?=\w)|[!?%&](?=\S))*", re.UNICODE)
_PLAIN_IN_LIST = re.compile(r"[^\W\d_][\w /().+“”‘’–—-]*", re.UNICODE)
_WORDS_WITH_MEANING = frozenset("y n yes no on off true false null none nan inf".split())
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T[\d:+Z-]+)?")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
_TO_ESCAPE = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]')


def format_head(values: dict[str, Any]) -> str:
    """Return the front matter with its fences; keys in the order of `KEYS`, those without a value left out."""
    lines = [FENCE]
    for key in KEYS:
        value = values.get(key)
        if not value or (key not in LISTS and key not in NAMES and not value.strip()):
            continue
        if key in LISTS:
            items = value if key in NAMES else map(_squeeze, value)
            lines.append(f"{key}: [{', '.join(_scalar(item, _PLAIN_IN_LIST) for item in items)}]")
        elif key == "date" and _DATE.fullmatch(value):
            lines.append(f"{key}: {value}")
        else:
            lines.append(f"{key}: {_scalar(value if key in NAMES else _squeeze(value), _PLAIN)}")
    lines.append(FENCE)
    return "\n".join(lines) + "\n"


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _scalar(text: str, plain: re.Pattern[str]) -> str:
    if text[-1:] != " " and plain.fullmatch(text) and text.lower() not in _WORDS_WITH_MEANING:
        return text
    return '"' + _TO_ESCAPE.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _ESCAPES.get(character) or f"\\u{ord(character):04x}"
