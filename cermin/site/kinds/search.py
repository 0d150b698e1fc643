"""The page on which readers search."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cermin import addresses
from cermin.addresses import OUTLET, SECTION
from cermin.records import Page
from cermin.site.kinds.kind import LonePage, Scope
from cermin.site.queries import Queries

CHOICES = 200
"""Outlets and sections to choose from, those with the most articles; any can be named in the page's address."""
_SCRIPT = re.compile(r"static/search\.[0-9a-f]{8}\.js")


class Search(LonePage):
    """A form, and the script that answers it; not there where the mirror is without an index."""

    name = "search"
    path = addresses.SEARCH
    template = "search.html"

    def pages(self, ask: Queries, scope: Scope | None) -> Iterable[Page]:
        """The page, where there is an index."""
        return super().pages(ask, scope) if ask.config.site.search else []

    def answers(self, ask: Queries) -> dict[str, object]:
        """Return the address of the script, and what results can be narrowed to."""
        return {
            "script": next(filter(_SCRIPT.fullmatch, ask.assets)),
            "outlets_list": [shelf.slug for shelf in ask.largest_shelves(OUTLET, CHOICES)],
            "sections": [(shelf.slug, shelf.name, shelf.lang) for shelf in ask.largest_shelves(SECTION, CHOICES)],
            "years": [year for year, _ in reversed(ask.years())],
            "feed": addresses.SITE_FEED,
        }
