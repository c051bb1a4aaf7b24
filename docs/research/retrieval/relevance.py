"""How relevant an offer's text is to a request's: five comparisons and their weights.

The statistics (how many offers hold a word, how long they are) come from a frozen snapshot, so that
the value of a pair depends on the two texts and the snapshot alone.  This module scores one pair
plainly; :mod:`matching.shelf` scores a request against all offers and agrees with it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from matching.forms import ASKED_CLAUSES, VECTOR_SCALE, Clause, Form, decayed

WEIGHTS_DATED: Final = date(2026, 11, 22)
"""Day on which the numbers of this module were set, on two sets of public tenders."""
WEIGHTS: Final[Mapping[str, float]] = MappingProxyType({
    "words": 0.2, "grams": 0.1, "clauses": 0.4, "topics": 0.4, "sectors": 0.2, "meaning": 0.1,
})  # fmt: skip
"""Relative weights; those that count for a pair are brought to a sum of 1."""
SUBJECT: Final = frozenset({"topics", "sectors", "meaning"})
"""Comparisons of the subject; they count as far as the request describes one."""
SUBJECT_WORDS: Final = 12
"""Distinct words of a request at which its subject counts half: n² / (n² + 12²)."""
WORDING: Final = frozenset({"words", "grams"})
"""Comparisons of the wording; they count less for a pair in two languages."""
OTHER_LANGUAGE: Final = 0.5
"""How far they count then; the rest of their weight goes to the other comparisons."""
K1: Final = 1.2
B: Final = 0.3
"""BM25 (Robertson and Zaragoza 2009); a low B, as an offer that does much is not to blame for it."""
TOPICS_B: Final = 0.75
"""The same for topics, which measure what a text dwells on."""
ASKED_K: Final = 4.0
"""Saturation of how often a request names a topic (BM25's k3)."""
SOFTNESS: Final = 0.08
"""Temperature of the sum over an offer's phrases: near 0 the best one counts alone; above .1 a long
list of phrases wins over a good one."""
GRAM_SCALE: Final = 1024
"""Grams' weights are whole numbers of 1/1024: sums are exact in any order."""


@dataclass(frozen=True, eq=False)
class Table:
    """How often things occur in the offers: document frequencies and mean length."""

    size: int
    mean: float
    frequency: Mapping[Any, int]

    @classmethod
    def of(cls, bags: Iterable[Mapping[Any, int]]) -> Table:
        """Return the table of bags."""
        size = length = 0
        frequency: Counter[Any] = Counter()
        for bag in bags:
            size += 1
            length += sum(bag.values())
            frequency.update(bag.keys())
        return cls(size, length / size if size else 1.0, frequency)

    def rarity(self, key: Any) -> float:
        """Return the inverse document frequency of BM25."""
        held = self.frequency.get(key, 0)
        return math.log(1 + (self.size - held + 0.5) / (held + 0.5))

    def spread(self, key: Any) -> float:
        """Return the smoothed inverse document frequency of a cosine, at least 1."""
        return math.log((1 + self.size) / (1 + self.frequency.get(key, 0))) + 1


@dataclass(frozen=True, eq=False)
class Statistics:
    """A frozen snapshot of an index's offers; rebuild it when they have changed by a tenth.

    Parameters
    ----------
    words, grams, topics
        Of whole offers.
    clause_grams
        Of their clauses.
    """

    words: Table
    grams: Table
    topics: Table
    clause_grams: Table

    @classmethod
    def of(cls, offers: Iterable[Form]) -> Statistics:
        """Return the statistics of offers, in any order."""
        held = list(offers)
        return cls(
            Table.of(one.words for one in held),
            Table.of(one.grams for one in held),
            Table.of(one.topics for one in held),
            Table.of(clause.grams for one in held for clause in one.clauses),
        )


def term_weight(count: int, length: int, table: Table, b: float) -> float:
    """Return BM25's weight of a term in an offer, without its rarity."""
    return count * (K1 + 1) / (count + K1 * (1 - b + b * length / table.mean))


def gram_weights(clause: Clause, statistics: Statistics) -> dict[str, int]:
    """Return a clause's grams as a unit vector in whole numbers of 1/:data:`GRAM_SCALE`."""
    table = statistics.clause_grams
    raw = {gram: (1 + math.log(count)) * table.spread(gram) for gram, count in clause.grams.items()}
    norm = math.sqrt(math.fsum(weight * weight for weight in raw.values())) or 1.0
    return {gram: round(weight / norm * GRAM_SCALE) for gram, weight in raw.items()}


def shares(request: Form, offer_language: str) -> dict[str, float]:
    """Return the weight of each comparison for a pair; they add up to 1."""
    spread = request.spread**2
    subject = spread / (spread + SUBJECT_WORDS**2)
    foreign = bool(request.language and offer_language) and request.language != offer_language
    found = {}
    for name, weight in WEIGHTS.items():
        factor = subject if name in SUBJECT else OTHER_LANGUAGE if foreign and name in WORDING else 1.0
        found[name] = weight * factor
    total = sum(found.values())
    return {name: weight / total for name, weight in found.items()}


def comparisons(request: Form, offer: Form, statistics: Statistics) -> dict[str, float]:
    """Return the value of each comparison, 0 to 1 (clauses: a little above for many good ones)."""
    asked = dict.fromkeys(request.words, 1.0)
    grams = dict.fromkeys(request.grams, 1.0)
    topics = {key: count * (ASKED_K + 1) / (count + ASKED_K) for key, count in request.topics.items()}
    return {
        "words": _bm25(asked, offer.words, statistics.words, B),
        "grams": _bm25(grams, offer.grams, statistics.grams, B),
        "clauses": decayed([_met(clause, offer, statistics) for clause in request.clauses[:ASKED_CLAUSES]]),
        "topics": _bm25(topics, offer.topics, statistics.topics, TOPICS_B),
        "sectors": sum(r * offer.sectors.get(code, 0.0) for code, r in request.sectors.items()) / 3,
        "meaning": float(request.vector @ offer.vector) / VECTOR_SCALE**2 if len(request.vector) else 0.0,
    }  # fmt: skip


def relevance(request: Form, offer: Form, statistics: Statistics) -> float:
    """Return how relevant an offer is to a request, by their texts.

    Parameters
    ----------
    request, offer
        Texts in the form in which they are compared.
    statistics
        The snapshot; the same pair with the same snapshot has the same value for ever.

    Returns
    -------
    float
        0 to 1, to six decimals.
    """
    values = comparisons(request, offer, statistics)
    weights = shares(request, offer.language)
    return settle(sum(weights[name] * value for name, value in values.items()))


def settle(value: float) -> float:
    """Return a value within 0 to 1, to six decimals."""
    return round(min(1.0, max(0.0, value)), 6)


def similar(asked: Clause, offered: Clause, statistics: Statistics) -> float:
    """Return how alike two clauses are: the mean of the cosines of their grams and meanings."""
    a, b = gram_weights(asked, statistics), gram_weights(offered, statistics)
    letters = sum(weight * b.get(gram, 0) for gram, weight in a.items()) / GRAM_SCALE**2
    if not len(asked.vector):
        return letters
    return (letters + float(asked.vector @ offered.vector) / VECTOR_SCALE**2) / 2


def _bm25(asked: Mapping[Any, float], held: Mapping[Any, int], table: Table, b: float) -> float:
    """Return BM25 divided by the best that any offer could reach."""
    length = sum(held.values())
    met = best = 0.0
    for key, weight in asked.items():
        rarity = table.rarity(key)
        best += weight * rarity * (K1 + 1)
        if key in held:
            met += weight * rarity * term_weight(held[key], length, table, b)
    return met / best if best else 0.0


def _met(asked: Clause, offer: Form, statistics: Statistics) -> float:
    """Return how well an offer meets a clause: its best clause, or all its phrases together.

    Each phrase of an offer is one more piece of work done, hence one more piece of evidence (as in
    expert search, Macdonald and Ounis 2006): softness * log(sum of exp(similarity / softness)).
    """
    near = [max(0.0, similar(asked, clause, statistics)) for clause in offer.clauses]
    phrases = [n for n, clause in zip(near, offer.clauses, strict=True) if clause.short]
    together = math.fsum(math.exp(n / SOFTNESS) for n in phrases)
    return max(*near, 0.0, SOFTNESS * math.log(max(1.0, together)))
