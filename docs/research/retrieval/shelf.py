"""All offers' texts as postings and columns: a request's relevance to every one of them at once.

It gives what :func:`matching.relevance.relevance` gives for each pair with the same snapshot.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.forms import ASKED_CLAUSES, DECAY, VECTOR_SCALE, Clause, Form
from matching.relevance import (
    ASKED_K,
    GRAM_SCALE,
    K1,
    SOFTNESS,
    TOPICS_B,
    B,
    Statistics,
    Table,
    gram_weights,
    shares,
    term_weight,
)

Floats = NDArray[np.float64]
Ids = NDArray[np.int32]


class Postings:
    """Key → the places that hold it, rising, and its weight there."""

    def __init__(self, bags: Iterable[Mapping[Any, float]]) -> None:
        places: defaultdict[Any, list[int]] = defaultdict(list)
        weights: defaultdict[Any, list[float]] = defaultdict(list)
        self.size = 0
        for place, bag in enumerate(bags):
            self.size += 1
            for key, weight in bag.items():
                places[key].append(place)
                weights[key].append(weight)
        self._places: dict[Any, Ids] = {k: np.array(v, dtype=np.int32) for k, v in places.items()}
        self._weights = {k: np.array(v, dtype=np.float32) for k, v in weights.items()}

    def total(self, asked: Mapping[Any, float]) -> Floats:
        """Return for each place the sum of asked weight times held weight over the shared keys."""
        shared = [key for key in asked if key in self._places]
        if not shared:
            return np.zeros(self.size)
        places = np.concatenate([self._places[key] for key in shared])
        sizes = [len(self._places[key]) for key in shared]
        factors = np.repeat([float(asked[key]) for key in shared], sizes)
        held = np.concatenate([self._weights[key] for key in shared])
        found: Floats = np.bincount(places, weights=factors * held, minlength=self.size).astype(np.float64)
        return found


class Shelf:
    """Offers, ready for requests.  Immutable, hence safe to use from several threads.

    Parameters
    ----------
    offers
        Their forms, in the order in which the values come back.
    statistics
        The snapshot; ``None`` for that of these very offers.
    """

    def __init__(self, offers: Sequence[Form], statistics: Statistics | None = None) -> None:
        self.statistics = stats = statistics or Statistics.of(offers)
        self._words = Postings(_weighted([o.words for o in offers], stats.words, B))
        self._grams = Postings(_weighted([o.grams for o in offers], stats.grams, B))
        self._topics = Postings(_weighted([o.topics for o in offers], stats.topics, TOPICS_B))
        self._sectors = Postings(dict(o.sectors) for o in offers)
        held = [clause for o in offers for clause in o.clauses]
        self._clause_grams = Postings(dict(gram_weights(clause, stats)) for clause in held)
        self._clause_vectors = _stacked([clause.vector for clause in held])
        self._short = np.array([clause.short for clause in held], dtype=bool)
        sizes = np.array([len(o.clauses) for o in offers], dtype=np.int64)
        self._owner = np.repeat(np.arange(len(offers)), sizes)
        self._starts = np.cumsum(sizes) - sizes
        self._vectors = _stacked([o.vector for o in offers])
        self._languages = [o.language for o in offers]

    def __len__(self) -> int:
        return len(self._languages)

    def comparisons(self, request: Form) -> dict[str, Floats]:
        """Return the value of each comparison for every offer."""
        stats = self.statistics
        topics = {key: n * (ASKED_K + 1) / (n + ASKED_K) for key, n in request.topics.items()}
        return {
            "words": _bm25(self._words, dict.fromkeys(request.words, 1.0), stats.words),
            "grams": _bm25(self._grams, dict.fromkeys(request.grams, 1.0), stats.grams),
            "clauses": self._clauses(request.clauses[:ASKED_CLAUSES]),
            "topics": _bm25(self._topics, topics, stats.topics),
            "sectors": self._sectors.total(dict(request.sectors)) / 3,
            "meaning": _cosines(self._vectors, request.vector),
        }  # fmt: skip

    def relevances(self, request: Form) -> Floats:
        """Return the relevance of every offer to a request, 0 to 1, to six decimals."""
        values = self.comparisons(request)
        known = dict.fromkeys(self._languages)
        weights = {language: shares(request, language) for language in known}
        total = np.zeros(len(self))
        for name, value in values.items():
            by_language = {language: weights[language][name] for language in known}
            total += value * np.array([by_language[language] for language in self._languages])
        rounded: Floats = np.round(np.clip(total, 0.0, 1.0), 6).astype(np.float64)
        return rounded

    def _clauses(self, asked: Sequence[Clause]) -> Floats:
        met = np.zeros(len(self))
        whole = 0.0
        for place, clause in enumerate(asked):
            near = self._clause_grams.total(dict(gram_weights(clause, self.statistics))) / GRAM_SCALE**2
            if len(clause.vector):
                near = (near + _cosines(self._clause_vectors, clause.vector)) / 2
            np.maximum(near, 0.0, out=near)
            shown = np.exp(near / SOFTNESS) * self._short
            together = np.bincount(self._owner, weights=shown, minlength=len(self))
            best = np.maximum.reduceat(near, self._starts) if len(near) else near
            met += DECAY**place * np.maximum(best, SOFTNESS * np.log(np.maximum(1.0, together)))
            whole += DECAY**place
        return met / whole


def _weighted(bags: Iterable[Mapping[Any, int]], table: Table, b: float) -> Iterator[dict[Any, float]]:
    """Return for each bag its terms' weights without their rarity."""
    for bag in bags:
        length = sum(bag.values())
        yield {key: term_weight(count, length, table, b) for key, count in bag.items()}


def _bm25(postings: Postings, asked: Mapping[Any, float], table: Table) -> Floats:
    """Return BM25 of every offer divided by the best that any could reach."""
    weights = {key: weight * table.rarity(key) for key, weight in asked.items()}
    best = math.fsum(weights.values()) * (K1 + 1)
    return postings.total(weights) / best if best else np.zeros(postings.size)


def _stacked(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.vstack(vectors) if vectors else np.zeros((0, 0), dtype=np.float32)


def _cosines(rows: NDArray[np.float32], vector: NDArray[np.float32]) -> Floats:
    """Return the cosine of a vector with every row; whole numbers make the products exact."""
    if not len(vector) or not rows.size:
        return np.zeros(len(rows))
    return (rows @ vector).astype(np.float64) / VECTOR_SCALE**2
