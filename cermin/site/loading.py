"""Filling an empty catalogue: what `Catalogue.keep_file` does row by row, done table by table."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from cermin.errors import Fault
from cermin.records import Entry
from cermin.site.rows import shown_of, values_of
from cermin.site.shelves import fold_title, place_of, shelves_of

TOGETHER = 5000
"""Articles whose rows are kept in memory before they are written."""


class Loader:
    """Adds article files to a catalogue that holds none. Nothing is complete before `finish`: use one transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._shelves: dict[tuple[str, str], int] = {}
        self._counts: Counter[int] = Counter()
        self._spellings: Counter[tuple[int, str]] = Counter()
        self._files: list[tuple[str, str, str, str]] = []
        self._entries: list[list[object]] = []
        self._references: list[tuple[str, int]] = []
        self._placings: list[tuple[int, int, int, int]] = []
        self._last = 0

    def add(self, path: str, stamp: str, seed: str, faults: Iterable[Fault], entry: Entry | None) -> None:
        """Add an article file, with its entry or with what is wrong with it."""
        self._files.append((path, stamp, seed, "" if entry else json.dumps(list(faults))))
        if entry:
            self._add_entry(entry)
        if len(self._files) >= TOGETHER:
            self._flush()

    def _add_entry(self, entry: Entry) -> None:
        self._last += 1
        place = place_of(entry)
        self._entries.append([self._last, *place, fold_title(entry.title), shown_of(entry), *values_of(entry)])
        self._references += [(fold, self._last) for fold in {fold_title(title) for title in entry.references}]
        for shelf in shelves_of(entry):
            shelf_id = self._shelves.setdefault((shelf.kind, shelf.slug), len(self._shelves) + 1)
            self._counts[shelf_id] += 1
            self._spellings[shelf_id, shelf.name] += 1
            self._placings.append((shelf_id, *place, self._last))

    def _flush(self) -> None:
        # In the order of the tables' keys, which is how they are filled the fastest.
        self._placings.sort()
        self._references.sort()
        self._insert("file", 4, self._files)
        self._insert("entry", 5 + len(Entry._fields), self._entries)
        self._insert("reference", 2, self._references)
        self._insert("placing", 4, self._placings)
        for rows in (self._files, self._entries, self._references, self._placings):
            rows.clear()

    def _insert(self, table: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)

    def finish(self) -> None:
        """Write what is left, and the lists with their sizes and names."""
        self._flush()
        self._insert("shelf", 4, ((number, *shelf, self._counts[number]) for shelf, number in self._shelves.items()))
        self._insert("spelling", 3, ((*spelling, count) for spelling, count in sorted(self._spellings.items())))
