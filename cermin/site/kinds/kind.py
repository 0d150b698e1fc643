"""What a kind of page is: the seam of `cermin.site.kinds`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from cermin.records import Page
from cermin.site.queries import Queries


class Scope(NamedTuple):
    """A group of pages that is planned together (one list, one article, one year), from number ``first`` on.

    A page with the number 0, the hub of a list or a lone page, always belongs to it.
    """

    name: str
    first: int = 0


class Part(NamedTuple):
    """A share of all pages of a kind, for one worker; ``size`` is about how many pages it has."""

    kind: str
    at: tuple[str | int, ...]
    """Which share: the kind that gave the part can read it."""
    size: int


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

    def scope_at(self, ask: Queries, path: str) -> Scope | None:
        """Return the scope of the page at ``path``, from that page on; None where it cannot be one of this kind."""

    def pages(self, ask: Queries, scope: Scope) -> Iterable[Page]:
        """Return the pages of a scope."""

    def parts(self, ask: Queries) -> Iterable[Part]:
        """Return all pages of the kind, in parts."""

    def pages_of(self, ask: Queries, part: Part) -> Iterable[Page]:
        """Return the pages of a part."""


class PlainKind:
    """The base of kinds whose pages depend on nothing in common beside templates and settings."""

    __slots__ = ()

    def inputs(self, ask: Queries) -> dict[str, str]:  # noqa: ARG002 - part of the protocol
        """Nothing beside templates and settings."""
        return {}


class OnePartKind(PlainKind):
    """The base of kinds of which there are so few pages that one worker plans them all."""

    __slots__ = ()
    name = ""

    def pages(self, ask: Queries, scope: Scope | None) -> Iterable[Page]:
        """Return the pages of a scope; with None all pages of the kind."""
        raise NotImplementedError

    def parts(self, ask: Queries) -> Iterable[Part]:  # noqa: ARG002 - part of the protocol
        """All in one part."""
        return [Part(self.name, (), 1)]

    def pages_of(self, ask: Queries, part: Part) -> Iterable[Page]:  # noqa: ARG002 - part of the protocol
        """All pages."""
        return self.pages(ask, None)


class LonePage(OnePartKind):
    """The base of kinds with a single page, which is planned whenever an article changed."""

    path = ""
    template = ""

    @property
    def templates(self) -> tuple[str, ...]:
        """The one template."""
        return (self.template,)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The page itself."""
        return [Scope("")] if ask.is_touched() else []

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The page itself."""
        return Scope("") if path == self.path else None

    def pages(self, ask: Queries, scope: Scope | None) -> Iterable[Page]:  # noqa: ARG002 - part of the protocol
        """The page."""
        return [Page(self.name, self.path, "", 0, self.template, self.answers(ask))]

    def answers(self, ask: Queries) -> dict[str, object]:
        """Return the answers to the page's queries."""
        raise NotImplementedError
