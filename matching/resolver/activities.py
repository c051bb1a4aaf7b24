"""What is done, beside what it is done with: activities recognised by their words in many languages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.folding import fold
from matching.normalise import clean, words_of
from matching.words import read_sections

_TABLE: Final = read_sections("activities.txt")
ACTIVITIES: Final = tuple(_TABLE)
"""Names of the activities, in the order of the columns of :func:`activity_rows`."""

SMOOTHING: Final = 3.0
"""Titles' worth of its division's habits that is mixed into those of a class."""
RATE_MINIMUM: Final = 0.02
"""No class never, and none always, names an activity."""

_ARTICLE: Final = "ال"
_WHOLE: Final = {
    word.removeprefix("="): frozenset(n for n, words in enumerate(_TABLE.values()) if word in words)
    for words in _TABLE.values()
    for word in words
    if word.startswith("=")
}
_BEGINNINGS: Final = {
    begin: frozenset(n for n, words in enumerate(_TABLE.values()) if begin in words)
    for words in _TABLE.values()
    for begin in words
    if not begin.startswith("=")
}
_NONE: Final[frozenset[int]] = frozenset()


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> frozenset[int]:
    """Return the activities that a folded word stands for; an Arabic article before it is no matter."""
    forms = (word, word.removeprefix(_ARTICLE))
    begun = (_BEGINNINGS.get(form[:end], _NONE) for form in forms for end in range(1, len(form) + 1))
    return _WHOLE.get(word, _NONE).union(*begun)


def activities_in(text: str) -> frozenset[int]:
    """Return the activities that a text names, as positions in :data:`ACTIVITIES`."""
    return _NONE.union(*(_of_word(fold(word)) for word in words_of(clean(text))))


def activity_rows(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return for each text a row with 1 for each activity that it names, else 0."""
    rows = np.zeros((len(texts), len(ACTIVITIES)), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        row[sorted(activities_in(text))] = 1.0
    return rows


def activity_rates(
    named: NDArray[np.float32], shares: NDArray[np.float32], groups: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return how often the texts of a class name an activity.

    Parameters
    ----------
    named
        Rows of :func:`activity_rows`, (texts, activities).
    shares
        How far each text stands for each class, (texts, classes).
    groups
        For each class the number of its division, whose habits fill in where it has few texts.

    Returns
    -------
    ndarray
        (classes, activities), each between :data:`RATE_MINIMUM` and 1 less that.
    """
    hits = shares.T @ named
    sizes = shares.sum(axis=0)[:, None]
    everywhere = named.mean(axis=0) if len(named) else np.zeros(named.shape[1], dtype=np.float32)
    rates = np.empty_like(hits)
    for group in np.unique(groups):
        inside = groups == group
        habit = (hits[inside].sum(axis=0) + everywhere) / (sizes[inside].sum() + 1.0)
        rates[inside] = (hits[inside] + SMOOTHING * habit) / (sizes[inside] + SMOOTHING)
    return np.clip(rates, RATE_MINIMUM, 1.0 - RATE_MINIMUM).astype(np.float32)
