"""robots.txt (RFC 9309): everything may be read, and the sitemap is named where there is one."""

from __future__ import annotations

from cermin.site.kinds.kind import LonePage
from cermin.site.queries import Queries


class Robots(LonePage):
    """The rules for crawlers."""

    name = "robots"
    path = "robots.txt"
    template = "robots.txt"

    def answers(self, ask: Queries) -> dict[str, object]:  # noqa: ARG002 - part of the protocol
        """Nothing of the articles."""
        return {}
