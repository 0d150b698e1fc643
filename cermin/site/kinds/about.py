"""The page that says what this mirror is and where it comes from."""

from __future__ import annotations

from cermin import addresses
from cermin.addresses import LATEST, OUTLET
from cermin.records import Label
from cermin.site.kinds.kind import LonePage
from cermin.site.queries import Queries

SHOWN = 100
"""Outlets that the page names, those with the most articles."""


class About(LonePage):
    """The mirror as a whole: how many articles, of which outlets, from when to when."""

    name = "about"
    path = "about.html"
    template = "about.html"

    def answers(self, ask: Queries) -> dict[str, object]:
        """Return the numbers, and each outlet with its own."""
        first, last = ask.span(LATEST)
        return {
            "count": ask.shelf_count(LATEST),
            "first": first,
            "last": last,
            "outlets_list": [
                (Label(shelf.name, addresses.hub(OUTLET, shelf.slug), shelf.count), *ask.span(OUTLET, shelf.slug))
                for shelf in ask.largest_shelves(OUTLET, SHOWN)
            ],
            "feed": addresses.SITE_FEED,
        }
