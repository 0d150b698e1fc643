"""The indexes of outlets, sections, topics and authors: the most used on the hub, all of them by their first letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cermin import addresses
from cermin.records import Label, Page
from cermin.site.kinds.kind import Part, Scope
from cermin.site.queries import Queries, Shelf

MOST_USED = 200
"""Names on the hub; where there are more, pages by letter hold all of them."""
ON_A_PAGE = 300
"""Names on one page of a letter."""


@dataclass(frozen=True, slots=True)
class NamesKind:
    """The index of one kind of shelf, in the folder of its name."""

    name: str
    shelf: str

    @property
    def templates(self) -> tuple[str, ...]:
        """One template serves all indexes."""
        return ("names.html",)

    def inputs(self, ask: Queries) -> dict[str, str]:
        """Whether there are pages by letter, to which each of them links."""
        return {"letters": str(ask.count_shelves(self.shelf) > MOST_USED)}

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The hub, and the letters of the names whose articles changed; all of them where a letter came or went."""
        slugs = [slug for slug, _ in ask.touched_shelves(self.shelf)]
        if not slugs:
            return []
        return [Scope(""), *map(Scope, sorted({slug[0] for slug in slugs}))]

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The hub, or the letter whose page the path may be."""
        folder, _, name = path.partition("/")
        if folder != self.name or not name.endswith(".html"):
            return None
        return Scope("" if name == "index.html" else name[0])

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the hub, or the pages of a letter, or all of them."""
        has_letters = ask.count_shelves(self.shelf) > MOST_USED
        initials = [initial for initial, _ in ask.initials(self.shelf)] if has_letters else []
        if scope is None or not scope.name:
            yield self._hub(ask, initials)
        for initial in initials:
            if scope is None or scope.name == initial:
                yield from self._letter(ask, initial)

    def parts(self, ask: Queries) -> Iterable[Part]:  # noqa: ARG002 - part of the protocol
        """All in one part."""
        return [Part(self.name, (), 1)]

    def pages_of(self, ask: Queries, part: Part) -> Iterable[Page]:  # noqa: ARG002 - part of the protocol
        """All pages."""
        return self.pages(ask, None)

    def _hub(self, ask: Queries, initials: list[str]) -> Page:
        most_used = ask.largest_shelves(self.shelf, MOST_USED)
        answers = self._answers(most_used, "") | {
            "count": ask.count_shelves(self.shelf),
            "letters": [(initial, self._address(initial, 1)) for initial in initials],
        }
        return Page(self.name, f"{self.name}/index.html", "", 0, "names.html", answers)

    def _letter(self, ask: Queries, initial: str) -> Iterator[Page]:
        shelves = ask.shelves_with_initial(self.shelf, initial)
        pages = -(-len(shelves) // ON_A_PAGE)
        for number in range(1, pages + 1):
            answers = self._answers(shelves[(number - 1) * ON_A_PAGE : number * ON_A_PAGE], initial) | {
                "older": self._address(initial, number - 1) if number > 1 else "",
                "newer": self._address(initial, number + 1) if number < pages else "",
            }
            yield Page(self.name, self._address(initial, number), initial, number, "names.html", answers)

    def _answers(self, shelves: list[Shelf], letter: str) -> dict[str, object]:
        return {
            "kind": self.name,
            "labels": [
                Label(shelf.name, addresses.hub(shelf.kind, shelf.slug), shelf.count, shelf.lang) for shelf in shelves
            ],
            "letter": letter,
            "letters": [],
            "count": 0,
            "older": "",
            "newer": "",
            "feed": addresses.SITE_FEED,
        }

    def _address(self, initial: str, number: int) -> str:
        return f"{self.name}/{initial}-{number}.html" if number > 1 else f"{self.name}/{initial}.html"
