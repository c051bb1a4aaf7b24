"""Reading matches: of a listing, new ones of an organisation, and live ones of what is being typed."""

from __future__ import annotations

from marketplace.matches.queries.matches import (
    Listed,
    Matched,
    Waved,
    match_of,
    matches_of,
    new_match_counts,
    still_matching,
)
from marketplace.matches.queries.partners import USEFUL, Partner, Partners, live_partners

__all__ = [
    "USEFUL",
    "Listed",
    "Matched",
    "Partner",
    "Partners",
    "Waved",
    "live_partners",
    "match_of",
    "matches_of",
    "new_match_counts",
    "still_matching",
]
