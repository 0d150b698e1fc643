"""How large a site will be, told from its articles alone, before it is built."""

from __future__ import annotations

from typing import NamedTuple

from cermin.addresses import AUTHOR, OUTLET, SECTION, TOPIC
from cermin.manifest import TOGETHER as MANIFEST_PART
from cermin.site.kinds.feed import IN_ARCHIVE
from cermin.site.kinds.names import MOST_USED
from cermin.site.kinds.sitemap import IN_A_FILE
from cermin.site.queries import Queries

# Measured on captured and on made articles in five languages; sites came out within a fifth.
_ARTICLE = 4_900
"""Bytes of an article's page that its text does not give."""
_TEXT = 2.5
"""Bytes of an article's page for each of its file: a page has its citations and structured data as well."""
_LIST = 3_000
"""Bytes of a page of a list without its articles."""
_TEASER = 600
"""Bytes of an article on a list."""
_WHOLE_IN_FEED = 20
"""Articles of which a feed has the text."""
_IN_DATASET = 0.45
"""Bytes of the dataset for each of article files."""
_OF_SEARCH = 0.2
"""Bytes of the search index for each of article files."""
_LONE_PAGES = 12
"""Front page, hubs of names, what is told of the mirror, stylesheet and the like."""
_ARTICLES_OF_SEARCH_FILE = 70
"""Articles for each file of the search index, which has some 40 more."""


class Estimate(NamedTuple):
    """How large a site will be, about."""

    articles: int
    lists: int
    """Pages of lists of articles."""
    files: int
    bytes: int
    largest: int
    """Bytes of the largest file, the dataset."""
    search_files: int
    search_bytes: int


def estimate(ask: Queries, size: int) -> Estimate:
    """Return how large a site of these articles will be, whose files in content/ have ``size`` bytes together.

    Pages are counted as they will be made, but for those by first letters; bytes are so many for each.
    """
    settings = ask.config.site
    articles, lists = ask.count_articles(), ask.count_lists(settings.list_size)
    sections, outlets = ask.count_shelves(SECTION), ask.count_shelves(OUTLET)
    feeds = 1 + sections + outlets
    archives, sitemaps = articles // IN_ARCHIVE, outlets + articles // IN_A_FILE + 2
    others = lists + len(ask.years()) + len(ask.months()) + _LONE_PAGES
    others += sum(40 for kind in (TOPIC, AUTHOR) if ask.count_shelves(kind) > MOST_USED)
    whole = min(feeds * _WHOLE_IN_FEED, 3 * articles)
    if settings.base_url:
        feeds, whole = feeds * 2, whole * 2
    others += articles // MANIFEST_PART + 2
    search = 40 + articles // _ARTICLES_OF_SEARCH_FILE if settings.search else 0
    search_size = int(size * _OF_SEARCH) if settings.search else 0
    largest = int(size * _IN_DATASET)
    teasers = ask.count_placings() + archives * IN_ARCHIVE
    pages = articles * _ARTICLE + int(size * _TEXT) + others * _LIST + teasers * _TEASER
    pages += whole * size // max(1, articles)
    return Estimate(
        articles=articles,
        lists=lists,
        files=articles + others + feeds + archives + (sitemaps if settings.base_url else 0) + search,
        bytes=pages + largest + search_size,
        largest=largest,
        search_files=search,
        search_bytes=search_size,
    )
