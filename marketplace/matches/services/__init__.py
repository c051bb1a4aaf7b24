"""Finding pairs, keeping the best of them, telling of the good ones, and waving one away."""

from __future__ import annotations

from marketplace.matches.services.announce import announce
from marketplace.matches.services.dismiss import dismiss_match, undo_dismissal
from marketplace.matches.services.rescore import rescore, rescore_all, store_scores
from marketplace.matches.services.score import BATCH, KEEP, TOP, Scored, score_listings

__all__ = [
    "BATCH",
    "KEEP",
    "TOP",
    "Scored",
    "announce",
    "dismiss_match",
    "rescore",
    "rescore_all",
    "score_listings",
    "store_scores",
    "undo_dismissal",
]
