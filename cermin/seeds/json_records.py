"""JSON of any shape and size -> its records, one by one: lists of them, lists inside objects, JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from cermin.errors import SeedError

LARGEST_VALUE = 20_000_000
"""Characters of one record, and of a file that is read as a whole."""
DEEPEST = 4
"""Objects and lists in one another in which records are looked for."""
_CHUNK = 1 << 18
_NEAR_END = 16
"""Characters before the end of what is read within which an error may be a cut and no fault: ``\\u00`` or ``tru``."""


class Found(NamedTuple):
    """A value that should be a record."""

    value: Any
    holder: str = ""
    """Name of what holds the record: the key of its list, or the title of the object with the list: ``Kompas``."""
    language: str = ""
    """BCP 47 tag that an object around the record tells."""
    fault: str = ""
    """Why there is no value, in words for a person."""


NOTHING = Found(None)
"""What is known of a record around which nothing stands."""


class Shape(NamedTuple):
    """What tells records from what holds them."""

    is_record: Callable[[dict[str, Any]], bool]
    is_name: Callable[[str], bool]
    """Whether the key of a list tells where its records come from."""
    describe: Callable[[dict[str, Any]], tuple[str, str]]
    """Title and language of an object that holds records."""


def find_records(value: Any, shape: Shape, around: Found = NOTHING, depth: int = 0) -> Iterator[Found]:
    """Yield the records in a value: itself, or those in its lists and objects; else the value, as what it is.

    ``around`` is what is known of them.
    """
    if isinstance(value, list) and depth < DEEPEST:
        for item in value:
            yield from find_records(item, shape, around, depth + 1)
        return
    if isinstance(value, dict) and not shape.is_record(value) and depth < DEEPEST:
        inner = [(key, item) for key, item in value.items() if _holds(item, shape)]
        title, language = shape.describe(value)
        around = around._replace(holder=title or around.holder, language=language or around.language)
        for key, item in inner:
            named = around._replace(holder=key) if shape.is_name(key) else around
            yield from find_records(item, shape, named, depth + 1)
        if inner:
            return
    yield around._replace(value=value)


def _holds(value: Any, shape: Shape, depth: int = 0) -> bool:
    """Whether a value in an object is a record or holds some, and is no mere detail, as the author of a feed is."""
    if isinstance(value, list):
        return any(isinstance(item, dict) for item in value)
    if not isinstance(value, dict) or depth == DEEPEST:
        return False
    return shape.is_record(value) or any(_holds(item, shape, depth + 1) for item in value.values())


def read_line(line: str, shape: Shape) -> Iterator[Found]:
    """Yield the records of one line of JSON Lines, or why there is none."""
    try:
        value = json.loads(line, strict=False)
    except RecursionError:
        yield Found(None, fault="JSON that is nested too deep")
    except ValueError as error:
        yield Found(None, fault=f"not JSON: {_describe(error)}")
    else:
        yield from find_records(value, shape)


def is_lines(head: str) -> bool:
    """Whether a text begins as JSON Lines: its first line is an object, and another line follows."""
    line, found, rest = head.lstrip().partition("\n")
    if not (found and line.startswith("{") and rest.lstrip().startswith("{")):
        return False
    try:
        return isinstance(json.loads(line, strict=False), dict)
    except (ValueError, RecursionError):
        return False


def stream_records(read: Callable[[int], str], shape: Shape, seed_path: str) -> Iterator[Found]:
    """Yield the records of a text of one JSON value, or several behind one another, holding one record at a time.

    ``read`` gives the next characters, at most as many as asked. Raises SeedError where the text stops being JSON, and
    for a record larger than `LARGEST_VALUE`.
    """
    scanner = _Scanner(read, seed_path)
    while opening := scanner.peek():
        if opening == "[":
            for value in scanner.elements():
                yield from find_records(value, shape, depth=1)
        elif opening == "{" and not scanner.is_within(LARGEST_VALUE):
            yield from _stream_members(scanner, shape)
        else:
            yield from find_records(scanner.value(), shape)
        if scanner.peek() == ",":  # lines that were cut out of a list
            scanner.skip()


def _stream_members(scanner: _Scanner, shape: Shape) -> Iterator[Found]:
    around = NOTHING
    for key in scanner.members():
        named = around._replace(holder=key) if shape.is_name(key) else around
        if scanner.peek() == "[":
            for value in scanner.elements():
                yield from find_records(value, shape, named, depth=2)
        elif _holds(value := scanner.value(), shape):
            yield from find_records(value, shape, named, depth=1)
        else:
            title, language = shape.describe({key: value})
            around = around._replace(holder=title or around.holder, language=language or around.language)


def _describe(error: ValueError) -> str:
    return error.msg.lower() if isinstance(error, json.JSONDecodeError) else str(error).partition(";")[0]


class _Scanner:
    """Reads JSON values from a text of which only a window is held."""

    def __init__(self, read: Callable[[int], str], seed_path: str) -> None:
        self._read = read
        self._seed_path = seed_path
        self._decoder = json.JSONDecoder(strict=False)
        self._text = ""
        self._at = 0
        self._before = 0
        """Characters that left the window."""

    def peek(self) -> str:
        """Return the next character that is no white space, empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in " \t\r\n\ufeff":
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def skip(self) -> None:
        """Step over the next character."""
        self._at += 1

    def is_within(self, size: int) -> bool:
        """Whether the rest of the text is at most so many characters long."""
        while len(self._text) - self._at <= size:
            if not self._more():
                return True
        return False

    def value(self) -> Any:
        """Return the next value."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError as error:
                raise self._fault(self._at, "JSON that is nested too deep") from error
            except json.JSONDecodeError as error:
                if not self._is_cut(error):
                    raise self._fault(error.pos, f"not JSON: {_describe(error)}") from error
                if not self._more():
                    raise self._fault(self._at, "JSON that ends too early") from error
            except ValueError as error:
                raise self._fault(self._at, f"not JSON: {_describe(error)}") from error
            else:
                # A number may go on.
                if end == len(self._text) and self._text[end - 1] not in '"]}' and self._more():
                    continue
                self._at = end
                return value

    def elements(self) -> Iterator[Any]:
        """Yield the values of a list."""
        self.skip()
        while (following := self.peek()) != "]":
            if following == ",":
                self.skip()
            else:
                yield self.value()
                self._expect(",]")
        self.skip()

    def members(self) -> Iterator[str]:
        """Yield the keys of an object; whoever takes a key takes the value behind it before the next."""
        self.skip()
        while (following := self.peek()) != "}":
            if following == ",":
                self.skip()
                continue
            key = self.value()
            self._expect(":")
            self.skip()
            yield str(key)
            self._expect(",}")
        self.skip()

    def _expect(self, wanted: str) -> None:
        following = self.peek()
        if not following:
            raise self._fault(self._at, "JSON that ends too early")
        if following not in wanted:
            raise self._fault(self._at, f"not JSON: expecting {' or '.join(wanted)}")

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        if len(self._text) - self._at > LARGEST_VALUE:
            raise self._fault(self._at, f"a record larger than {LARGEST_VALUE // 1_000_000} MB")
        return error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - _NEAR_END

    def _more(self) -> bool:
        """Read at least as much again as is held of the value, so that a large one is not read over and over."""
        held = self._text[self._at :]
        added: list[str] = []
        wanted = max(_CHUNK, len(held))
        while wanted > 0 and (chunk := self._read(_CHUNK)):
            added.append(chunk)
            wanted -= len(chunk)
        self._before += self._at
        self._text, self._at = held + "".join(added), 0
        return bool(added)

    def _fault(self, position: int, verdict: str) -> SeedError:
        return SeedError.at(self._seed_path, f"{verdict}, from character {self._before + position + 1:,} on")
