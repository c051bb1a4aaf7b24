"""Reading matches: of a listing, and live ones of what is being typed."""

from __future__ import annotations

from marketplace.matches.queries.matches import (
    Listed,
    Matched,
    Waved,
    match_of,
    matches_of,
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
    "still_matching",
]
