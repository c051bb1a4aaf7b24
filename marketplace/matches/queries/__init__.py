"""Reading matches: of a listing, live ones of what is being typed, and those that could be."""

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
from marketplace.matches.queries.possible import (
    More,
    Together,
    more_partners,
    near_misses,
    pair_score,
    together,
)
from marketplace.matches.queries.visible import Visible, visible

__all__ = [
    "USEFUL",
    "Listed",
    "Matched",
    "More",
    "Partner",
    "Partners",
    "Together",
    "Visible",
    "Waved",
    "live_partners",
    "match_of",
    "matches_of",
    "more_partners",
    "near_misses",
    "pair_score",
    "still_matching",
    "together",
    "visible",
]
