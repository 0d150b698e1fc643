"""Entries and teasers as rows of the catalogue, and back."""

from __future__ import annotations

import json
from typing import Any

from cermin.files import digest
from cermin.records import Entry, Teaser

# What of an entry a list shows.
_SHOWN = [Entry._fields.index(name) for name in ("address", "title", "date", "outlet", "lang", "section")]
ENTRY_COLUMNS = ", ".join(f'"{name}"' for name in Entry._fields)
TEASER_COLUMNS = "address, title, date, outlet, lang, section, coalesce(nullif(summary, ''), excerpt), shown"
_TUPLES = [Entry._fields.index(name) for name in ("authors", "tags", "references")]
_encode = json.JSONEncoder(ensure_ascii=False).encode


def entry_from(row: tuple[Any, ...]) -> Entry:
    """Return the entry in a row of `ENTRY_COLUMNS`."""
    values = list(row)
    for index in _TUPLES:
        values[index] = tuple(json.loads(values[index])) if values[index] else ()
    return Entry._make(values)


def teaser_from(row: tuple[Any, ...]) -> Teaser:
    """Return the teaser in a row of `TEASER_COLUMNS`."""
    return Teaser._make(row)


def shown_of(entry: Entry) -> str:
    """Return the hash of what a list shows of an entry."""
    return digest(_encode([*(entry[index] for index in _SHOWN), entry.summary or entry.excerpt]).encode())[:16]


def values_of(entry: Entry) -> list[object]:
    """Return an entry as a row of `ENTRY_COLUMNS`."""
    values: list[object] = list(entry)
    for index in _TUPLES:
        values[index] = _encode(entry[index]) if entry[index] else ""
    return values
