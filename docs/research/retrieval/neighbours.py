"""Sector shares of a text from its neighbours among the titles of classifications (interim).

A resolver of its own replaces it; relevance only needs :class:`matching.forms.SectorGuess`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.forms import grams
from matching.normalise import clean, fold, words_of
from matching.relevance import Table
from matching.semantic import Encoder
from matching.shelf import Postings

NEIGHBOURS: Final = 40
"""Titles that count."""
TEMPERATURE: Final = 0.05
"""How fast a title's say falls with its distance."""
TEXT_CHARS: Final = 600
"""Characters of a text that count."""
K1: Final = 1.2
B: Final = 0.3
PARTS: Final = (0.25, 0.25, 0.5)
"""Weights of words, character grams and meaning."""


class Neighbours:
    """Titles with their classes, and the way to the nearest of them.

    Parameters
    ----------
    entries
        (title, ISIC class); a title may come with several classes.
    encoder
        Also for the texts; without dimensions the words decide alone.
    """

    def __init__(self, entries: Iterable[tuple[str, str]], encoder: Encoder) -> None:
        classes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for title, code in entries:
            classes[title][code] += 1
        titles = list(classes)
        self._encoder = encoder
        self._classes = [{c: n / owners.total() for c, n in owners.items()} for owners in classes.values()]
        words = [Counter(fold(word) for word in words_of(clean(title))) for title in titles]
        self._table = Table.of(words)
        self._words = Postings(self._bm25(bag) for bag in words)
        spelt = [grams(title) for title in titles]
        self._gram_table = Table.of(spelt)
        self._grams = Postings(self._cosine(bag) for bag in spelt)
        self._vectors = encoder.encode(titles)

    def shares(self, text: str, language: str, vector: NDArray[np.float32]) -> Mapping[str, float]:
        """Return class → share; see :class:`matching.forms.SectorGuess`."""
        shown = text[:TEXT_CHARS]
        near = self._near(shown)
        if not len(near) or near.max() <= 0:
            return {}
        top = np.argsort(-near, kind="stable")[:NEIGHBOURS]
        say = np.exp((near[top] - near[top[0]]) / TEMPERATURE)
        found: defaultdict[str, float] = defaultdict(float)
        for title, weight in zip(top.tolist(), (say / say.sum()).tolist(), strict=True):
            for code, share in self._classes[title].items():
                found[code] += weight * share
        return found

    def _near(self, text: str) -> NDArray[np.float64]:
        """Return the similarity of a text to every title."""
        words = dict.fromkeys((fold(word) for word in words_of(clean(text))), 1.0)
        rarity = {word: self._table.rarity(word) for word in words}
        best = sum(rarity.values()) * (K1 + 1) or 1.0
        near = PARTS[0] * self._words.total(rarity) / best
        near += PARTS[1] * self._grams.total(self._cosine(grams(text)))
        if self._vectors.size:
            near += PARTS[2] * np.maximum(0.0, self._vectors @ self._encoder.encode([text])[0])
        return np.asarray(near, dtype=np.float64)

    def _bm25(self, bag: Mapping[str, int]) -> dict[object, float]:
        length = sum(bag.values())
        return {w: n * (K1 + 1) / (n + K1 * (1 - B + B * length / self._table.mean)) for w, n in bag.items()}

    def _cosine(self, bag: Mapping[str, int]) -> dict[object, float]:
        raw = {gram: (1 + float(np.log(n))) * self._gram_table.spread(gram) for gram, n in bag.items()}
        norm = float(np.sqrt(sum(w * w for w in raw.values()))) or 1.0
        return {gram: weight / norm for gram, weight in raw.items()}
