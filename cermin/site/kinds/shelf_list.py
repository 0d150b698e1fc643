"""The pages of a list of articles: a hub with the newest, and numbered pages of the rest, counted from the oldest.

With a list size of 30, page 1 holds articles 1 to 30 for ever and page 2 the next 30; the hub holds what is left, the
30 to 59 newest, so that it is never thin and an added article changes the hub alone. When enough have come a new full
page splits off the hub.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from cermin import addresses
from cermin.addresses import DAY, LATEST, OUTLET
from cermin.records import Page, Teaser
from cermin.site.kinds.filing import filing
from cermin.site.kinds.kind import Part, PlainKind, Scope
from cermin.site.queries import Queries, Shelf
from cermin.site.shelves import Place

TOGETHER = 48
"""Pages in a part."""
_HUB_ALONE = 1 << 30
"""The number of the first page, as scopes count, where no numbered page belongs to it."""


@dataclass(frozen=True, slots=True)
class ShelfList(PlainKind):
    """The lists of one kind of shelf; ``latest`` is there even when it is empty."""

    name: str
    shelf: str

    @property
    def templates(self) -> tuple[str, ...]:
        """One template serves all lists, another their articles."""
        return ("list.html", "teaser.html")

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """Each list on which an article came, went or changed, from the page before that place on."""
        size = ask.config.site.list_size
        for slug, place in ask.touched_shelves(self.shelf):
            # Two pages back: an article that comes or goes moves the end of the last full page, to which the page
            # before it links.
            yield Scope(slug, max(1, ask.rank(self.shelf, slug, place) // size - 1))
        if self.shelf == DAY:
            yield from (Scope(day, _HUB_ALONE) for day in self._days_beside(ask))

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The list in whose folder the path is: its hub, or a numbered page."""
        folder, _, name = path.rpartition("/")
        slug = addresses.shelf_at(self.shelf, f"{folder}/")
        number = _HUB_ALONE if name == "index.html" else addresses.number_at(name, "page-", ".html")
        return None if slug is None or not number else Scope(slug, number)

    def pages(self, ask: Queries, scope: Scope) -> Iterator[Page]:
        """Yield the hub and the numbered pages of one list, from a number on."""
        shelf = ask.shelf(self.shelf, scope.name)
        if shelf.count or self.shelf == LATEST:
            size, full = ask.config.site.list_size, self._full_pages(ask, shelf)
            first = min(max(1, scope.first), full + 1)
            start = ask.place_at(shelf.kind, shelf.slug, (first - 1) * size)
            yield from self._pages_from(ask, shelf, first, full + 1, ask.teasers(shelf.kind, shelf.slug, start))

    def _days_beside(self, ask: Queries) -> list[str]:
        """Return the days before and behind those that changed, which link to them."""
        touched = {day for day, _ in ask.touched_shelves(DAY)}
        beside = {_day_beside_all(ask, day, touched, newer=newer) for day in touched for newer in (False, True)}
        return sorted(beside - {""})

    def parts(self, ask: Queries) -> Iterator[Part]:
        """Short lists together, long ones in parts, all from the oldest page on."""
        run: list[str] = []
        pages = 0
        for shelf in ask.shelves(self.shelf):
            full = self._full_pages(ask, shelf)
            if run and (pages >= TOGETHER or full >= TOGETHER):
                yield Part(self.name, (run[0], run[-1]), pages)
                run, pages = [], 0
            if full >= TOGETHER:
                yield from self._parts_of(ask, shelf, full)
            else:
                run.append(shelf.slug)
                pages += full + 1
        if run or (self.shelf == LATEST and not ask.shelf_count(LATEST)):
            yield Part(self.name, (run[0], run[-1]) if run else ("", ""), max(1, pages))

    def _parts_of(self, ask: Queries, shelf: Shelf, full: int) -> Iterator[Part]:
        places = ask.places(shelf.kind, shelf.slug, TOGETHER * ask.config.site.list_size)
        for first, place in zip(range(1, full + 2, TOGETHER), places, strict=False):
            yield Part(self.name, (shelf.slug, *place, first), min(TOGETHER, full + 2 - first))

    def pages_of(self, ask: Queries, part: Part) -> Iterator[Page]:
        """Yield the pages of the lists of a part, or of a part of one list."""
        if len(part.at) > 2:  # noqa: PLR2004 - not the first and the last list
            slug, moment, tie, first = (str(part.at[0]), *map(int, part.at[1:]))
            shelf = ask.shelf(self.shelf, slug)
            teasers = ask.teasers(self.shelf, slug, Place(moment, tie))
            yield from self._pages_from(ask, shelf, first, first + part.size - 1, teasers)
            return
        for shelf, found in ask.lists(self.shelf, str(part.at[0]), str(part.at[1])):
            yield from self._pages_from(ask, shelf, 1, self._full_pages(ask, shelf) + 1, found)
        if self.shelf == LATEST and not ask.shelf_count(LATEST):
            yield from self._pages_from(ask, ask.shelf(LATEST), 1, 1, iter(()))

    def _full_pages(self, ask: Queries, shelf: Shelf) -> int:
        return max(0, shelf.count // ask.config.site.list_size - 1)

    def _pages_from(
        self, ask: Queries, shelf: Shelf, first: int, last: int, teasers: Iterator[Teaser]
    ) -> Iterator[Page]:
        """Yield the pages with the numbers ``first`` to ``last``; the one behind the last full page is the hub.

        ``teasers`` are the articles from the first of these pages on.
        """
        size, full = ask.config.site.list_size, self._full_pages(ask, shelf)
        for number in range(first, min(last, full) + 1):
            yield self._page(shelf, number, full, list(islice(teasers, size)), {})
        if last > full:
            newest = list(teasers)
            start, end = _span(newest) if len(newest) == shelf.count else ask.span(shelf.kind, shelf.slug)
            more: dict[str, object] = {"pages": full, "count": shelf.count, "first": start, "last": end}
            more |= filing(ask, shelf, newest)
            if self.shelf == DAY:
                days = [ask.day_beside(shelf.slug, newer=newer) for newer in (True, False)]
                more["days"] = [day and (day, addresses.hub(DAY, day)) for day in days]
            yield self._page(shelf, 0, full, newest, more)

    def _page(self, shelf: Shelf, number: int, full: int, oldest_first: list[Teaser], more: dict[str, object]) -> Page:
        kind, slug = shelf.kind, shelf.slug
        hub = addresses.hub(kind, slug)
        older = full if number == 0 else number - 1
        newer = "" if number == 0 else hub if number == full else addresses.numbered(kind, slug, number + 1)
        answers: dict[str, object] = {
            "kind": self.name,
            "name": slug if kind in {DAY, OUTLET} else shelf.name,
            "name_lang": shelf.lang,
            "number": number,
            "teasers": oldest_first[::-1],
            "newer": newer,
            "older": addresses.numbered(kind, slug, older) if older else "",
            "hub": hub,
            "feed": addresses.feed(kind, slug),
            "pages": 0,
            "count": 0,
            "first": "",
            "last": "",
            "months": [],
            "beside": {},
            "days": [],
        }
        path = addresses.numbered(kind, slug, number) if number else hub
        return Page(self.name, path, slug, number, "list.html", answers | more)


def _day_beside_all(ask: Queries, day: str, touched: set[str], *, newer: bool) -> str:
    """Return the nearest day with articles that is not among the touched ones; empty where there is none."""
    while (day := ask.day_beside(day, newer=newer)) in touched:
        pass
    return day


def _span(oldest_first: list[Teaser]) -> tuple[str, str]:
    dates = [teaser.date for teaser in oldest_first if teaser.date]
    return (dates[0], dates[-1]) if dates else ("", "")
