"""A request made ready for comparing: what it asks for, how much each comparison weighs, its meaning.

:mod:`matching.score` compares it with one offer plainly; :mod:`matching.kernels` with all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching import weights as w
from matching.compiling import compiled
from matching.forms import Form
from matching.profiles import ASKED, Profile
from matching.reading import GRAM_UNIT, VECTOR_UNIT, Reading
from matching.statistics import Statistics

Key = TypeVar("Key", bound=Hashable)

VECTOR_SCALE: Final = 64
GRAM_SCALE: Final = 16
"""A request's mean meaning and mean grams are finer than its phrases' by these factors."""

PHRASES_BOUNDED: Final = 64
"""Of more phrases than this the text may be worth anything."""
ROUNDING: Final = 1.05
"""How much longer than 1 a phrase's vectors may be through rounding, with room to spare."""
NAMES: Final = (
    "capability", "text", "topic", "sector", "requirement", "geography", "partnership", "freshness",
    "terms", "market",
)  # fmt: skip
"""The comparisons, in the order in which they are told."""
OF_REQUEST: Final = frozenset({"requirement", "geography"})
OF_OFFER: Final = frozenset({"terms", "market"})
"""Those that say how good a pair is for one side only."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A request, ready.

    Parameters
    ----------
    asked
        Its capabilities, and the weight of each.
    weights
        Comparison → weight in 1/1000 of a point; 0 for what the request gives no reason to ask.
    words, topics
        Its words with their rarity, and its topics with their rarity and how often it names them.
    vector
        The weighted mean of its phrases' meanings in 1/(:data:`VECTOR_SCALE` · 254), as int16.
    grams, gram_weights
        The weighted mean of its phrases' grams, rising, in 1/(:data:`GRAM_SCALE` · 1024).
    """

    asked: tuple[tuple[Reading, int], ...]
    weights: Mapping[str, int]
    words: Mapping[str, int]
    topics: Mapping[int, int]
    vector: NDArray[np.int16]
    grams: NDArray[np.uint16]
    gram_weights: NDArray[np.int32]

    @property
    def whole(self) -> int:
        """The sum of the weights."""
        return sum(self.weights.values())


def query(request: Profile, statistics: Statistics) -> Query:
    """Return a request, ready, as words and topics weigh among the listings of these statistics."""
    phrases = request.phrases[:ASKED]
    words = {stem: statistics.word_rarity(stem) for p in phrases for stem in p.stems}
    named = Counter(topic for p in phrases for topic in p.topics)
    # BM25's saturation of how often a query names a term, in whole numbers of a thousandth.
    topics = {
        topic: statistics.topic_rarity(topic)
        * (1000 * (w.NAMED_OFTEN + 1) * n // (n + w.NAMED_OFTEN))
        // 1000
        for topic, n in named.items()
    }
    asked = tuple((p, asked_weight(p.form)) for p in request.capabilities)
    grams, gram_weights = mean_grams(phrases)
    return Query(
        asked=asked,
        weights=weights_of(request, len(words), topics=bool(topics), capabilities=bool(asked)),
        words=words,
        topics=topics,
        vector=mean_vector(phrases),
        grams=grams,
        gram_weights=gram_weights,
    )


def asked_weight(asked: Form) -> int:
    """Return how much an asked capability counts: little when all its words say little."""
    generic = all(token.generic for token in asked.phrase.tokens)
    return w.GENERIC_WEIGHT if generic else w.SAYING_WEIGHT


def subject(words: int) -> int:
    """Return how far a request of so many distinct words describes a subject, in thousandths."""
    return 1000 * words * words // (words * words + w.SUBJECT_WORDS**2)


def weights_of(request: Profile, words: int, *, topics: bool, capabilities: bool) -> dict[str, int]:
    """Return what each comparison weighs for a request; it depends on the request alone."""
    listing = request.listing
    described = subject(words)
    often = 1 if capabilities else w.ALONE
    guessed = w.GUESSED_SECTOR * described if request.sectors.guessed else 0
    parts = {
        "capability": 1000 * w.CAPABILITY if capabilities else 0,
        "text": 1000 * w.TEXT * often if request.phrases else 0,
        "topic": w.TOPIC * often * described if topics else 0,
        "sector": 1000 * w.SECTOR if request.sectors.stated else guessed,
    }
    total = sum(parts.values()) or 1
    return {
        **{name: w.SUBSTANCE * part // total for name, part in parts.items()},
        "requirement": w.REQUIREMENT if listing.conditions else 0,
        "geography": w.GEOGRAPHY if listing.target_countries else 0,
        "partnership": w.PARTNERSHIP if listing.partnership_types else 0,
        "freshness": w.FRESHNESS,
        "terms": w.TERMS,
        "market": w.MARKET,
    }


def mean_vector(phrases: tuple[Reading, ...]) -> NDArray[np.int16]:
    """Return the mean of phrases' meanings, the first counting most; see :class:`Query`."""
    if not phrases:
        return np.zeros(0, dtype=np.int16)
    decays = w.DECAYS[: len(phrases)]
    summed = sum(d * p.vector.astype(np.int64) for d, p in zip(decays, phrases, strict=True))
    return np.asarray(np.floor_divide(summed * VECTOR_SCALE, sum(decays)), dtype=np.int16)


def mean_grams(phrases: tuple[Reading, ...]) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """Return the mean of phrases' grams, the first counting most; see :class:`Query`."""
    decays = np.array(w.DECAYS[: len(phrases)], dtype=np.int64)
    held = np.concatenate([np.empty(0, np.uint16), *(p.grams for p in phrases)])
    heavy = np.concatenate([np.empty(0, np.uint16), *(p.gram_weights for p in phrases)])
    ends = np.array([len(p.grams) for p in phrases], dtype=np.int64).cumsum()
    means: tuple[NDArray[np.uint16], NDArray[np.int32]] = _mean_grams(held, heavy, ends, decays)
    return means


@compiled
def _mean_grams(
    held: NDArray[np.uint16], heavy: NDArray[np.uint16], ends: NDArray[np.int64], decays: NDArray[np.int64]
) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """Return the grams, rising, and the mean of their weights; those of phrase n lie before ``ends[n]``."""
    order, whole = np.argsort(held), max(1, decays.sum())
    grams, weights = np.empty(len(held), dtype=np.uint16), np.empty(len(held), dtype=np.int32)
    worth = np.empty(len(held), dtype=np.int64)
    at = 0
    for phrase in range(len(ends)):
        while at < ends[phrase]:
            worth[at] = decays[phrase] * np.int64(heavy[at])
            at += 1
    size, at = 0, 0
    while at < len(order):
        gram, summed = held[order[at]], np.int64(0)
        while at < len(order) and held[order[at]] == gram:
            summed += worth[order[at]]
            at += 1
        grams[size], weights[size] = gram, summed * GRAM_SCALE // whole
        size += 1
    return grams[:size], weights[:size]


def nearness(asked: Query, offered: Reading) -> int:
    """Return how near a phrase of an offer is to a request, by letters and meaning, in 1/10,000."""
    _, own, other = np.intersect1d(asked.grams, offered.grams, assume_unique=True, return_indices=True)
    letters = int(asked.gram_weights[own].astype(np.int64) @ offered.gram_weights[other].astype(np.int64))
    near = w.UNIT * letters // (GRAM_SCALE * GRAM_UNIT**2)
    if len(offered.vector):
        dot = int(asked.vector.astype(np.int64) @ offered.vector.astype(np.int64)) if len(asked.vector) else 0
        near = (near + w.UNIT * dot // (VECTOR_SCALE * VECTOR_UNIT**2)) // 2
    return max(0, min(w.UNIT, near))


def nearness_most(asked: Query) -> int:
    """Return the most that :func:`nearness` can be, by the lengths of the vectors (Cauchy and Schwarz)."""
    # A phrase's own vectors are of length 1 but for rounding.
    letters = float(np.linalg.norm(asked.gram_weights)) / (GRAM_SCALE * GRAM_UNIT)
    meant = float(np.linalg.norm(asked.vector.astype(np.float64))) / (VECTOR_SCALE * VECTOR_UNIT)
    near = (letters + meant) / 2 if len(asked.vector) else letters
    return min(w.UNIT, int(w.UNIT * near * ROUNDING) + 1)


def text_most(near_most: int) -> NDArray[np.int32]:
    """Return the most that the value of text can be, by the number of an offer's phrases.

    Parameters
    ----------
    near_most
        The most that a phrase can be near to the request, in 1/10,000.

    Returns
    -------
    numpy.ndarray
        For 0 to :data:`PHRASES_BOUNDED` phrases, and last for any more, in 1/10,000.
    """
    evidence = np.arange(PHRASES_BOUNDED + 1) * w.CLAUSES_EVIDENCE[near_most]
    clauses = np.minimum(w.UNIT, np.searchsorted(w.CLAUSES_EVIDENCE, evidence, side="right") - 1)
    met = w.WORDS_SHARE * w.UNIT + w.CLAUSES_SHARE * np.maximum(near_most, clauses)
    found = np.append(met // (w.WORDS_SHARE + w.CLAUSES_SHARE), w.UNIT).astype(np.int32)
    found[0] = 0
    return found


def coverage(asked: Mapping[Key, int], held: Iterable[Key]) -> int:
    """Return the share of what is asked, by weight, that a phrase holds, in 1/10,000."""
    whole = sum(asked.values())
    met = sum(asked.get(key, 0) for key in held)
    return w.UNIT * met // whole if whole else 0
