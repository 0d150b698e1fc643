"""Tables: CSV with any delimiter, JSON Lines, JSON. Each record is a capture."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from cermin.config import Table
from cermin.errors import SeedError
from cermin.records import Capture, Reading
from cermin.seeds.decoding import Decoded, decode_head, read_misfits
from cermin.seeds.fields import (
    Fields,
    Record,
    describe_holder,
    find_role,
    fold_name,
    is_outlet_name,
    is_record,
    make_capture,
    refuse,
)
from cermin.seeds.json_records import Found, Shape, is_lines, read_line, stream_records
from cermin.seeds.opening import open_seed, read_head

LARGEST_RECORD = 20_000_000
"""Characters of a record; a larger one comes of a quotation mark that is never closed, or is no article."""
MOST_REREAD = 200_000_000
"""Characters that are read once more behind quotation marks that are not closed, before the rest is given up."""
HEAD = 1 << 18
"""Bytes of a file by which its encoding, its delimiter and its form are recognised."""
SAMPLES = 50
"""Records by which fields are recognised."""
LARGEST_SAMPLE = 5_000_000
"""Characters of them, after which no further ones are looked at."""
LONGEST_NAME = 60
"""Characters of a field's name."""
_DELIMITERS = ",;\t|~"
_NONE = "\x1f"
"""Delimiter of a table that has one column: a character that no text holds."""
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\]\"\d-])")
"""How a file of JSON begins; a text in the first field of a row may begin with a bracket as well."""
_SHAPE = Shape(is_record, is_outlet_name, describe_holder)


class Dialect(NamedTuple):
    """How a file writes its rows."""

    delimiter: str
    escape: str | None = None
    quoting: int = csv.QUOTE_MINIMAL


def read_table(path: Path, seed_path: str, table: Table | None = None) -> Iterator[Capture | Reading]:
    """Yield the records of a table, numbered from 1 on; one that gives no capture as a reading that says why.

    What is not in ``table`` is recognised. Raises SeedError for a file that is no table, and where it stops being one.
    """
    table = table or Table()
    head = read_head(path, seed_path, HEAD)
    decoded = decode_head(head)
    if decoded.fault and not table.encoding:
        raise SeedError.at(seed_path, decoded.fault.replace("not text", "no table"))
    text = head.decode(table.encoding, "replace") if table.encoding else decoded.text
    text = text.removeprefix("\ufeff")
    if not text.strip():
        begins = "nothing but white space where it begins" if len(head) == HEAD else "white space alone"
        raise SeedError.at(seed_path, begins if text else "empty")
    with open_seed(path, seed_path) as file:
        stream = _open_text(file, decoded, table.encoding)
        if _JSON.match(text) and not table.delimiter:
            yield from _read_json(stream, text, seed_path, table)
        else:
            yield from _read_rows(stream, text, seed_path, table)


def _open_text(file: io.BufferedIOBase, decoded: Decoded, told: str) -> io.TextIOWrapper:
    encoding, errors = (told, "replace") if told else (decoded.encoding, "replace")
    if encoding == "utf-8":
        errors = "surrogateescape"  # for `read_misfits`
    return io.TextIOWrapper(cast("BinaryIO", file), encoding=encoding, errors=errors)


# --- JSON ---


def _read_json(stream: io.TextIOWrapper, head: str, seed_path: str, table: Table) -> Iterator[Capture | Reading]:
    found = _read_json_lines(stream) if is_lines(head) else stream_records(stream.read, _SHAPE, seed_path)
    rest = iter(found)
    # One that breaks off behind the first records still gives these.
    samples, broken = _take(rest)
    fields = Fields([_pairs(one) for one in samples if isinstance(one.value, dict)], table.fields)
    for number, one in enumerate(chain(samples, [] if broken else rest), start=1):
        if one.fault:
            yield refuse(seed_path, str(number), one.value, one.fault)
        elif not isinstance(one.value, dict):
            yield refuse(seed_path, str(number), one.value, "no record: a value without names of fields")
        else:
            yield make_capture(seed_path, number, _pairs(one), fields)
    if broken:
        raise broken


def _read_json_lines(stream: io.TextIOWrapper) -> Iterator[Found]:
    for line, fault in _iter_lines(stream):
        if fault:
            yield Found(line, fault=fault)
        elif line.strip("\ufeff \t\r\n"):
            yield from read_line(line.strip("\ufeff \t\r\n"), _SHAPE)


def _pairs(found: Found) -> Record:
    """Return the fields of a record; behind its own what the objects around it tell."""
    own = [(name, read_misfits(item) if isinstance(item, str) else item) for name, item in found.value.items()]
    return [*own, ("source", found.holder), ("language", found.language)]


def _take(items: Iterator[Any]) -> tuple[list[Any], SeedError | None]:
    """Return the first records; and why there are no more, where the file breaks off behind them."""
    taken: list[Any] = []
    size = 0
    try:
        for item in islice(items, SAMPLES):
            taken.append(item)
            size += len(repr(item))
            if size > LARGEST_SAMPLE:
                break
    except SeedError as error:
        return taken, error
    return taken, None


def _iter_lines(stream: io.TextIOWrapper) -> Iterator[tuple[str, str]]:
    """Yield each line with its end; of one that is too long its beginning, and why it is not read."""
    while line := stream.readline(LARGEST_RECORD):
        fault = ""
        if len(line) == LARGEST_RECORD and not line.endswith("\n"):
            fault = f"a line longer than {LARGEST_RECORD // 1_000_000} MB"
            while (more := stream.readline(LARGEST_RECORD)) and not more.endswith("\n"):
                pass
            line = line[:HEAD]
        yield line, fault


# --- rows ---


class _Row(NamedTuple):
    line: int
    """Its first line in the file, from 1 on."""
    cells: list[str]
    fault: str = ""


def _read_rows(stream: io.TextIOWrapper, head: str, seed_path: str, table: Table) -> Iterator[Capture | Reading]:
    dialect = Dialect(table.delimiter) if table.delimiter else find_dialect(head)
    rows = iter_rows(_iter_lines(stream), dialect, seed_path)
    samples, broken = _take(rows)
    whole = [row.cells for row in samples if not row.fault]
    first = whole[0] if whole else []
    has_names = bool(first) and _are_names(first, table)
    names = [name.strip() for name in first] if has_names else [str(at) for at in range(1, _usual_width(whole) + 1)]
    fields = Fields([list(zip(names, cells, strict=False)) for cells in whole[has_names:]], table.fields)
    number = count(1)
    for at, row in enumerate(chain(samples, [] if broken else rows)):
        if has_names and row.cells == first:
            if at:
                reason = "the names of the fields once more"
                yield refuse(seed_path, str(next(number)), repr(row.cells), reason, _tell_line(row))
            continue
        yield _make_row(seed_path, next(number), row, names, fields)
    if broken:
        raise broken


def _make_row(seed_path: str, number: int, row: _Row, names: list[str], fields: Fields) -> Capture | Reading:
    fault = row.fault
    if not fault and (len(row.cells) < len(names) or any(cell.strip() for cell in row.cells[len(names) :])):
        fault = f"{_count(len(row.cells))} where the table has {len(names):,}"
    if fault:
        return refuse(seed_path, str(number), repr(row.cells), fault, _tell_line(row))
    return make_capture(seed_path, number, list(zip(names, row.cells, strict=False)), fields)


def _tell_line(row: _Row) -> str:
    return f"line {row.line:,} of the file"


def _count(cells: int) -> str:
    return f"{cells:,} field{'s' * (cells != 1)}"


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = [len(row) for row in rows]
    return max(set(widths), key=lambda width: (widths.count(width), width), default=0)


def _are_names(cells: Sequence[str], table: Table) -> bool:
    """Whether the first row is the names of the fields: one is known, or all look like names and none like a value."""
    if any(len(cell) > LONGEST_NAME for cell in cells):
        return False
    told = {fold_name(name) for name in table.fields.values() if isinstance(name, str)}
    if any(fold_name(cell) in told or find_role(cell)[0] for cell in cells):
        return True
    return len(cells) > 1 and all(map(_is_like_name, cells[1:]))


def _is_like_name(cell: str) -> bool:
    return bool(cell.strip()) and not cell.endswith((".", "?", "!")) and not any(map(str.isdecimal, cell))


def find_dialect(head: str) -> Dialect:
    """Return how the rows are written in a text that may be cut: by the names in its first row and by equal widths."""
    tries = [Dialect(one) for one in _DELIMITERS]
    if '\\"' in head:
        tries += [Dialect(one, escape="\\") for one in _DELIMITERS]
    tries += [Dialect(one, quoting=csv.QUOTE_NONE) for one in "\t|~"]
    marks = [(_rate(head, one), -at) for at, one in enumerate(tries)]
    best, at = max(marks)
    return tries[-at] if best > (0, 0.0, 0) else Dialect(_NONE)


def _rate(head: str, dialect: Dialect) -> tuple[int, float, int]:
    lines = ((line, "") for line in io.StringIO(head, newline=None))
    rows: list[list[str]] = []
    rated = 0
    for row in islice(iter_rows(lines, dialect, ""), SAMPLES):
        rated += 1
        rows += [row.cells] if not row.fault else []
    if len(rows) > 1:
        rows.pop()  # it may be cut
        rated -= 1
    if not rows or len(rows[0]) == 1:
        return 0, 0.0, 0
    known = sum(len(cell) <= LONGEST_NAME and bool(find_role(cell)[0]) for cell in rows[0])
    fitting = sum(len(row) == len(rows[0]) for row in rows) / rated
    return known, round(fitting, 2), len(rows[0])


def iter_rows(lines: Iterable[tuple[str, str]], dialect: Dialect, seed_path: str) -> Iterator[_Row]:
    """Yield the rows of a table. A line with a quotation mark that is not closed is a fault; reading goes on behind it.

    ``lines`` come with why one is not read, if so. Blank lines are no rows. Raises SeedError when there are so many
    faults that reading again what follows would take for ever.
    """
    rows = _Rows(lines, dialect)
    while not rows.is_done:
        yield from rows.read()
        if rows.reread > MOST_REREAD:
            raise SeedError.at(seed_path, f"too many quotation marks that are not closed, from line {rows.line:,} on")


class _Rows:
    def __init__(self, lines: Iterable[tuple[str, str]], dialect: Dialect) -> None:
        self._source = iter(lines)
        self._waiting: deque[tuple[str, str]] = deque()
        self._kept: list[tuple[str, str]] = []
        """Lines of the row that is being read."""
        self._size = 0
        self._dialect = dialect
        self.is_done = False
        """Whether all lines were read."""
        self.reread = 0
        self.line = 1

    def read(self) -> Iterator[_Row]:
        """Yield rows up to the end or the next fault."""
        delimiter, escape, quoting = self._dialect
        csv.field_size_limit(LARGEST_RECORD)
        reader = csv.reader(self._feed(), delimiter=delimiter, escapechar=escape, quoting=quoting)  # type: ignore[arg-type]
        fault = ""
        try:
            for cells in reader:
                if self.is_done:  # the row ends because the file does
                    fault = "a quotation mark that is not closed"
                    break
                if cells and any(cells):
                    yield _Row(self.line, [read_misfits(cell) for cell in cells])
                self._step(len(self._kept))
        except csv.Error as error:
            fault = _translate(error)
        except _LongLineError as error:
            fault = str(error)
        if fault:
            text, _ = self._kept[0]
            line = self.line
            again = self._kept[1:]
            self.reread += sum(len(text) for text, _ in again)
            self._waiting.extendleft(reversed(again))
            self._step(1)
            self.is_done = False
            yield _Row(line, [text], fault)

    def _feed(self) -> Iterator[str]:
        while True:
            if not self._waiting:
                following = next(self._source, None)
                if following is None:
                    self.is_done = True
                    return
            else:
                following = self._waiting.popleft()
            self._kept.append(following)
            text, fault = following
            self._size += len(text)
            if fault and len(self._kept) == 1:
                raise _LongLineError(fault)
            if fault or self._size > LARGEST_RECORD:
                raise _LongLineError("a quotation mark that is not closed")
            yield text.removeprefix("\ufeff") if self.line == 1 else text

    def _step(self, lines: int) -> None:
        self.line += lines
        self._kept.clear()
        self._size = 0


class _LongLineError(Exception):
    """Why a row ends before its last line was read."""


def _translate(error: csv.Error) -> str:
    return "a quotation mark that is not closed" if "field larger" in str(error) else f"no row of a table: {error}"
