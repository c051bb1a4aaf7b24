"""The compiled loops: many pairs scored at once, in whole numbers, as :mod:`matching.score` defines them."""

from __future__ import annotations

from matching.kernels.arrays import (
    CONDITIONS,
    EXCLUDED,
    FACTS,
    NO_DAY,
    UNJUDGED,
    Asker,
    Phrases,
    Scratch,
    Segment,
)
from matching.kernels.coverage import cover, seed_value
from matching.kernels.totals import reached, reaching, totals, upper

__all__ = [
    "CONDITIONS",
    "EXCLUDED",
    "FACTS",
    "NO_DAY",
    "UNJUDGED",
    "Asker",
    "Phrases",
    "Scratch",
    "Segment",
    "cover",
    "reached",
    "reaching",
    "seed_value",
    "totals",
    "upper",
]
