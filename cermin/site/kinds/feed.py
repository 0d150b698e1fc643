"""Atom feeds (RFC 4287) of the site, of each outlet and of each section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cermin import addresses
from cermin.addresses import LATEST
from cermin.records import Page
from cermin.site.kinds.kind import OnePartKind, Scope
from cermin.site.queries import Queries

NEWEST = 20
"""Articles in a feed. Atom asks for a time of each, so those without a date stand in none."""


class Feed(OnePartKind):
    """The newest articles of a list, for feed readers."""

    name = "feed"
    templates = ("feed.xml",)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The lists that changed."""
        for kind in addresses.WITH_FEED:
            for slug, _ in ask.touched_shelves(kind):
                yield Scope(f"{kind}/{slug}")

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the feed of the list, or of all lists."""
        if scope:
            kind, _, slug = scope.name.partition("/")
            if kind == LATEST or ask.shelf_count(kind, slug):
                yield self._page(ask, kind, slug, ask.shelf(kind, slug).name)
            return
        yield self._page(ask, LATEST, "", "")
        for kind in addresses.WITH_FEED[1:]:
            for shelf in ask.shelves(kind):
                yield self._page(ask, kind, shelf.slug, shelf.name)

    def _page(self, ask: Queries, kind: str, slug: str, name: str) -> Page:
        answers: dict[str, object] = {
            "kind": kind,
            "name": name,
            "hub": addresses.hub(kind, slug) if kind != LATEST else "index.html",
            "teasers": [teaser for teaser in ask.newest(kind, slug, limit=NEWEST) if teaser.date],
        }
        return Page(self.name, addresses.feed(kind, slug), f"{kind}/{slug}", 0, self.templates[0], answers)
