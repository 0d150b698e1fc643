"""The page that a host shows where there is none."""

from __future__ import annotations

from cermin import addresses
from cermin.site.kinds.kind import LonePage
from cermin.site.queries import Queries


class NotFound(LonePage):
    """Served at any depth, so it alone links from the root."""

    name = "not-found"
    path = "404.html"
    template = "404.html"

    def answers(self, ask: Queries) -> dict[str, object]:  # noqa: ARG002 - part of the protocol
        """Nothing of the articles."""
        return {"feed": addresses.SITE_FEED}
