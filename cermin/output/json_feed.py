"""A feed as JSON Feed 1.1 (https://jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cermin.output.address import mend_address
from cermin.records import Entry


def item(entry: Entry, item_id: str, time: str, body: str, address: str) -> dict[str, Any]:
    """Return an article as an item; ``body`` is its text as HTML, ``address`` where the mirror has it."""
    told = {
        "id": item_id,
        "url": address,
        "external_url": mend_address(entry.url),
        "title": entry.title,
        "content_html": body,
        "summary": entry.summary,
        "date_published": time,
        "authors": _people(entry.authors),
        "tags": list(filter(None, (entry.section, *entry.tags))),
        "language": entry.lang,
    }
    # An item without a text is none.
    return {key: value for key, value in told.items() if value or key == "content_html"}


def write_feed(about: Mapping[str, str], items: list[dict[str, Any]]) -> bytes:
    """Return the feed; ``about`` is what it says of itself, by the names of the format."""
    told = {"version": "https://jsonfeed.org/version/1.1", **about}
    feed = {key: value for key, value in told.items() if value} | {"items": items}
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":")).encode()


def _people(names: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"name": name} for name in names]
