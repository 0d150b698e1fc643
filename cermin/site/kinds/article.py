"""The page of one article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cermin.addresses import OUTLET
from cermin.records import Entry, Page, Teaser
from cermin.site.kinds.kind import PlainKind, Scope
from cermin.site.queries import Queries
from cermin.site.shelves import place_of


class ArticlePage(PlainKind):
    """An article with its neighbours in its outlet and the articles that its see-also lines name."""

    name = "article"
    templates = ("article.html",)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """Each article that a change may have touched."""
        return map(Scope, ask.touched_articles())

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the page of the article, or all outlet by outlet, each from the oldest article on."""
        if scope:
            if entry := ask.entry(scope.name):
                place = place_of(entry)
                older = ask.beside(entry.outlet, place, newer=False)
                newer = ask.beside(entry.outlet, place, newer=True)
                yield self._page(ask, entry, older, newer)
            return
        for shelf in ask.shelves(OUTLET):
            yield from self._pages_of_outlet(ask, shelf.slug)

    def _pages_of_outlet(self, ask: Queries, outlet: str) -> Iterator[Page]:
        older: Entry | None = None
        current: Entry | None = None
        for following in ask.entries(outlet):
            if current:
                yield self._page(ask, current, older, following)
                older = current
            current = following
        if current:
            yield self._page(ask, current, older, None)

    def _page(self, ask: Queries, entry: Entry, older: Entry | Teaser | None, newer: Entry | Teaser | None) -> Page:
        answers: dict[str, object] = {
            "entry": entry,
            "previous": older and (older.address, older.title, older.lang),
            "next": newer and (newer.address, newer.title, newer.lang),
            "see_also": [(title, ask.find_title(title, entry.outlet)) for title in entry.references],
        }
        return Page(self.name, entry.address, entry.address, 0, self.templates[0], answers)
