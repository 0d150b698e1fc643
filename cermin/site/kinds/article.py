"""The page of one article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cermin.addresses import OUTLET, REVISION
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

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The article at that address, if there is one."""
        return Scope(path) if path.endswith(".html") else None

    def pages(self, ask: Queries, scope: Scope) -> Iterator[Page]:
        """Yield the page of the article."""
        if entry := ask.entry(scope.name):
            older = newer = None
            if not entry.revision_of:
                place = place_of(entry)
                older = ask.beside(entry.outlet, place, newer=False)
                newer = ask.beside(entry.outlet, place, newer=True)
            yield self._page(ask, entry, older, newer)

    def parts(self, ask: Queries) -> Iterator[Part]:
        """So many articles of one outlet each, from the oldest on, then the other versions of each article."""
        for kind in (OUTLET, REVISION):
            for shelf in ask.shelves(kind):
                for number, place in enumerate(ask.places(kind, shelf.slug, TOGETHER)):
                    size = min(TOGETHER, shelf.count - number * TOGETHER)
                    yield Part(self.name, (kind, shelf.slug, *place), size)

    def pages_of(self, ask: Queries, part: Part) -> Iterator[Page]:
        """Yield the pages of the articles of a part."""
        kind, slug, place = str(part.at[0]), str(part.at[1]), Place(int(part.at[2]), int(part.at[3]))
        if kind == REVISION:
            yield from (self._page(ask, entry, None, None) for entry in ask.entries(kind, slug, place, part.size))
            return
        older: Entry | Teaser | None = ask.beside(slug, place, newer=False)
        entries = ask.entries(kind, slug, place, part.size + 1)
        for index, entry in enumerate(entries[: part.size]):
            yield self._page(ask, entry, older, entries[index + 1] if index + 1 < len(entries) else None)
            older = entry

    def _page(self, ask: Queries, entry: Entry, older: Entry | Teaser | None, newer: Entry | Teaser | None) -> Page:
        main = ask.teaser(entry.revision_of.removesuffix(".md") + ".html") if entry.revision_of else None
        answers: dict[str, object] = {
            "entry": entry,
            "previous": older and (older.address, older.title, older.lang),
            "next": newer and (newer.address, newer.title, newer.lang),
            "see_also": [(title, ask.find_title(title, entry.outlet)) for title in entry.references],
            "main": main and (main.address, main.title, main.lang),
            "versions": [(other.address, other.title, other.date, other.lang) for other in ask.versions(entry.address)],
        }
        return Page(self.name, entry.address, entry.address, 0, self.templates[0], answers)
