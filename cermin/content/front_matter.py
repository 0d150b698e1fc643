"""Front matter, read strictly and written in one order.

python-frontmatter reads the block between the fences through a handler of ours, because by itself it publishes front
matter as text for a BOM or an unclosed fence and lets duplicate keys pass: the fences are found here, and the handler
composes YAML into (value, line) pairs of plain strings, so that no ``zip: 0123`` becomes a number.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from cermin.characters import CONTROL, decode
from cermin.errors import Fault, guess

TEXTS = ("title", "outlet", "lang", "editor", "agency", "place", "section", "url", "summary", "seed", "sha256")
LISTS = ("authors", "tags")
KEYS = (
    "title", "date", "outlet", "lang", "authors", "editor", "agency", "place", "section", "tags", "url", "summary",
    "seed", "sha256", "written",
)  # fmt: skip
"""Every key, in the order in which cermin writes them."""
_KEYS = frozenset(KEYS)

FENCE = "---"
LONGEST_HEAD = 256 * 1024
"""Bytes of front matter that are read; more is a mistake or an attack."""
DEEPEST = 50
"""Lists and mappings inside of one another that are read; none of ours needs more than one."""


_OPENING = re.compile(rb"---[ \t]*\r?(?:\n|\Z)")
_CLOSING = re.compile(rb"\n---[ \t]*\r?(?:\n|\Z)")
_NESTING = re.compile(r"[\[{]|[-?] ")


class Value(NamedTuple):
    """A value of the front matter with the line on which it stands."""

    value: str | tuple[str, ...]
    line: int


class Head(NamedTuple):
    """What stands before the body: the values by key, where the body begins, in bytes, and what is wrong."""

    values: dict[str, Value]
    body_at: int
    faults: tuple[tuple[int, str, str], ...]
    """(line, verdict, hint) of each key that is unknown, stands twice, or has a value of the wrong shape."""


class FrontMatterError(Exception):
    """Why a front matter cannot be read at all."""

    def __init__(self, line: int, verdict: str, hint: str) -> None:
        super().__init__(line, verdict, hint)
        self.line, self.verdict, self.hint = line, verdict, hint

    def at(self, path: str) -> Fault:
        """Return the fault with its place in ``path``."""
        return Fault(f"{path}:{self.line}", self.verdict, self.hint)


def read_head(data: bytes) -> Head:
    """Read the front matter of a file.

    Raises FrontMatterError for one that cannot be read: no opening or closing fence, a byte order mark, text that is
    not UTF-8, control characters, YAML that does not parse. What is wrong with single keys is told in the head.
    """
    head, body_at = _split(data)
    if (values := _read_simple(head)) is not None:
        return Head(values, body_at, ())
    if control := CONTROL.search(head):
        line = head.count("\n", 0, control.start()) + 2
        raise FrontMatterError(line, f"a control character: {control[0]!r}", "take it out")
    handler = _StrictHandler()
    try:
        frontmatter.parse(f"{FENCE}\n{head}\n{FENCE}\n", handler=handler)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        verdict = f"front matter is not YAML: {getattr(error, 'problem', None) or error}"
        hint = "put quotes around a value that holds a colon, a # or a quote"
        raise FrontMatterError(mark.line + 2 if mark else 1, verdict.replace("\n", " "), hint) from error
    return Head(handler.values, body_at, tuple(handler.faults))


# Lines that every YAML reader takes in one way: a key with nothing, a plain or quoted text, or a list in one line
# behind it. The quoted hold no escape, no control character and none of the line ends that YAML knows beside those of
# Unix and Windows; the plain hold letters and digits of any script, and signs that mean nothing where they stand.
_QUOTED = r'"[^"\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]*"'
_PLAIN_TEXT = r"[^\W_](?:[\w /().+;~,!?%&'“”‘’–—-]|:(?=[\w/]))*"
_ITEM = rf"(?:{_QUOTED}|[^\W_][\w /().+&'“”‘’–—-]*)"
_LIST = rf"\[(?:{_ITEM}(?:, ?{_ITEM})*)?\]"
_LINES = re.compile(rf"([a-z0-9]+):(?: (?:({_QUOTED}) *|({_PLAIN_TEXT})|({_LIST}) *))?\r?(?:\n|\Z)")
# Nothing in it gives back what it took, so that it takes no longer than the text is long. It keeps no groups, which
# Python 3.11 confuses in such an expression.
_SIMPLE = re.compile(rf"(?:[a-z0-9]++:(?: (?:{_QUOTED} *|{_PLAIN_TEXT}|{_LIST} *))?\r?(?:\n|\Z))*".replace("*", "*+"))
_ITEMS = re.compile(r'"([^"]*)"|([^ ,"][^,"]*)')


def _read_simple(head: str) -> dict[str, Value] | None:
    """Return what YAML, as `_StrictHandler` reads it, gives for simple lines; nothing when one is not simple or wrong.

    Most front matter is simple, and libyaml with its tree of nodes takes most of the time in which a file is read.
    """
    if not _SIMPLE.fullmatch(head):
        return None
    values: dict[str, Value] = {}
    line = 1
    for key, quoted, plain, listed in _LINES.findall(head):
        line += 1
        if key in LISTS:
            if quoted or plain:
                return None
            values[key] = Value(_read_items(listed[1:-1]), line)
        elif key not in _KEYS or listed:
            return None
        else:
            values[key] = Value(quoted[1:-1].strip() if quoted else plain.strip(), line)
    return values if len(values) == line - 1 > 0 else None  # else there is none, or one stands twice


def _read_items(listed: str) -> tuple[str, ...]:
    return tuple(text for quoted, plain in _ITEMS.findall(listed) if (text := (quoted or plain).strip()))


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


class _StrictHandler(YAMLHandler):
    """Reads YAML into a dict of key -> Value; collects what is wrong with keys instead of stopping at the first."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Value] = {}
        self.faults: list[tuple[int, str, str]] = []

    def split(self, text: str) -> tuple[str, str]:
        """Return what stands between our own fences, whatever rules of dashes stand inside."""
        return text[len(FENCE) + 1 : -len(FENCE) - 2], ""

    def load(self, fm: str, **_: object) -> dict[str, object]:
        """Compose ``fm`` and check its shape against the known keys."""
        if _is_deep(fm):
            raise FrontMatterError(1, "front matter is nested too deep", "write each value in one line")
        node = yaml.compose(fm, Loader=_Loader)
        if node is None:
            raise FrontMatterError(1, "front matter is empty", "it needs a title at least")
        if not isinstance(node, yaml.MappingNode):
            raise FrontMatterError(2, "front matter is not a list of `key: value` lines", "")
        for key_node, value_node in node.value:
            self._add(self.values, key_node, value_node)
        return {}

    def _add(self, values: dict[str, Value], key_node: yaml.Node, value_node: yaml.Node) -> None:
        line = key_node.start_mark.line + 2
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.tag)
        if key not in KEYS:
            self.faults.append((line, f'unknown key "{key}"{guess(key, KEYS)}', ""))
        elif key in values:
            self.faults.append((line, f"{key} stands twice, first on line {values[key].line}", "keep one of them"))
        else:
            value = self._value(key, value_node, line)
            if value is not None:
                values[key] = Value(value, line)

    def _value(self, key: str, node: yaml.Node, line: int) -> str | tuple[str, ...] | None:
        if key in LISTS:
            if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
                return tuple(text for item in node.value if (text := item.value.strip()))
            if isinstance(node, yaml.ScalarNode) and not node.value:
                return ()
            self.faults.append((line, f"{key} is not a list", f"write {key}: [one, two]"))
        elif isinstance(node, yaml.ScalarNode):
            return str(node.value).strip()
        else:
            self.faults.append((line, f"{key} is not a text", f"write {key}: in one line, in quotes if need be"))
        return None


def _is_deep(head: str) -> bool:
    """Tell whether composing would go deep: libyaml's binding calls itself for each level, and crashes the process."""
    if len(_NESTING.findall(head)) < DEEPEST:
        return False
    depth = 0
    for event in yaml.parse(head, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return True
    return False


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]  # the C loader where it was built
    """YAML without implicit types: what looks like a number or a date stays what was written."""


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
        if not value:
            continue
        if key in LISTS:
            lines.append(f"{key}: [{', '.join(_scalar(item, _PLAIN_IN_LIST) for item in value)}]")
        elif key == "date" and _DATE.fullmatch(value):
            lines.append(f"{key}: {value}")
        else:
            lines.append(f"{key}: {_scalar(value, _PLAIN)}")
    lines.append(FENCE)
    return "\n".join(lines) + "\n"


def _scalar(text: str, plain: re.Pattern[str]) -> str:
    text = " ".join(text.split())
    if plain.fullmatch(text) and text.lower() not in _WORDS_WITH_MEANING:
        return text
    return '"' + _TO_ESCAPE.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _ESCAPES.get(character) or f"\\u{ord(character):04x}"
