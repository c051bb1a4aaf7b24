"""The life of an introduction: one table, which the code runs on and the reference is drawn from."""

from __future__ import annotations

from marketplace.introductions.states.reasons import DECLINING, FAILING, WITHDRAWING, Reason
from marketplace.introductions.states.table import (
    ACTS,
    AWAITED,
    ENDED,
    EVENTS,
    LIVE,
    REASONED,
    REVEALED,
    TABLE,
    By,
    IntroductionState,
    Limit,
    Origin,
    Transition,
    row,
)

__all__ = [
    "ACTS",
    "AWAITED",
    "DECLINING",
    "ENDED",
    "EVENTS",
    "FAILING",
    "LIVE",
    "REASONED",
    "REVEALED",
    "TABLE",
    "WITHDRAWING",
    "By",
    "IntroductionState",
    "Limit",
    "Origin",
    "Reason",
    "Transition",
    "row",
]
