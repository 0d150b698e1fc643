"""Entries and teasers as rows of the catalogue, and back."""

from __future__ import annotations

import json
from typing import Any

from cermin.records import Entry, Teaser

ENTRY_COLUMNS = ", ".join(f'"{name}"' for name in Entry._fields)
TEASER_COLUMNS = "address, title, date, outlet, lang, section, CASE summary WHEN '' THEN excerpt ELSE summary END"
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


def values_of(entry: Entry) -> list[object]:
    """Return an entry as a row of `ENTRY_COLUMNS`."""
    values: list[object] = list(entry)
    for index in _TUPLES:
        values[index] = _encode(entry[index]) if entry[index] else ""
    return values
