"""Finding pairs, keeping the best of them, telling of the good ones, and waving one away."""

from __future__ import annotations

from marketplace.matches.services.dismiss import dismiss_match, undo_dismissal
from marketplace.matches.services.rescore import store_scores
from marketplace.matches.services.score import KEEP, TOP, Scored, score_listings

__all__ = [
    "KEEP",
    "TOP",
    "Scored",
    "dismiss_match",
    "score_listings",
    "store_scores",
    "undo_dismissal",
]
