"""The front page: a lead, what stands beside it, the sections, the latest."""

from __future__ import annotations

from cermin import addresses
from cermin.addresses import LATEST, OUTLET, SECTION, TOPIC
from cermin.records import Label
from cermin.site.kinds.kind import LonePage
from cermin.site.queries import Queries, Shelf

SECONDARY, LATEST_SHOWN, SECTIONS, IN_A_SECTION, TOPICS, OUTLETS = 5, 12, 6, 4, 16, 16


class Front(LonePage):
    """The newest article leads; no article stands twice before the sections."""

    name = "front"
    path = "index.html"
    template = "front.html"

    def answers(self, ask: Queries) -> dict[str, object]:
        """Return the articles by their place on the page."""
        newest = ask.newest(LATEST, limit=1 + SECONDARY + LATEST_SHOWN)
        first, last = ask.span(LATEST)
        shown = {teaser.address for teaser in newest[: 1 + SECONDARY]}
        sections = [
            (_label(shelf), [teaser for teaser in teasers if teaser.address not in shown][:IN_A_SECTION])
            for shelf in ask.largest_shelves(SECTION, SECTIONS)
            for teasers in [ask.newest(SECTION, shelf.slug, limit=IN_A_SECTION + len(shown))]
        ]
        return {
            "lead": newest[0] if newest else None,
            "secondary": newest[1 : 1 + SECONDARY],
            "sections": [section for section in sections if section[1]],
            "latest": newest[1 + SECONDARY :],
            "topics": [_label(shelf) for shelf in ask.largest_shelves(TOPIC, TOPICS)],
            "outlets_list": [_label(shelf) for shelf in ask.largest_shelves(OUTLET, OUTLETS)],
            "years": [(year, addresses.year(year), count) for year, count in reversed(ask.years())],
            "count": ask.shelf_count(LATEST),
            "first": first,
            "last": last,
            "feed": addresses.SITE_FEED,
        }


def _label(shelf: Shelf) -> Label:
    return Label(shelf.name, addresses.hub(shelf.kind, shelf.slug), shelf.count, shelf.lang)
