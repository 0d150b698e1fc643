"""The theme's own files: stylesheet, fonts, pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cermin.records import Page
from cermin.site.kinds.kind import Part, Scope
from cermin.site.queries import Queries


class Asset:
    """A file copied from the theme."""

    name = "asset"
    templates = ()

    def inputs(self, ask: Queries) -> dict[str, str]:
        """The files themselves: all are planned when one changes."""
        return dict(ask.assets)

    def scopes(self, ask: Queries) -> Iterable[Scope]:  # noqa: ARG002 - part of the protocol
        """No article touches them."""
        return []

    def scope_at(self, ask: Queries, path: str) -> Scope | None:
        """The file itself."""
        return Scope(path) if path in ask.assets else None

    def pages(self, ask: Queries, scope: Scope) -> Iterable[Page]:
        """The file of the scope."""
        return [page for page in self._all(ask) if page.path == scope.name]

    def parts(self, ask: Queries) -> Iterable[Part]:
        """All files together."""
        return [Part(self.name, (), len(ask.assets))]

    def pages_of(self, ask: Queries, part: Part) -> Iterable[Page]:  # noqa: ARG002 - part of the protocol
        """All files."""
        return self._all(ask)

    def _all(self, ask: Queries) -> Iterator[Page]:
        for path, digest in ask.assets.items():
            yield Page(self.name, path, path, 0, "", {"digest": digest})
