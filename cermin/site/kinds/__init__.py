"""The kinds of pages that a site is made of: one file each, one line in `KINDS`."""

from cermin.addresses import AUTHOR, DAY, LATEST, NO_DATE, OUTLET, SECTION, TOPIC
from cermin.site.kinds.about import About
from cermin.site.kinds.alias import AliasPage, RedirectRules
from cermin.site.kinds.archive import Archive, Month, Year
from cermin.site.kinds.article import ArticlePage
from cermin.site.kinds.asset import Asset
from cermin.site.kinds.dataset import Dataset, Datasheet
from cermin.site.kinds.feed import Feed
from cermin.site.kinds.front import Front
from cermin.site.kinds.headers import Headers
from cermin.site.kinds.kind import Kind, Part, Scope
from cermin.site.kinds.names import NamesKind
from cermin.site.kinds.not_found import NotFound
from cermin.site.kinds.robots import Robots
from cermin.site.kinds.search import Search
from cermin.site.kinds.search_index import SearchIndex
from cermin.site.kinds.shelf_list import ShelfList
from cermin.site.kinds.sitemap import Sitemap

# In the order in which pages are made: what others need first, then articles, then the lists that lead to them.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Asset(),
        ArticlePage(),
        ShelfList("latest", LATEST),
        ShelfList("outlet", OUTLET),
        ShelfList("section", SECTION),
        ShelfList("topic", TOPIC),
        ShelfList("author", AUTHOR),
        ShelfList("day", DAY),
        ShelfList("undated", NO_DATE),
        NamesKind("outlets", OUTLET),
        NamesKind("sections", SECTION),
        NamesKind("topics", TOPIC),
        NamesKind("authors", AUTHOR),
        Archive(),
        Year(),
        Month(),
        Front(),
        About(),
        NotFound(),
        Search(),
        Feed(),
        Sitemap(),
        Robots(),
        AliasPage(),
        RedirectRules(),
        Headers(),
        Dataset(),
        Datasheet(),
        SearchIndex(),
    )
}

MADE_BY_THEMSELVES = frozenset((Dataset.name, SearchIndex.name))
"""The kinds whose files are not made of one page each: `dataset` and `search_index` put them together."""

__all__ = ["KINDS", "MADE_BY_THEMSELVES", "Kind", "Part", "Scope"]
