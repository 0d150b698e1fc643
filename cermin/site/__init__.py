"""Stage 3: the catalogue, the addresses of pages, and which of them are stale."""

from cermin.site.catalogue import (
    Catalogue,
    catalogue_number,
    open_catalogue,
    open_frozen,
    open_reading,
    read_learned,
)
from cermin.site.estimating import Estimate, estimate
from cermin.site.kinds import KINDS, MADE_BY_THEMSELVES, Kind, Part
from cermin.site.planning import Plan, explain_page, find_page, plan_pages, plan_part
from cermin.site.queries import Queries
from cermin.site.rows import Shelved, shelve

__all__ = [
    "KINDS",
    "MADE_BY_THEMSELVES",
    "Catalogue",
    "Estimate",
    "Kind",
    "Part",
    "Plan",
    "Queries",
    "Shelved",
    "catalogue_number",
    "estimate",
    "explain_page",
    "find_page",
    "open_catalogue",
    "open_frozen",
    "open_reading",
    "plan_pages",
    "plan_part",
    "read_learned",
    "shelve",
]
