"""Looking for listings: filters, facets, the search box, and the tree of sectors."""

from __future__ import annotations

from marketplace.search.queries.filters import DEADLINES, Filters, Sort
from marketplace.search.queries.listings import Facets, Results, search_listings
from marketplace.search.queries.sectors import (
    Branch,
    SectorPage,
    sector_page,
    sector_tree,
)

__all__ = [
    "DEADLINES",
    "Branch",
    "Facets",
    "Filters",
    "Results",
    "SectorPage",
    "Sort",
    "search_listings",
    "sector_page",
    "sector_tree",
]
