"""Which of a set of short texts are near to a text: by words (BM25), runs of letters and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.features import RUNS, WORDS, Floats, Ids, Rows, Vocabulary
from matching.linear import spans

MOST: Final = 150
"""Neighbours returned."""
# BM25 (Robertson and Zaragoza 2009); titles are short, so that length matters little.
K1: Final = 1.2
B: Final = 0.3
FULL_MARK: Final = 1.3
"""What a word met in a short title weighs, beside its inverse frequency."""
UNKNOWN: Final = 0.5
"""What a word that no title holds takes from the mark, as a share of the rarest word's."""
MEANING_WEIGHT: Final = 2.0
"""Weight of the encoder's cosine beside 1 for words and 1 for runs of letters."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Inverted lists over a set of texts, and their vectors.

    Parameters
    ----------
    starts, texts
        For each feature of the vocabulary the texts that hold it, end to end.
    word_factors, run_factors
        For each text what its length makes of a word (BM25) and of a run of letters (cosine).
    vectors
        (texts, dimensions), unit rows; no dimensions without an encoder.
    """

    vocabulary: Vocabulary
    starts: NDArray[np.int64]
    texts: Ids
    word_factors: Floats
    run_factors: Floats
    vectors: Floats

    @classmethod
    def of(cls, vocabulary: Vocabulary, rows: Rows, runs: Ids, vectors: Floats) -> Neighbours:
        """Return the lists for sparse rows over a vocabulary.

        Parameters
        ----------
        vocabulary
            Of the rows.
        rows
            The texts.
        runs
            How many distinct runs of letters each text has, those too rare for the vocabulary among
            them: they make a text longer (without them .575 against .584 of English phrases).
        vectors
            (texts, dimensions), unit rows.
        """
        owners = np.repeat(np.arange(len(rows), dtype=np.int32), np.diff(rows.starts))
        order = np.argsort(rows.ids, kind="stable")
        starts = np.searchsorted(rows.ids[order], np.arange(len(vocabulary) + 1)).astype(np.int64)
        kinds = vocabulary.kinds[rows.ids]
        lengths = np.bincount(owners[kinds == WORDS], minlength=len(rows))
        relative = lengths / (lengths.mean() or 1.0) if len(rows) else lengths
        factors = (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * relative))
        of_runs = kinds == RUNS
        kept = np.bincount(owners[of_runs], minlength=len(rows))
        squares = np.bincount(owners[of_runs], vocabulary.rarity(rows.ids[of_runs]) ** 2, minlength=len(rows))
        squares = squares + (runs - kept) * vocabulary.rarity_of_one**2
        norms = 1.0 / np.sqrt(np.maximum(squares, 1.0))
        return cls(
            vocabulary, starts, owners[order], factors.astype(np.float32), norms.astype(np.float32), vectors
        )  # fmt: skip

    def likeness(self, found: tuple[list[int], list[int], list[int]], vector: Floats) -> Floats:
        """Return how near each text is, about 0 to 1.

        Parameters
        ----------
        found
            The text asked about, through :func:`matching.features.hashed`.
        vector
            Its vector in the dimensions of :attr:`vectors`; zeros when unknown.
        """
        total = self._words(found[WORDS]) + self._runs(found[RUNS])
        if not self.vectors.shape[1]:
            return np.asarray(total / 2.0, dtype=np.float32)
        near = np.maximum(0.0, self.vectors @ vector)
        return np.asarray((total + MEANING_WEIGHT * near) / (2.0 + MEANING_WEIGHT), dtype=np.float32)

    def _words(self, hashes: list[int]) -> NDArray[np.float64]:
        """Return BM25, divided by what a short text with all the words would have."""
        ids = self.vocabulary.find(hashes, WORDS)
        size, held = self.vocabulary.texts, self.vocabulary.counts[ids]
        idf = np.log(1.0 + (size - held + 0.5) / (held + 0.5))
        full = FULL_MARK * idf.sum() + (len(hashes) - len(ids)) * UNKNOWN * np.log(1.0 + size / 0.5)
        return self._summed(ids, idf) * self.word_factors / (full or 1.0)

    def _runs(self, hashes: list[int]) -> NDArray[np.float64]:
        """Return the cosine of the runs of letters, rare ones weighing more."""
        ids = self.vocabulary.find(hashes, RUNS)
        rarity = self.vocabulary.rarity(ids).astype(np.float64)
        length = float(np.linalg.norm(rarity)) or 1.0
        return self._summed(ids, rarity * rarity / length) * self.run_factors

    def _summed(self, ids: Ids, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each text the sum of the weights of those features that it holds."""
        begins = self.starts[ids]
        counts = self.starts[ids + 1] - begins
        held = self.texts[spans(begins, counts)]
        summed = np.bincount(held, np.repeat(weights, counts), minlength=len(self.word_factors))
        return np.asarray(summed, dtype=np.float64)


def best(likeness: Floats, most: int = MOST) -> NDArray[np.int64]:
    """Return the numbers of the nearest texts that are near at all, best first, ties by number."""
    order = np.flatnonzero(likeness > 0)
    if len(order) > most:
        least = np.partition(likeness[order], len(order) - most)[len(order) - most]
        order = order[likeness[order] >= least]
    return order[np.argsort(-likeness[order], kind="stable")][:most]
