"""The theme's own files: stylesheet, fonts, pictures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cermin.records import Page
from cermin.site.kinds.kind import Scope
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

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:
        """Yield the file of the scope, or all."""
        for path, digest in ask.assets.items():
            if scope is None or scope.name == path:
                yield Page(self.name, path, path, 0, "", {"digest": digest})
