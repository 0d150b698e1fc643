"""The sitemap (sitemaps.org): an index, files of the articles of each outlet, and files of hubs.

The protocol wants absolute addresses, so there is a sitemap only where ``base_url`` is set. Articles that can still be
read at their own addresses stand in none, and neither do other versions of an article: search engines are not to show
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from cermin import addresses
from cermin.addresses import OUTLET, SECTION
from cermin.records import Page
from cermin.site.kinds.kind import OnePartKind, Scope
from cermin.site.queries import Queries

IN_A_FILE = 1000
"""Addresses in a file, from the oldest article on; the protocol allows 50,000, but an edit writes a file anew."""
INDEX, HUBS = "", "hubs"


class Sitemap(OnePartKind):
    """What search engines are told."""

    name = "sitemap"
    templates = ("sitemap.xml", "sitemap-index.xml")

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The index, the hubs, and the articles of each outlet that changed, from that place on."""
        if ask.is_touched():
            yield from (Scope(INDEX), Scope(HUBS))
            for slug, place in ask.touched_shelves(OUTLET):
                yield Scope(f"{OUTLET}/{slug}", ask.rank(OUTLET, slug, place) // IN_A_FILE + 1)

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The index, or the file that the path names."""
        if path == "sitemap.xml":
            return Scope(INDEX)
        stem, _, _ = path.rpartition("-")
        number = addresses.number_at(path, f"{stem}-", ".xml")
        return Scope(stem.removeprefix("sitemaps/"), number) if number and stem.startswith("sitemaps/") else None

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the files of the scope, or all."""
        if not ask.config.site.base_url:
            return
        if scope and scope.name.startswith(f"{OUTLET}/"):
            yield from self._articles(ask, scope.name.removeprefix(f"{OUTLET}/"), max(1, scope.first))
            return
        hubs = list(_cut([(address, "") for address in self._hubs(ask)]))
        counts = {shelf.slug: shelf.count for shelf in ask.shelves(OUTLET) if not ask.config.is_alive(shelf.slug)}
        if scope is None:
            for slug in counts:
                yield from self._articles(ask, slug, 1)
        if scope is None or scope.name == HUBS:
            for number, rows in enumerate(hubs, 1):
                yield self._page(HUBS, number, rows)
        if scope is None or scope.name == INDEX:
            files = [_path(HUBS, number) for number in range(1, len(hubs) + 1)]
            files += [
                _path(f"{OUTLET}/{slug}", number)
                for slug, count in counts.items()
                for number in range(1, -(-count // IN_A_FILE) + 1)
            ]
            yield Page(self.name, "sitemap.xml", INDEX, 0, "sitemap-index.xml", {"files": files})

    def _articles(self, ask: Queries, slug: str, first: int) -> Iterator[Page]:
        if not ask.config.is_alive(slug):
            rows = ask.addresses(OUTLET, slug, ask.place_at(OUTLET, slug, (first - 1) * IN_A_FILE))
            for number, some in enumerate(_cut(rows), first):
                yield self._page(f"{OUTLET}/{slug}", number, some)

    def _page(self, scope: str, number: int, rows: list[tuple[str, str]]) -> Page:
        return Page(self.name, _path(scope, number), scope, number, "sitemap.xml", {"rows": rows})

    def _hubs(self, ask: Queries) -> Iterator[str]:
        yield "index.html"
        yield "about.html"
        yield addresses.DATASHEET
        for kind in (OUTLET, SECTION):
            yield from (addresses.hub(kind, shelf.slug) for shelf in ask.shelves(kind))


def _cut(rows: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    left = iter(rows)
    while some := list(islice(left, IN_A_FILE)):
        yield some


def _path(scope: str, number: int) -> str:
    return f"sitemaps/{scope}-{number}.xml"
