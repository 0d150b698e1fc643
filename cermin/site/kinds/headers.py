"""The file in which a host reads what to send with answers: security, and what may be kept for how long."""

from __future__ import annotations

from collections.abc import Iterable

from cermin import hosts
from cermin.addresses import is_lasting
from cermin.hosts import HEADERS
from cermin.records import Page
from cermin.site.kinds.kind import OnePartKind, Scope
from cermin.site.queries import Queries


class Headers(OnePartKind):
    """Headers for all files, and for those that never change under their names."""

    name = "headers"
    templates = ("headers.txt",)

    def inputs(self, ask: Queries) -> dict[str, str]:
        """The names of the theme's files that never change."""
        return {"hashed assets": " ".join(_hashed(ask))}

    def scopes(self, ask: Queries) -> Iterable[Scope]:  # noqa: ARG002 - part of the protocol
        """No article touches it."""
        return []

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The file."""
        return Scope("") if path == HEADERS else None

    def pages(self, ask: Queries, scope: Scope | None) -> Iterable[Page]:  # noqa: ARG002 - part of the protocol
        """The file, where the host reads one."""
        host = hosts.load_hosts()[ask.config.site.host] if ask.config.site.host else None
        if not host or not host.headers:
            return []
        return [Page(self.name, HEADERS, "", 0, self.templates[0], {"assets": _hashed(ask)})]


def _hashed(ask: Queries) -> list[str]:
    return [path for path in ask.assets if is_lasting(path)]
