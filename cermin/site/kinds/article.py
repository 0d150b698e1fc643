"""The page of one article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cermin.addresses import OUTLET
from cermin.records import Entry, Page, Teaser
from cermin.site.kinds.kind import Part, PlainKind, Scope
from cermin.site.queries import Queries
from cermin.site.shelves import Place, place_of

TOGETHER = 64
"""Articles in a part."""


class ArticlePage(PlainKind):
    """An article with its neighbours in its outlet and the articles that its see-also lines name."""

    name = "article"
    templates = ("article.html",)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """Each article that a change may have touched."""
        return map(Scope, ask.touched_articles())

    def pages(self, ask: Queries, scope: Scope) -> Iterator[Page]:
        """Yield the page of the article."""
        if entry := ask.entry(scope.name):
            place = place_of(entry)
            older = ask.beside(entry.outlet, place, newer=False)
            newer = ask.beside(entry.outlet, place, newer=True)
            yield self._page(ask, entry, older, newer)

    def parts(self, ask: Queries) -> Iterator[Part]:
        """So many articles of one outlet each, from the oldest on."""
        for shelf in ask.shelves(OUTLET):
            for number, place in enumerate(ask.places(OUTLET, shelf.slug, TOGETHER)):
                yield Part(self.name, (shelf.slug, *place), min(TOGETHER, shelf.count - number * TOGETHER))

    def pages_of(self, ask: Queries, part: Part) -> Iterator[Page]:
        """Yield the pages of the articles of a part."""
        outlet, moment, tie = str(part.at[0]), int(part.at[1]), int(part.at[2])
        older: Entry | Teaser | None = ask.beside(outlet, Place(moment, tie), newer=False)
        entries = ask.entries(outlet, Place(moment, tie), part.size + 1)
        for index, entry in enumerate(entries[: part.size]):
            yield self._page(ask, entry, older, entries[index + 1] if index + 1 < len(entries) else None)
            older = entry

    def _page(self, ask: Queries, entry: Entry, older: Entry | Teaser | None, newer: Entry | Teaser | None) -> Page:
        answers: dict[str, object] = {
            "entry": entry,
            "previous": older and (older.address, older.title, older.lang),
            "next": newer and (newer.address, newer.title, newer.lang),
            "see_also": [(title, ask.find_title(title, entry.outlet)) for title in entry.references],
        }
        return Page(self.name, entry.address, entry.address, 0, self.templates[0], answers)
