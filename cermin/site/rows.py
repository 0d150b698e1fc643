"""Entries and teasers as rows of the catalogue, and back."""

from __future__ import annotations

import json
from operator import attrgetter
from typing import Any, NamedTuple

from cermin.files import digest
from cermin.records import Entry, Kin, Teaser
from cermin.site.shelves import Place, ShelfName, fold_title, month_number, place_of, shelves_of

# What of an entry a list shows.
_shown = attrgetter("address", "title", "date", "outlet", "lang", "section")
ENTRY_COLUMNS = ", ".join(f'"{name}"' for name in Entry._fields)
TEASER_COLUMNS = "address, title, date, outlet, lang, section, coalesce(nullif(summary, ''), excerpt), shown"
_TUPLES = [
    Entry._fields.index(name) for name in ("authors", "tags", "aliases", "revisions", "duplicates", "references")
]
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


class Shelved(NamedTuple):
    """An entry as the catalogue keeps it: its row, the titles that it names, its shelves."""

    row: tuple[Any, ...]
    """The columns of the table ``entry`` behind its id."""
    place: Place
    month: int
    """In which it was published, as `month_number` counts; 0 when unknown."""
    address: str
    fold: str
    """Its title, as titles are compared."""
    references: tuple[str, ...]
    """The titles that it names, so folded, each once."""
    shelves: tuple[ShelfName, ...]
    kin: Kin
    aliases: tuple[str, ...]

    def stands_like(self, other: Shelved) -> bool:
        """Tell whether both stand at the same places of the same lists, which show them alike under one name."""
        return self.row[:_HEAD] == other.row[:_HEAD] and self.shelves == other.shelves


KEEP_KIN = "INSERT OR IGNORE INTO kin VALUES (?, ?, ?)"


def kin_rows(shelved: Shelved) -> list[tuple[str, str, str]]:
    """Return the rows of the table ``kin`` for an entry: its path, a role, and the capture or path that it names."""
    kin, path = shelved.kin, path_of(shelved.address)
    rows = [(path, "duplicate", seed) for seed in kin.duplicates]
    rows += [(path, "revision", other) for other in kin.revisions]
    return [*rows, (path, "revision of", kin.revision_of)] if kin.revision_of else rows


KEEP_ALIAS = "INSERT INTO alias VALUES (?, ?, ?)"


def alias_rows(shelved: Shelved) -> list[tuple[str, str, str]]:
    """Return the rows of the table ``alias`` for an entry: the alias in lower case, the entry's address, the alias."""
    return [(path.lower(), shelved.address, path) for path in shelved.aliases]


def path_of(address: str) -> str:
    """Return the path below content/ of the article at an address."""
    return address.removesuffix(".html") + ".md"


_HEAD = 4  # moment, tie, fold, shown


def shelve(entry: Entry) -> Shelved:
    """Return all that the catalogue keeps of an entry; workers do it, so that the parent has only to insert."""
    place = place_of(entry)
    # A see-also leads to the article, never to another version of it.
    fold = "" if entry.revision_of else fold_title(entry.title)
    references = tuple(dict.fromkeys(map(fold_title, entry.references)))
    kin = Kin(entry.duplicates, entry.revision_of, entry.revisions)
    row = (*place, fold, _shown_of(entry), *_values_of(entry))
    shelves, month = tuple(shelves_of(entry)), month_number(entry.date)
    return Shelved(row, place, month, entry.address, fold, references, shelves, kin, entry.aliases)


def _shown_of(entry: Entry) -> str:
    """Return the hash of what a list shows of an entry."""
    # No value holds the sign between them.
    return digest("\0".join((*_shown(entry), entry.summary or entry.excerpt)).encode())[:16]


def _values_of(entry: Entry) -> list[object]:
    values: list[object] = list(entry)
    for index in _TUPLES:
        values[index] = _encode(entry[index]) if entry[index] else ""
    return values
