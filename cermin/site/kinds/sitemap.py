"""The sitemap (sitemaps.org): an index, a file a month of articles, one of those without a date, one of hubs.

The protocol wants absolute addresses, so there is a sitemap only where ``base_url`` is set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cermin import addresses
from cermin.addresses import DAY, NO_DATE, OUTLET, SECTION
from cermin.records import Page
from cermin.site.kinds.kind import OnePartKind, Scope
from cermin.site.queries import Queries

MOST = 40_000
"""Addresses in a file; the protocol allows 50,000."""
INDEX, HUBS, UNDATED = "", "hubs", "undated"


class Sitemap(OnePartKind):
    """What search engines are told."""

    name = "sitemap"
    templates = ("sitemap.xml", "sitemap-index.xml")

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The months that changed, the articles without a date, the hubs, the index."""
        if ask.is_touched():
            months = {slug[:7] for slug, _ in ask.touched_shelves(DAY)}
            undated = {UNDATED} if ask.touched_shelves(NO_DATE) else set()
            yield from map(Scope, [INDEX, HUBS, *sorted(months | undated)])

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the files of the scope, or all."""
        if not ask.config.site.base_url:
            return
        counts = dict(ask.months())
        if undated := ask.shelf_count(NO_DATE):
            counts[UNDATED] = undated
        for part, count in counts.items():
            if scope is None or scope.name == part:
                yield from self._part(ask, part, count)
        if scope is None or scope.name == HUBS:
            yield self._page(HUBS, 0, [(address, "") for address in self._hubs(ask)])
        if scope is None or scope.name == INDEX:
            files = [_path(HUBS, 0)]
            files += [_path(part, number) for part, count in counts.items() for number in range(-(-count // MOST))]
            yield Page(self.name, "sitemap.xml", INDEX, 0, "sitemap-index.xml", {"files": files})

    def _part(self, ask: Queries, part: str, count: int) -> Iterator[Page]:
        rows = ask.addresses_of_month("" if part == UNDATED else part)
        for number in range(-(-count // MOST)):
            yield self._page(part, number, rows[number * MOST : (number + 1) * MOST])

    def _page(self, part: str, number: int, rows: list[tuple[str, str]]) -> Page:
        return Page(self.name, _path(part, number), part, number, "sitemap.xml", {"rows": rows})

    def _hubs(self, ask: Queries) -> Iterator[str]:
        yield "index.html"
        yield "about.html"
        for kind in (OUTLET, SECTION):
            yield from (addresses.hub(kind, shelf.slug) for shelf in ask.shelves(kind))


def _path(part: str, number: int) -> str:
    return f"sitemaps/{part}-{number + 1}.xml" if number else f"sitemaps/{part}.xml"
