"""Where each kind of page stands: addresses below output/, and none that depends on other articles."""

from __future__ import annotations

import re
from functools import lru_cache

from cermin.slugs import name_slug

LATEST, OUTLET, SECTION, TOPIC, AUTHOR, DAY, NO_DATE = (
    "latest", "outlet", "section", "topic", "author", "day", "undated",
)  # fmt: skip
"""The kinds of lists that articles stand on."""
REVISION = "revision"
"""The kind of list on which the other versions of an article stand, and no others; no page shows one."""

LONGEST_NUMBER = 10
"""Digits of the number of a page."""

SITE_FEED = "feed.xml"
SEARCH = "search.html"
DATASET = "data/articles.jsonl.gz"
"""All articles as data."""
SEARCH_INDEX = "search/index.json"
"""What the script that searches reads first; the other files of the index stand in folders beside it."""
SEARCH_STEMMERS = "search/stemmers.js"
"""What shortens words in the languages of the mirror."""
DATASHEET = "data/index.html"
"""What the dataset is and how it came to be."""

_FOLDERS = {
    LATEST: "latest/",
    OUTLET: "{slug}/",
    SECTION: "sections/{slug}/",
    TOPIC: "topics/{slug}/",
    AUTHOR: "authors/{slug}/",
    NO_DATE: "archive/undated/",
}
_LASTING = re.compile(r"static/\w+\.[0-9a-f]{8}\.(css|js)|search/[^/]+/[^/]+\.bin|manifest/[0-9a-f]{16}\.json")
WITH_FEED = (LATEST, OUTLET, SECTION)
"""The kinds of shelves that have a feed."""


def is_lasting(path: str) -> bool:
    """Tell whether a file is called by what it holds, so that another comes where this one changes.

    The mirror's own static files are not: they keep their names.
    """
    return _LASTING.fullmatch(path) is not None


def shelf_folder(kind: str, slug: str) -> str:
    """Return the folder of a list's pages, with a slash behind it."""
    if kind == DAY:
        return f"archive/{slug.replace('-', '/')}/"
    return _FOLDERS[kind].format(slug=slug)


def hub(kind: str, slug: str) -> str:
    """Return the address of a list's hub."""
    return shelf_folder(kind, slug) + "index.html"


def shelf_at(kind: str, folder: str) -> str | None:
    """Return the slug of the list in whose folder pages may be, the inverse of `shelf_folder`; None for no list."""
    if kind == DAY:
        slug = folder.removeprefix("archive/").rstrip("/").replace("/", "-")
    else:
        before, _, behind = _FOLDERS[kind].partition("{slug}")
        slug = folder[len(before) : len(folder) - len(behind)] if behind else ""
    return slug if shelf_folder(kind, slug) == folder and "/" not in slug else None


def number_at(name: str, before: str, behind: str) -> int:
    """Return the number between two parts of a name, written as a page's is; 0 where there is none."""
    digits = name.removeprefix(before).removesuffix(behind)
    is_number = digits.isascii() and digits.isdecimal() and digits[0] != "0" and len(digits) < LONGEST_NUMBER
    return int(digits) if is_number and name == f"{before}{digits}{behind}" else 0


def numbered(kind: str, slug: str, number: int) -> str:
    """Return the address of page ``number`` of a list, counted from the oldest."""
    return f"{shelf_folder(kind, slug)}page-{number}.html"


def feed(kind: str, slug: str) -> str:
    """Return the address of the feed of a list, or that of the site where the list has none."""
    return shelf_folder(kind, slug) + "feed.xml" if kind in {OUTLET, SECTION} else SITE_FEED


def json_feed(feed: str) -> str:
    """Return the address of the JSON Feed beside an Atom feed."""
    return feed.removesuffix(".xml") + ".json"


def feed_archive(feed: str, number: int) -> str:
    """Return the address of archive document ``number`` of a feed, counted from the oldest (RFC 5005, section 4)."""
    return f"{feed.removesuffix('.xml')}-{number}.xml"


@lru_cache(maxsize=65536)
def named(kind: str, name: str) -> tuple[str, str]:
    """Return a name with the address of its hub: ``("Rusia", "topics/rusia/index.html")``."""
    return name, hub(kind, name_slug(name))


def year(number: str) -> str:
    """Return the address of a year's page."""
    return f"archive/{number}/index.html"


def month(number: str) -> str:
    """Return the address of a month's page (``2024-06``)."""
    return f"archive/{number.replace('-', '/')}/index.html"
