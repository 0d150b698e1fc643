"""Filling empty tables of the catalogue: what is done row by row otherwise, done table by table."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from cermin.errors import Fault
from cermin.records import Entry
from cermin.site.rows import KEEP_ALIAS, KEEP_KIN, Shelved, alias_rows, kin_rows

TOGETHER = 1000
"""Articles whose rows are kept in memory before they are written."""
SORTED = 100_000
"""Rows that are sorted in memory; SQLite sorts more."""
# Made when all is there, which is quicker than keeping them in order meanwhile.
INDEXES = (
    "CREATE INDEX entry_by_text ON entry (text)",
    "CREATE INDEX entry_by_fold ON entry (fold)",
    "CREATE INDEX reference_by_entry ON reference (entry)",
)
PAGE_INDEX = "CREATE INDEX page_by_scope ON page (kind, scope, number)"


class Loader:
    """Adds article files to a catalogue that holds none. What is there is not complete before `finish`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._shelves: dict[tuple[str, str], int] = {}
        self._counts: Counter[int] = Counter()
        self._spellings: Counter[tuple[int, str, str]] = Counter()
        self._files: list[tuple[str, str, str, str]] = []
        self._entries: list[tuple[Any, ...]] = []
        self._references = _Sorted(connection, "reference", "fold, entry", SORTED)
        self._placings = _Sorted(connection, "placing", "shelf, moment, tie, entry, month", SORTED)
        self._last = 0
        for index in INDEXES:
            connection.execute(f"DROP INDEX IF EXISTS {index.split()[2]}")

    def add(self, path: str, stamp: str, seed: str, faults: Iterable[Fault], shelved: Shelved | None) -> None:
        """Add an article file, with its entry or with what is wrong with it."""
        self._files.append((path, stamp, seed, "" if shelved else json.dumps(list(faults))))
        if shelved:
            self._add_entry(shelved)
        if len(self._files) >= TOGETHER:
            self._flush()

    def _add_entry(self, shelved: Shelved) -> None:
        self._last += 1
        self._entries.append((self._last, *shelved.row))
        if any(shelved.kin):
            self._connection.executemany(KEEP_KIN, kin_rows(shelved))
        if shelved.aliases:
            self._connection.executemany(KEEP_ALIAS, alias_rows(shelved))
        for fold in shelved.references:
            self._references.add((fold, self._last))
        for kind, slug, name, lang in shelved.shelves:
            shelf_id = self._shelves.setdefault((kind, slug), len(self._shelves) + 1)
            self._counts[shelf_id] += 1
            self._spellings[shelf_id, name, lang] += 1
            self._placings.add((shelf_id, *shelved.place, self._last, shelved.month))

    def _flush(self) -> None:
        _insert(self._connection, "file", 4, self._files)
        _insert(self._connection, "entry", 5 + len(Entry._fields), self._entries)
        self._files.clear()
        self._entries.clear()

    def finish(self) -> None:
        """Write what is left, and the lists with their sizes and names."""
        self._flush()
        self._references.finish()
        self._placings.finish()
        shelves = ((number, *shelf, self._counts[number]) for shelf, number in self._shelves.items())
        _insert(self._connection, "shelf", 4, shelves)
        spellings = ((*spelling, count) for spelling, count in sorted(self._spellings.items()))
        _insert(self._connection, "spelling", 4, spellings)
        for index in INDEXES:
            self._connection.execute(index)


class PageLoader:
    """Records the pages of a site of which none was recorded. None is there before `finish`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._pages = _Sorted(
            connection, "page", "path, kind, scope, number, shared, parts, build, sha256, size", TOGETHER
        )
        connection.execute(f"DROP INDEX IF EXISTS {PAGE_INDEX.split()[2]}")

    def add(self, pages: Iterable[tuple[tuple[Any, ...], bytes | None, int | None]], build: int) -> None:
        """Add pages (`MadePage`) that were made in build number ``build``."""
        for row, hashed, size in pages:
            self._pages.add((*row, build, hashed, size))

    def finish(self) -> None:
        """Write the pages in their order."""
        self._pages.finish()
        self._connection.execute(PAGE_INDEX)


def drop_staged(connection: sqlite3.Connection, *tables: str) -> None:
    """Take away what loaders left that were cut short."""
    for table in tables:
        connection.execute(f"DROP TABLE IF EXISTS staged_{table}")
    for index in (PAGE_INDEX,) if "page" in tables else INDEXES:
        connection.execute(index.replace("INDEX", "INDEX IF NOT EXISTS"))


class _Sorted:
    """Rows of a table which are inserted in the order of its key, whatever the order in which they come."""

    def __init__(self, connection: sqlite3.Connection, table: str, columns: str, most: int) -> None:
        self._connection = connection
        self._table, self._columns = table, columns
        self._most = most
        self._width = columns.count(",") + 1
        self._rows: list[tuple[Any, ...]] = []
        self._is_staged = False

    def add(self, row: tuple[Any, ...]) -> None:
        self._rows.append(row)
        if len(self._rows) >= self._most:
            self._stage()

    def _stage(self) -> None:
        if not self._is_staged:
            self._connection.execute(f"CREATE TABLE staged_{self._table} ({self._columns})")
            self._is_staged = True
        _insert(self._connection, f"staged_{self._table}", self._width, self._rows)
        self._rows.clear()

    def finish(self) -> None:
        if self._is_staged:
            self._stage()
            staged = f"staged_{self._table}"
            self._connection.execute(
                f"INSERT INTO {self._table} SELECT {self._columns} FROM {staged} ORDER BY {self._columns}"
            )
            self._connection.execute(f"DROP TABLE {staged}")
        else:
            _insert(self._connection, self._table, self._width, sorted(self._rows))
        self._rows.clear()


def _insert(connection: sqlite3.Connection, table: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
    connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)
