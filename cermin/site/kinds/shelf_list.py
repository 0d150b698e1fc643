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
from cermin.site.kinds.kind import PlainKind, Scope
from cermin.site.queries import Queries, Shelf


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

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the hub and the numbered pages of one list, or of all."""
        if scope:
            yield from self._pages_of(ask, ask.shelf(self.shelf, scope.name), max(1, scope.first))
            return
        shelves = list(ask.shelves(self.shelf))
        if self.shelf == LATEST and not shelves:
            shelves = [ask.shelf(LATEST)]
        for shelf in shelves:
            yield from self._pages_of(ask, shelf, 1)

    def _pages_of(self, ask: Queries, shelf: Shelf, first: int) -> Iterator[Page]:
        if not shelf.count and self.shelf != LATEST:
            return
        size = ask.config.site.list_size
        full = max(0, shelf.count // size - 1)
        teasers = ask.teasers(shelf.kind, shelf.slug, skip=(first - 1) * size, limit=(full - first + 1) * size)
        if first <= full:
            for number in range(first, full + 1):
                yield self._page(shelf, number, full, list(islice(teasers, size)), {})
        newest = ask.newest(shelf.kind, shelf.slug, limit=shelf.count - full * size)
        start, end = ask.span(shelf.kind, shelf.slug)
        more: dict[str, object] = {"pages": full, "count": shelf.count, "first": start, "last": end}
        yield self._page(shelf, 0, full, newest[::-1], more)

    def _page(self, shelf: Shelf, number: int, full: int, oldest_first: list[Teaser], more: dict[str, object]) -> Page:
        kind, slug = shelf.kind, shelf.slug
        hub = addresses.hub(kind, slug)
        older = full if number == 0 else number - 1
        newer = "" if number == 0 else hub if number == full else addresses.numbered(kind, slug, number + 1)
        answers: dict[str, object] = {
            "kind": self.name,
            "name": slug if kind in {DAY, OUTLET} else shelf.name,
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
        }
        path = addresses.numbered(kind, slug, number) if number else hub
        return Page(self.name, path, slug, number, "list.html", answers | more)
