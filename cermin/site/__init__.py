"""Stage 3: the catalogue, the addresses of pages, and which of them are stale."""

from cermin.site.catalogue import Catalogue, open_catalogue, open_frozen, read_learned
from cermin.site.estimating import Estimate, estimate
from cermin.site.kinds import KINDS, Kind, Part
from cermin.site.planning import Plan, explain_page, plan_pages, plan_part
from cermin.site.queries import Queries
from cermin.site.rows import Shelved, shelve

__all__ = [
    "KINDS",
    "Catalogue",
    "Estimate",
    "Kind",
    "Part",
    "Plan",
    "Queries",
    "Shelved",
    "estimate",
    "explain_page",
    "open_catalogue",
    "open_frozen",
    "plan_pages",
    "plan_part",
    "read_learned",
    "shelve",
]
