"""Feeds of the site, of outlets and of sections: Atom (RFC 4287) and JSON Feed (https://jsonfeed.org/version/1.1).

The feed of a list holds its newest articles whole. That of the site is complete (RFC 5005, 4): all older articles stand
in archive documents, 100 in each, counted from the oldest; what is too young to fill one stands in the feed itself,
behind the newest. There, and in archives, articles have summaries instead of their text.

JSON Feed wants absolute addresses, so there is one only where ``base_url`` is set. Atom asks for a time, so articles
without a date stand in no feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from cermin import addresses
from cermin.addresses import LATEST, OUTLET, SECTION
from cermin.records import Page, Teaser
from cermin.site.kinds.kind import Part, PlainKind, Scope
from cermin.site.queries import Queries, Shelf
from cermin.site.shelves import Place
from cermin.slugs import name_slug

NEWEST = 20
"""Articles that a feed holds whole."""
IN_ARCHIVE = 100
"""Articles in an archive document."""
SHELVES_TOGETHER = 16
"""Lists whose feeds are in a part."""
TOGETHER = 16
"""Archive documents in a part."""
NO_ARCHIVE = 1 << 40
"""As the first number of a scope: the feeds alone."""


class Feed(PlainKind):
    """The articles of a list, for feed readers and for those who harvest all of them."""

    name = "feed"
    templates = ("feed.xml",)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The lists that changed, from that place on, and the feeds of articles of which no more than the text did."""
        first: dict[tuple[str, str], int] = {}
        for outlet, section in ask.touched_texts():
            first[LATEST, ""] = first[OUTLET, outlet] = NO_ARCHIVE
            if section:
                first[SECTION, name_slug(section)] = NO_ARCHIVE
        for kind in addresses.WITH_FEED:
            for slug, place in ask.touched_shelves(kind):
                rank = max(0, ask.rank(kind, slug, place) - ask.undated_count(kind, slug))
                # Two documents back: one that comes or goes changes the link of the one before it.
                first[kind, slug] = max(1, rank // IN_ARCHIVE - 1)
        return [Scope(f"{kind}/{slug}", number) for (kind, slug), number in sorted(first.items())]

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The list whose feed, or which archive document of the site's, the path may be."""
        for kind in addresses.WITH_FEED:
            slug = "" if kind == LATEST else addresses.shelf_at(kind, path.rpartition("/")[0] + "/")
            if slug is not None and path in {feed := addresses.feed(kind, slug), addresses.json_feed(feed)}:
                return Scope(f"{kind}/{slug}", NO_ARCHIVE)
        number = addresses.number_at(path, "feed-", ".xml")
        return Scope(f"{LATEST}/", number) if number else None

    def pages(self, ask: Queries, scope: Scope) -> Iterator[Page]:
        """Yield the feeds of a list, and its archive documents from a number on."""
        kind, _, slug = scope.name.partition("/")
        shelf = ask.shelf(kind, slug)
        if kind == LATEST or shelf.count:
            yield from self._feeds(ask, shelf)
            undated = ask.undated_count(kind, slug)
            full = self._archives(shelf, undated)
            if (first := max(1, scope.first)) <= full:
                start = ask.place_at(kind, slug, undated + (first - 1) * IN_ARCHIVE)
                yield from self._archives_from(shelf, first, full, full, ask.teasers(kind, slug, start))

    def parts(self, ask: Queries) -> Iterator[Part]:
        """Feeds of some lists together, archive documents of one list together."""
        if not ask.shelf_count(LATEST):
            yield Part(self.name, (LATEST, "", ""), 2)
        for kind in addresses.WITH_FEED:
            shelves = ask.shelves(kind)
            while some := list(islice(shelves, SHELVES_TOGETHER)):
                yield Part(self.name, (kind, some[0].slug, some[-1].slug), 2 * len(some))
                for shelf in some:
                    yield from self._parts_of(ask, shelf)

    def _parts_of(self, ask: Queries, shelf: Shelf) -> Iterator[Part]:
        undated = ask.undated_count(shelf.kind, shelf.slug)
        full = self._archives(shelf, undated)
        for first in range(1, full + 1, TOGETHER):
            place = ask.place_at(shelf.kind, shelf.slug, undated + (first - 1) * IN_ARCHIVE)
            at = (shelf.kind, shelf.slug, *place, first, full)
            yield Part(self.name, at, min(TOGETHER, full + 1 - first))

    def pages_of(self, ask: Queries, part: Part) -> Iterator[Page]:
        """Yield the feeds of the lists of a part, or some archive documents of one list."""
        kind, slug, *at = part.at
        if len(at) == 1:
            shelves = ask.shelves_between(str(kind), str(slug), str(at[0]))
            for shelf in shelves or [ask.shelf(LATEST)]:
                yield from self._feeds(ask, shelf)
            return
        moment, tie, first, full = map(int, at)
        shelf = ask.shelf(str(kind), str(slug))
        teasers = ask.teasers(shelf.kind, shelf.slug, Place(moment, tie))
        yield from self._archives_from(shelf, first, first + part.size - 1, full, teasers)

    def _archives(self, shelf: Shelf, undated: int) -> int:
        """Return how many archive documents a list has: full ones, so that the newest articles are in none."""
        return max(0, (shelf.count - undated - NEWEST) // IN_ARCHIVE) if shelf.kind == LATEST else 0

    def _feeds(self, ask: Queries, shelf: Shelf) -> Iterator[Page]:
        kind, slug = shelf.kind, shelf.slug
        entries = ask.newest_dated(kind, slug, NEWEST)
        undated = ask.undated_count(kind, slug)
        full = self._archives(shelf, undated)
        young: list[Teaser] = []
        if kind == LATEST and (count := shelf.count - undated - full * IN_ARCHIVE - len(entries)) > 0:
            start = ask.place_at(kind, slug, undated + full * IN_ARCHIVE)
            young = list(islice(ask.teasers(kind, slug, start), count))[::-1]
        answers = self._answers(shelf) | {
            "entries": entries,
            "see_also": [
                [(title, ask.find_title(title, entry.outlet)) for title in entry.references] for entry in entries
            ],
        }
        scope, path = f"{kind}/{slug}", addresses.feed(kind, slug)
        if ask.config.site.base_url:
            yield Page(self.name, addresses.json_feed(path), scope, 0, "", answers)
        chain = {
            "teasers": young,
            "number": 0,
            "older": addresses.feed_archive(path, full) if full else "",
            "newer": "",
            "current": path,
        }
        yield Page(self.name, path, scope, 0, self.templates[0], answers | chain)

    def _archives_from(
        self, shelf: Shelf, first: int, last: int, full: int, teasers: Iterator[Teaser]
    ) -> Iterator[Page]:
        """Yield the archive documents ``first`` to ``last``; ``teasers`` are the articles from the first of them on."""
        path = addresses.feed(shelf.kind, shelf.slug)
        for number in range(first, last + 1):
            answers = self._answers(shelf) | {
                "entries": [],
                "see_also": [],
                "teasers": list(islice(teasers, IN_ARCHIVE))[::-1],
                "number": number,
                "older": addresses.feed_archive(path, number - 1) if number > 1 else "",
                "newer": addresses.feed_archive(path, number + 1) if number < full else "",
                "current": path,
            }
            page = addresses.feed_archive(path, number)
            yield Page(self.name, page, f"{shelf.kind}/{shelf.slug}", number, self.templates[0], answers)

    def _answers(self, shelf: Shelf) -> dict[str, object]:
        kind, slug = shelf.kind, shelf.slug
        name = {LATEST: "", OUTLET: slug}.get(kind, shelf.name)
        return {"kind": kind, "name": name, "hub": addresses.hub(kind, slug) if kind != LATEST else "index.html"}
