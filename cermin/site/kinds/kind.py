"""What a kind of page is: the seam of `cermin.site.kinds`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from cermin.records import Page
from cermin.site.queries import Queries


class Scope(NamedTuple):
    """A group of pages that is planned together (one list, one article, one year), from number ``first`` on.

    A page with the number 0, the hub of a list or a lone page, always belongs to it.
    """

    name: str
    first: int = 0


class Kind(Protocol):
    """A kind of page: which pages there are, which of them a change may touch, and what each is made of."""

    @property
    def name(self) -> str:
        """What `why` and the catalogue call it."""

    @property
    def templates(self) -> tuple[str, ...]:
        """The templates that its pages are rendered with."""

    def inputs(self, ask: Queries) -> dict[str, str]:
        """Return what all pages of the kind depend on, beside templates and settings, by name."""

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """Return the groups of pages that the changes since the last build may have touched, rather too many."""

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the pages of a scope, or with None all pages of the kind."""


class PlainKind:
    """The base of kinds whose pages depend on nothing in common beside templates and settings."""

    __slots__ = ()

    def inputs(self, ask: Queries) -> dict[str, str]:  # noqa: ARG002 - part of the protocol
        """Nothing beside templates and settings."""
        return {}


class LonePage(PlainKind):
    """The base of kinds with a single page, which is planned whenever an article changed."""

    name = ""
    path = ""
    template = ""

    @property
    def templates(self) -> tuple[str, ...]:
        """The one template."""
        return (self.template,)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The page itself."""
        return [Scope("")] if ask.is_touched() else []

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:  # noqa: ARG002 - part of the protocol
        """Yield the page."""
        yield Page(self.name, self.path, "", 0, self.template, self.answers(ask))

    def answers(self, ask: Queries) -> dict[str, object]:
        """Return the answers to the page's queries."""
        raise NotImplementedError
