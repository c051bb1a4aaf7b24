"""What each comparison weighs, and the other numbers that were chosen: named, dated, with their source.

All weights are whole numbers of 1/1000 of a point, all values whole numbers of 1/10,000.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

DATED: Final = date(2026, 11, 26)
"""Day on which the numbers of this module were set, on two sets of public tenders in 23 languages
(what was tried stands in docs/explanation/matching.md) and on the demo data."""
UNIT: Final = 10_000
"""A value of 1."""
POINT: Final = 1_000
"""A weight of 1."""

SUBSTANCE: Final = 75 * POINT
"""What the listings are about: capability, text, topic and sector together."""
CAPABILITY: Final = 45
TEXT: Final = 8
TOPIC: Final = 6
SECTOR: Final = 15
"""Their proportions where a request names capabilities."""
ALONE: Final = 4
"""Text and topic count so many times more where it names none."""
GUESSED_SECTOR: Final = 24
"""Proportion of sectors that were guessed from the text, and fully told by it."""
SUBJECT_WORDS: Final = 12
"""Distinct words of a request at which its topics and guessed sectors count half: n² / (n² + 12²).
A few words name a thing; only a description has a subject."""

REQUIREMENT: Final = 8 * POINT
TERMS: Final = 4 * POINT
"""Conditions of the request on the offer, and of the offer on the request."""
GEOGRAPHY: Final = 3 * POINT
MARKET: Final = 3 * POINT
"""Countries that the request wishes for, and those that the offer does."""
PARTNERSHIP: Final = 4 * POINT
FRESHNESS: Final = 3 * POINT

GOOD: Final = 60.0
"""Total from which a match is worth telling someone."""
UNKNOWN: Final = UNIT // 2
"""Value of a comparison of which a side says nothing."""
TOLD_PERCENT: Final = 85
"""What the similarity of a phrase counts that stands in the text, not among the capabilities."""
GENERIC_WEIGHT: Final = 1
SAYING_WEIGHT: Final = 4
"""Weights of an asked capability whose words all say little ("services"), and of any other."""

DECAY: Final = 0.8
"""How much less each further phrase says what a request is about."""
WORDS_SHARE: Final = 3
CLAUSES_SHARE: Final = 8
"""Proportions of the words and the clauses in the text's value."""
CLAUSES_SOFTNESS: Final = 0.1
TOPICS_SOFTNESS: Final = 0.2
"""Temperatures of the sum over an offer's phrases: near 0 the best one counts alone.  Each further
phrase that fits is one more piece of evidence, as in the search for experts (Macdonald and Ounis 2006);
one that does not fit adds nothing, so that a long list wins nothing by its length."""
ALL_SHARE: Final = 7
FIRST_SHARE: Final = 3
"""Proportions of all phrases together and of the first one in the topics' value: it says most."""
NAMED_OFTEN: Final = 4
"""A topic named n times by a request counts 5n / (n + 4): BM25's k3."""

HALF_LIFE_DAYS: Final = 180
"""Age at which the older of two listings has lost half its freshness."""
AGE_DAYS: Final = 3650
"""Ages beyond it are all alike."""

EVIDENCE_UNIT: Final = 1 << 14

Table = NDArray[np.int64]


def _evidence(softness: float) -> Table:
    """Return value → exp(value / softness) - 1 in 1/:data:`EVIDENCE_UNIT`, for values of 0 to 2."""
    return np.round(EVIDENCE_UNIT * np.expm1(np.arange(2 * UNIT + 1) / UNIT / softness)).astype(np.int64)


# Sums of whole numbers, and the way back by looking up: exact in any order.
CLAUSES_EVIDENCE: Final = _evidence(CLAUSES_SOFTNESS)
TOPICS_EVIDENCE: Final = _evidence(TOPICS_SOFTNESS)
FRESHNESS_BY_AGE: Final[Table] = np.array(
    [round(UNIT * math.pow(0.5, age / HALF_LIFE_DAYS)) for age in range(AGE_DAYS + 1)], dtype=np.int64
)
DECAYS: Final[tuple[int, ...]] = tuple(round(1000 * DECAY**place) for place in range(16))
"""Weights of a request's phrases, in order."""


def together(table: Table, evidence: int) -> int:
    """Return the value that a sum of evidence amounts to."""
    return min(UNIT, int(np.searchsorted(table, evidence, side="right")) - 1)
