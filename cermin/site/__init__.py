"""Stage 3: the catalogue, the addresses of pages, and which of them are stale."""

from cermin.site.catalogue import Catalogue, open_catalogue
from cermin.site.kinds import KINDS, Kind
from cermin.site.planning import Plan, explain_page, plan_pages
from cermin.site.queries import Queries

__all__ = ["KINDS", "Catalogue", "Kind", "Plan", "Queries", "explain_page", "open_catalogue", "plan_pages"]
