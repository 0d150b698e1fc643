"""What a page may ask: the named queries, whose answers are part of its key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from cermin.addresses import DAY, NO_DATE, OUTLET, REVISION
from cermin.config import Config
from cermin.errors import Fault
from cermin.records import Entry, Teaser
from cermin.site.catalogue import NAME_OF_SHELF, Catalogue, MemberRow, SegmentRow, Touched
from cermin.site.rows import ENTRY_COLUMNS, TEASER_COLUMNS, entry_from, path_of, teaser_from
from cermin.site.shelves import FIRST, LAST, UNDATED, Place, fold_title, month_named

_E_ENTRY = ", ".join(f"e.{name.strip()}" for name in ENTRY_COLUMNS.split(","))
_NAMED = f"JOIN spelling n ON n.shelf = s.id AND (n.name, n.lang) = ({NAME_OF_SHELF.replace('?', 's.id')})"
_SHELF_ID = "(SELECT id FROM shelf WHERE kind = ? AND slug = ?)"


def _between(columns: str, first: str, end: str) -> tuple[str, tuple[str, ...]]:
    where, values = ("AND address < ?", (first, end)) if end else ("", (first,))
    return f"SELECT {columns} FROM entry WHERE address >= ? {where} ORDER BY address", values


def _of_days(columns: str) -> str:
    return (
        f"SELECT {columns} FROM shelf s JOIN placing p ON p.shelf = s.id JOIN entry e ON e.id = p.entry "
        "WHERE s.kind = ? AND s.slug BETWEEN ? AND ? AND p.tie >= ? AND p.tie < ?"
    )


class Shelf(NamedTuple):
    """A list of articles: its kind and slug, the name that most of its articles give it, and its size."""

    kind: str
    slug: str
    name: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here asks for
    lang: str = ""
    """The language of the name: that of most of the articles that give it."""


class Alias(NamedTuple):
    """An old address of an article."""

    fold: str
    """In lower case, as many file systems compare names."""
    path: str
    """Of the page that stands for it, below output/."""
    address: str
    """Of the article."""
    title: str
    lang: str


# Of several articles that claim one old address the first has it, unless a page of the site's own stands there.
_FREE = (
    "NOT EXISTS (SELECT 1 FROM entry WHERE address = a.fold) AND NOT EXISTS (SELECT 1 FROM shelf s "
    "WHERE s.kind = 'outlet' AND s.slug = substr(a.fold, 1, length(a.fold) - 11) AND a.fold = s.slug || '/index.html')"
)
_ALIAS = "SELECT a.fold, a.path, e.address, e.title, e.lang FROM"


class LabelsOfEntry(NamedTuple):
    """What an article is filed under."""

    lang: str
    outlet: str
    section: str
    tags: tuple[str, ...]
    authors: tuple[str, ...]


def _claimed(path: str, address: str, other: str) -> Fault:
    """Return the fault of an old address of one article at which another's stands, or a page."""
    is_hub = other.count("/") == 1
    what = f"the page output/{other}" if is_hub else f"an address of content/{path_of(other)} too"
    hint = "take it out" if is_hub else "take it out of one of them"
    return Fault(f"content/{path_of(address)}", f'the alias "/{path.removesuffix("index.html")}" is {what}', hint)


@lru_cache(maxsize=4096)
def _names(column: str) -> tuple[str, ...]:
    return tuple(json.loads(column)) if column else ()


class Queries:
    """The catalogue as the kinds of pages see it: read only."""

    def __init__(self, catalogue: Catalogue, config: Config, assets: Mapping[str, str]) -> None:
        self.config = config
        self.assets = assets
        """The theme's files: path below output/ -> hash."""
        self._catalogue = catalogue
        self._execute = catalogue.connection.execute
        self._has_revisions: bool | None = None

    # --- shelves --------------------------------------------------------------------------------------------------

    def shelf(self, kind: str, slug: str = "") -> Shelf:
        """Return a shelf; one that no article stands on has the count 0."""
        row = self._execute("SELECT id, count FROM shelf WHERE kind = ? AND slug = ?", (kind, slug)).fetchone()
        return self._shelf(row[0], kind, slug, row[1]) if row else Shelf(kind, slug, "", 0)

    def _shelf(self, shelf_id: int, kind: str, slug: str, count: int) -> Shelf:
        name, lang = self._execute(NAME_OF_SHELF, (shelf_id,)).fetchone()
        return Shelf(kind, slug, name, count, lang)

    def shelves(self, kind: str) -> Iterator[Shelf]:
        """Yield the shelves of a kind in the order of their slugs."""
        sql = f"SELECT slug, name, s.count, lang FROM shelf s {_NAMED} WHERE kind = ? ORDER BY slug"
        return (Shelf(kind, *row) for row in self._execute(sql, (kind,)))

    def shelves_between(self, kind: str, first: str, last: str) -> list[Shelf]:
        """Return the shelves of a kind with the slugs from ``first`` to ``last``."""
        sql = (
            f"SELECT slug, name, s.count, lang FROM shelf s {_NAMED} "
            "WHERE kind = ? AND slug BETWEEN ? AND ? ORDER BY slug"
        )
        return [Shelf(kind, *row) for row in self._execute(sql, (kind, first, last))]

    def largest_shelves(self, kind: str, limit: int) -> list[Shelf]:
        """Return the shelves with the most articles, the largest first."""
        sql = "SELECT id, slug, count FROM shelf WHERE kind = ? ORDER BY count DESC, slug LIMIT ?"
        rows = self._execute(sql, (kind, limit)).fetchall()
        return [self._shelf(shelf_id, kind, slug, count) for shelf_id, slug, count in rows]

    def count_shelves(self, kind: str) -> int:
        """Return how many shelves of a kind there are."""
        return int(self._execute("SELECT count(*) FROM shelf WHERE kind = ?", (kind,)).fetchone()[0])

    def count_lists(self, size: int) -> int:
        """Return how many pages all lists of articles have, where a page has ``size`` articles."""
        sql = "SELECT coalesce(sum(1 + max(0, count / ? - 1)), 0) FROM shelf WHERE kind != ?"
        return int(self._execute(sql, (size, REVISION)).fetchone()[0])

    def initials(self, kind: str) -> list[tuple[str, int]]:
        """Return the first characters of the slugs of a kind, with how many slugs begin so."""
        sql = "SELECT substr(slug, 1, 1), count(*) FROM shelf WHERE kind = ? GROUP BY 1 ORDER BY 1"
        return list(self._execute(sql, (kind,)))

    def shelves_with_initial(self, kind: str, initial: str) -> list[Shelf]:
        """Return the shelves whose slug begins with a character, in the order of their slugs."""
        sql = "SELECT id, slug, count FROM shelf WHERE kind = ? AND substr(slug, 1, 1) = ? ORDER BY slug"
        rows = self._execute(sql, (kind, initial)).fetchall()
        return [self._shelf(shelf_id, kind, slug, count) for shelf_id, slug, count in rows]

    # --- articles on a shelf --------------------------------------------------------------------------------------

    def teasers(self, kind: str, slug: str, start: Place) -> Iterator[Teaser]:
        """Yield the articles of a shelf from a place on."""
        sql = (
            f"SELECT {TEASER_COLUMNS} FROM placing p JOIN entry e ON e.id = p.entry WHERE p.shelf = {_SHELF_ID} "
            "AND (p.moment, p.tie) >= (?, ?) ORDER BY p.moment, p.tie"
        )
        return map(teaser_from, self._execute(sql, (kind, slug, *start)))

    def place_at(self, kind: str, slug: str, rank: int) -> Place:
        """Return the place of an article of a shelf, the oldest having the rank 0; `LAST` where it has none."""
        sql = f"SELECT moment, tie FROM placing WHERE shelf = {_SHELF_ID} ORDER BY moment, tie LIMIT 1 OFFSET ?"
        row = self._execute(sql, (kind, slug, rank)).fetchone()
        return Place(*row) if row else LAST

    def newest(self, kind: str, slug: str = "", *, limit: int) -> list[Teaser]:
        """Return the newest articles of a shelf, the newest first."""
        sql = (
            f"SELECT {TEASER_COLUMNS} FROM placing p JOIN entry e ON e.id = p.entry WHERE p.shelf = {_SHELF_ID} "
            "ORDER BY p.moment DESC, p.tie DESC LIMIT ?"
        )
        return list(map(teaser_from, self._execute(sql, (kind, slug, limit))))

    def newest_dated(self, kind: str, slug: str, limit: int) -> list[Entry]:
        """Return the newest articles of a shelf that have a date, the newest first."""
        sql = (
            f"SELECT {_E_ENTRY} FROM placing p JOIN entry e ON e.id = p.entry WHERE p.shelf = {_SHELF_ID} "
            "AND p.moment > ? ORDER BY p.moment DESC, p.tie DESC LIMIT ?"
        )
        return list(map(entry_from, self._execute(sql, (kind, slug, UNDATED, limit))))

    def undated_count(self, kind: str, slug: str) -> int:
        """Return how many articles of a shelf have no date; they stand before all others."""
        sql = f"SELECT count(*) FROM placing WHERE shelf = {_SHELF_ID} AND moment = ?"
        return int(self._execute(sql, (kind, slug, UNDATED)).fetchone()[0])

    def lists(self, kind: str, first: str, last: str) -> Iterator[tuple[Shelf, Iterator[Teaser]]]:
        """Yield the shelves of a kind with the slugs from ``first`` to ``last``, each with its articles in order."""
        shelves = self._execute(
            f"SELECT slug, name, s.count, lang FROM shelf s {_NAMED} "
            "WHERE kind = ? AND slug BETWEEN ? AND ? ORDER BY slug",
            (kind, first, last),
        )
        teasers = self._execute(
            f"SELECT {TEASER_COLUMNS} FROM shelf s JOIN placing p ON p.shelf = s.id JOIN entry e ON e.id = p.entry "
            "WHERE s.kind = ? AND s.slug BETWEEN ? AND ? ORDER BY s.slug, p.moment, p.tie",
            (kind, first, last),
        )
        for row in shelves:
            shelf = Shelf(kind, *row)
            yield shelf, map(teaser_from, teasers.fetchmany(shelf.count))

    def places(self, kind: str, slug: str, step: int) -> Iterator[Place]:
        """Yield the place of the first article of a shelf, from the oldest on, and of each ``step``-th behind it."""
        sql = f"SELECT moment, tie FROM placing WHERE shelf = {_SHELF_ID} ORDER BY moment, tie"
        return map(Place._make, islice(self._execute(sql, (kind, slug)), 0, None, step))

    def span(self, kind: str, slug: str = "") -> tuple[str, str]:
        """Return the dates of the oldest and the newest dated article of a shelf, empty where there is none."""
        sql = (
            "SELECT e.date FROM placing p JOIN entry e ON e.id = p.entry "
            f"WHERE p.shelf = {_SHELF_ID} AND p.moment > ? ORDER BY p.moment {{0}}, p.tie {{0}} LIMIT 1"
        )
        dates = [
            row[0] if (row := self._execute(sql.format(order), (kind, slug, -(1 << 59))).fetchone()) else ""
            for order in ("ASC", "DESC")
        ]
        return dates[0], dates[1]

    def rank(self, kind: str, slug: str, place: Place) -> int:
        """Return how many articles of a shelf stand before a place."""
        sql = f"SELECT count(*) FROM placing WHERE shelf = {_SHELF_ID} AND (moment, tie) >= (?, ?)"
        after = int(self._execute(sql, (kind, slug, *place)).fetchone()[0])
        return self.shelf_count(kind, slug) - after

    def shelf_count(self, kind: str, slug: str = "") -> int:
        """Return how many articles stand on a shelf."""
        row = self._execute("SELECT count FROM shelf WHERE kind = ? AND slug = ?", (kind, slug)).fetchone()
        return int(row[0]) if row else 0

    def months_of(self, kind: str, slug: str) -> list[tuple[str, int]]:
        """Return the months (``2024-06``) in which articles of a shelf were published, with how many, in order."""
        sql = (
            f"SELECT month, count(*) FROM placing WHERE shelf = {_SHELF_ID} AND month > 0 GROUP BY month ORDER BY month"
        )
        return [(month_named(number), count) for number, count in self._execute(sql, (kind, slug))]

    def labels_of(self, kind: str, slug: str, limit: int) -> list[LabelsOfEntry]:
        """Return what the newest articles of a shelf are filed under, the newest first."""
        sql = (
            f"SELECT e.lang, e.outlet, e.section, e.tags, e.authors FROM placing p JOIN entry e ON e.id = p.entry "
            f"WHERE p.shelf = {_SHELF_ID} ORDER BY p.moment DESC, p.tie DESC LIMIT ?"
        )
        return [
            LabelsOfEntry(lang, outlet, section, *map(_names, lists))
            for lang, outlet, section, *lists in self._execute(sql, (kind, slug, limit))
        ]

    def day_beside(self, day: str, *, newer: bool) -> str:
        """Return the next day with articles before a day, or behind it; empty where there is none."""
        order, sign = ("ASC", ">") if newer else ("DESC", "<")
        sql = f"SELECT slug FROM shelf WHERE kind = 'day' AND slug {sign} ? ORDER BY slug {order} LIMIT 1"
        row = self._execute(sql, (day,)).fetchone()
        return row[0] if row else ""

    def months(self) -> list[tuple[str, int]]:
        """Return the months (``2024-06``) that have articles, with how many, in order."""
        sql = "SELECT substr(slug, 1, 7), sum(count) FROM shelf WHERE kind = 'day' GROUP BY 1 ORDER BY 1"
        return list(self._execute(sql))

    def years(self) -> list[tuple[str, int]]:
        """Return the years that have articles, with how many, in order."""
        sql = "SELECT substr(slug, 1, 4), sum(count) FROM shelf WHERE kind = 'day' GROUP BY 1 ORDER BY 1"
        return list(self._execute(sql))

    def days(self, month: str) -> list[tuple[str, int]]:
        """Return the days of a month or of a year that have articles, with how many, in order."""
        sql = "SELECT slug, count FROM shelf WHERE kind = 'day' AND slug >= ? AND slug < ? ORDER BY slug"
        return list(self._execute(sql, (month, month + "~")))

    def count_articles(self) -> int:
        """Return how many articles have a page, with other versions of one."""
        return int(self._execute("SELECT count(*) FROM entry").fetchone()[0])

    def count_placings(self) -> int:
        """Return how many places articles have on lists, all together."""
        return int(self._execute("SELECT count(*) FROM placing").fetchone()[0])

    def longest_address(self) -> str:
        """Return the address that has most bytes in UTF-8; empty where there are no articles."""
        sql = "SELECT address FROM entry ORDER BY length(CAST(address AS BLOB)) DESC, address LIMIT 1"
        row = self._execute(sql).fetchone()
        return row[0] if row else ""

    # --- one article ----------------------------------------------------------------------------------------------

    def entry(self, address: str) -> Entry | None:
        """Return the article at an address."""
        row = self._execute(f"SELECT {ENTRY_COLUMNS} FROM entry WHERE address = ?", (address,)).fetchone()
        return entry_from(row) if row else None

    def entries(self, kind: str, slug: str, start: Place, limit: int) -> list[Entry]:
        """Return so many articles of a shelf from a place on, the oldest first."""
        sql = (
            f"SELECT {_E_ENTRY} FROM placing p JOIN entry e ON e.id = p.entry WHERE p.shelf = {_SHELF_ID} "
            "AND (p.moment, p.tie) >= (?, ?) ORDER BY p.moment, p.tie LIMIT ?"
        )
        return list(map(entry_from, self._execute(sql, (kind, slug, *start, limit))))

    def versions(self, address: str) -> list[Teaser]:
        """Return the other versions of an article, the oldest first; the article is left out."""
        if self._has_revisions is None:
            self._has_revisions = self.count_shelves(REVISION) > 0
        return list(self.teasers(REVISION, address, FIRST)) if self._has_revisions else []

    def teaser(self, address: str) -> Teaser | None:
        """Return the article at an address as a list shows it."""
        row = self._execute(f"SELECT {TEASER_COLUMNS} FROM entry WHERE address = ?", (address,)).fetchone()
        return teaser_from(row) if row else None

    def beside(self, outlet: str, place: Place, *, newer: bool) -> Teaser | None:
        """Return the article of an outlet that is the next newer, or the next older, than a place."""
        sign, order = (">", "ASC") if newer else ("<", "DESC")
        sql = (
            f"SELECT {TEASER_COLUMNS} FROM entry WHERE id = (SELECT entry FROM placing WHERE shelf = {_SHELF_ID} "
            f"AND (moment, tie) {sign} (?, ?) ORDER BY moment {order}, tie {order} LIMIT 1)"
        )
        row = self._execute(sql, (OUTLET, outlet, *place)).fetchone()
        return teaser_from(row) if row else None

    def find_title(self, title: str, outlet: str) -> str:
        """Return the address of the article with a title, one of the same outlet first; empty when there is none."""
        sql = "SELECT address FROM entry WHERE fold = ? ORDER BY outlet != ?, moment, tie LIMIT 1"
        fold = fold_title(title)
        row = self._execute(sql, (fold, outlet)).fetchone() if fold else None
        return row[0] if row else ""

    # --- old addresses --------------------------------------------------------------------------------------------

    def alias(self, fold: str) -> list[Alias]:
        """Return the old address and its article; nothing where there is none, or another page stands there."""
        sql = (
            f"{_ALIAS} (SELECT * FROM alias WHERE fold = ? ORDER BY address LIMIT 1) a "
            f"JOIN entry e ON e.address = a.address WHERE {_FREE}"
        )
        return list(map(Alias._make, self._execute(sql, (fold,))))

    def aliases(self, first: str, count: int) -> list[Alias]:
        """Return so many old addresses from one on, in their order, without those at which another page stands."""
        sql = (
            f"{_ALIAS} (SELECT fold, min(address) AS address, path FROM alias WHERE fold >= ? GROUP BY fold "
            f"ORDER BY fold LIMIT ?) a JOIN entry e ON e.address = a.address WHERE {_FREE} ORDER BY a.fold"
        )
        return list(map(Alias._make, self._execute(sql, (first, count))))

    def folds_from(self, rank: int, count: int) -> list[str]:
        """Return so many old addresses, the first of all having the rank 0."""
        sql = "SELECT DISTINCT fold FROM alias ORDER BY fold LIMIT ? OFFSET ?"
        return [fold for (fold,) in self._execute(sql, (count, rank))]

    def every_fold(self, step: int) -> Iterator[str]:
        """Yield the first old address, and each ``step``-th behind it."""
        folds = self._execute("SELECT DISTINCT fold FROM alias ORDER BY fold")
        return (fold for (fold,) in islice(folds, 0, None, step))

    def count_aliases(self) -> int:
        """Return how many old addresses there are."""
        return int(self._execute("SELECT count(DISTINCT fold) FROM alias").fetchone()[0])

    def alias_faults(self) -> list[Fault]:
        """Return which old addresses are claimed twice, or are those of other pages."""
        rows = self._execute(
            "SELECT a.path, a.address, b.address FROM (SELECT fold, min(address) AS address FROM alias GROUP BY fold "
            "HAVING count(*) > 1) b JOIN alias a ON a.fold = b.fold AND a.address != b.address UNION ALL "
            "SELECT a.path, a.address, e.address FROM alias a CROSS JOIN entry e ON e.address = a.fold UNION ALL "
            "SELECT a.path, a.address, a.fold FROM shelf s JOIN alias a ON a.fold = s.slug || '/index.html' "
            "WHERE s.kind = 'outlet' ORDER BY 2, 1, 3"
        )
        return [_claimed(*row) for row in rows]

    def touched_aliases(self) -> set[str]:
        """Return the old addresses that came or went, whose article changed, or at which another page came or went."""
        found = {fold for (fold,) in self._execute("SELECT fold FROM touched_alias")}
        found |= {
            fold
            for (fold,) in self._execute(
                "SELECT a.fold FROM touched_entry t JOIN alias a ON a.fold = t.address UNION "
                "SELECT a.fold FROM touched_place t JOIN alias a ON a.fold = t.slug || '/index.html' "
                "WHERE t.kind = 'outlet'"
            )
        }
        return found

    # --- the dataset ----------------------------------------------------------------------------------------------

    def members(self) -> list[MemberRow]:
        """Return the members of the dataset's file as it was made, in order."""
        return self._catalogue.members()

    def boundary(self, address: str, each: int, *, before: bool) -> str:
        """Return the next address before or behind one whose tie ``each`` divides; empty where there is none."""
        sign, order = ("<", "DESC") if before else (">", "ASC")
        sql = f"SELECT address FROM entry WHERE address {sign} ? AND tie % ? = 0 ORDER BY address {order} LIMIT 1"
        row = self._execute(sql, (address, each)).fetchone()
        return row[0] if row else ""

    def digests(self, first: str, end: str) -> Iterator[tuple[str, int, str]]:
        """Yield (address, tie, digest) of articles in the order of addresses, up to ``end`` if that is not empty."""
        columns = "address, tie, digest"
        return self._execute(*_between(columns, first, end))

    def entries_between(self, first: str, end: str) -> list[Entry]:
        """Return articles and other versions in the order of addresses, up to ``end`` if that is not empty."""
        return list(map(entry_from, self._execute(*_between(ENTRY_COLUMNS, first, end))))

    def dataset(self) -> dict[str, Any]:
        """Return what was recorded of the dataset when it was made; nothing where it was not."""
        return dict(json.loads(self._catalogue.meta("dataset") or "{}"))

    # --- the search index -----------------------------------------------------------------------------------------

    def segments(self) -> list[SegmentRow]:
        """Return the segments of the search index as it was made."""
        return self._catalogue.segments()

    def count_days(self) -> list[tuple[str, int]]:
        """Return how many articles each day has, in order; those without a date come first, under an empty name."""
        undated = self.shelf_count(NO_DATE)
        sql = "SELECT slug, count FROM shelf WHERE kind = ? ORDER BY slug"
        return [*([("", undated)] if undated else []), *self._execute(sql, (DAY,))]

    def touched_days(self) -> list[str]:
        """Return the days of which an article came, went or changed, in order; the empty one is that without dates."""
        sql = (
            "SELECT slug FROM touched_place WHERE kind IN (?, ?) "
            "UNION SELECT substr(e.date, 1, 10) FROM touched_entry t JOIN entry e ON e.address = t.address ORDER BY 1"
        )
        return [day for (day,) in self._execute(sql, (DAY, NO_DATE))]

    def digests_of_days(self, first: str, last: str, low: int, high: int) -> Iterator[tuple[str, int, int, str, str]]:
        """Yield (day, moment, tie, address, digest) of the articles from one day to another, in the order of these.

        Ties are from ``low`` on and below ``high``; other versions of articles are left out.
        """
        columns = "s.slug, p.moment, p.tie, e.address, e.digest"
        kind = DAY if first else NO_DATE
        return self._execute(f"{_of_days(columns)} ORDER BY s.slug, p.moment, p.tie", (kind, first, last, low, high))

    def entries_of_days(self, span: tuple[str, str, int, int], start: tuple[str, int, int], limit: int) -> list[Entry]:
        """Return so many of these articles, of which ``span`` tells days and ties, from (day, moment, tie) on."""
        first, last, low, high = span
        day, moment, tie = start
        sql = (
            f"{_of_days(_E_ENTRY)} AND (s.slug > ? OR (p.moment, p.tie) >= (?, ?)) "
            "ORDER BY s.slug, p.moment, p.tie LIMIT ?"
        )
        values = (DAY if first else NO_DATE, day, last, low, high, day, moment, tie, limit)
        return list(map(entry_from, self._execute(sql, values)))

    # --- sitemaps -------------------------------------------------------------------------------------------------

    def addresses(self, kind: str, slug: str, start: Place) -> Iterator[tuple[str, str]]:
        """Yield (address, date) of the articles of a shelf from a place on."""
        sql = (
            f"SELECT e.address, e.date FROM placing p JOIN entry e ON e.id = p.entry WHERE p.shelf = {_SHELF_ID} "
            "AND (p.moment, p.tie) >= (?, ?) ORDER BY p.moment, p.tie"
        )
        return iter(self._execute(sql, (kind, slug, *start)))

    # --- what changed since the last build ------------------------------------------------------------------------

    def touched_places(self) -> Iterator[Touched]:
        """Yield where articles came, went or changed: every place of every shelf."""
        rows = self._execute("SELECT kind, slug, moment, tie FROM touched_place ORDER BY kind, slug, moment, tie")
        return (Touched(kind, slug, Place(moment, tie)) for kind, slug, moment, tie in rows.fetchall())

    def touched_shelves(self, kind: str) -> list[tuple[str, Place]]:
        """Return the shelves of a kind that changed, by slug, each with the first place that did."""
        sql = (
            "SELECT slug, moment, tie FROM touched_place t WHERE kind = ?1 AND (moment, tie) = (SELECT moment, tie "
            "FROM touched_place WHERE kind = ?1 AND slug = t.slug ORDER BY moment, tie LIMIT 1) ORDER BY slug"
        )
        return [(slug, Place(moment, tie)) for slug, moment, tie in self._execute(sql, (kind,))]

    def touched_articles(self) -> list[str]:
        """Return the addresses of articles whose page may have changed.

        Those that changed themselves, those that name the title of one that came, went or changed, the two beside each
        place of an outlet where that happened, and the versions of one article with one another.
        """
        found = {address for (address,) in self._execute("SELECT address FROM touched_entry")}
        found |= {
            address
            for (address,) in self._execute(
                "SELECT e.address FROM touched_fold t JOIN reference r ON r.fold = t.fold "
                "JOIN entry e ON e.id = r.entry"
            )
        }
        found |= {
            address
            for (address,) in self._execute(
                "SELECT e.address FROM touched_entry t JOIN shelf s ON s.kind = ? AND s.slug = t.address "
                "JOIN placing p ON p.shelf = s.id JOIN entry e ON e.id = p.entry",
                (REVISION,),
            )
        }
        for touched in self.touched_places():
            if touched.kind == REVISION:
                found.add(touched.slug)
            if touched.kind == OUTLET:
                for newer in (False, True):
                    if teaser := self.beside(touched.slug, touched.place, newer=newer):
                        found.add(teaser.address)
        return sorted(found)

    def touched_texts(self) -> set[tuple[str, str]]:
        """Return (outlet, section) of the articles that changed in any way, or in the links of their text."""
        sql = "SELECT outlet, section FROM entry WHERE revision_of = '' AND "
        of_texts = (
            "address IN (SELECT address FROM touched_entry)",
            "id IN (SELECT r.entry FROM touched_fold t JOIN reference r ON r.fold = t.fold)",
        )
        return {row for condition in of_texts for row in self._execute(sql + condition)}

    def touched_addresses(self) -> list[str]:
        """Return the addresses at which an article came, went or changed, in order."""
        return [address for (address,) in self._execute("SELECT address FROM touched_entry ORDER BY address")]

    def is_all_touched(self) -> bool:
        """Tell whether so much changed that nothing tells what did."""
        return self._catalogue.is_all_touched

    def is_touched(self) -> bool:
        """Tell whether any article came, went or changed."""
        return self._execute("SELECT 1 FROM touched_entry LIMIT 1").fetchone() is not None
