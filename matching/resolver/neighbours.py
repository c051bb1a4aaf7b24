"""Which of a set of short texts are near to a text: by words (BM25), runs of letters and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.resolver.features import PAIRS, RUNS, WORDS, Floats, Hashes, Ids, Rows, Vocabulary

# BM25 (Robertson and Zaragoza 2009); titles are short, so that length matters little.
K1: Final = 1.2
B: Final = 0.3
FULL_MARK: Final = 1.3
"""What a word met in a short title weighs, beside its inverse frequency."""
UNKNOWN: Final = 0.5
"""What a word that no title holds takes from the mark, as a share of the rarest word's."""
MEANING_WEIGHT: Final = 2.0
"""Weight of the encoder's cosine beside 1 for words and 1 for runs of letters."""
STEPS: Final = 127
"""A vector's largest number, kept as a whole number of one byte."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near each text of a set is to the one asked about, each about 0 to 1."""

    words: Floats
    runs: Floats
    meaning: Floats

    def whole(self, *, meant: bool) -> Floats:
        """Return the mean of all three, meaning twice; of words and runs where nothing is meant."""
        weight = MEANING_WEIGHT if meant else 0.0
        total = (self.words + self.runs + weight * self.meaning) / (2.0 + weight)
        return np.asarray(total, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Inverted lists over a set of texts, and their vectors.

    Parameters
    ----------
    starts, texts
        For each feature of the vocabulary the texts that hold it, end to end.
    word_factors, run_factors
        For each text what its length makes of a word (BM25) and of a run of letters (cosine).
    vectors, scales
        (texts, dimensions) whole numbers, and for each text what one of them is worth in its unit
        vector; no dimensions without an encoder.
    """

    vocabulary: Vocabulary
    starts: NDArray[np.int64]
    texts: Ids
    word_factors: Floats
    run_factors: Floats
    vectors: NDArray[np.int8]
    scales: Floats

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
        kinds = vocabulary.kinds[rows.ids]
        order = np.argsort(rows.ids, kind="stable")
        # Nobody asks which texts hold a pair of words.
        order = order[kinds[order] != PAIRS]
        starts = np.searchsorted(rows.ids[order], np.arange(len(vocabulary) + 1)).astype(np.int64)
        lengths = np.bincount(owners[kinds == WORDS], minlength=len(rows))
        relative = lengths / max(1e-9, float(lengths.mean())) if len(rows) else lengths
        factors = (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * relative))
        of_runs = kinds == RUNS
        kept = np.bincount(owners[of_runs], minlength=len(rows))
        squares = np.bincount(owners[of_runs], vocabulary.rarity(rows.ids[of_runs]) ** 2, minlength=len(rows))
        squares = squares + (runs - kept) * vocabulary.rarity_of_one**2
        norms = 1.0 / np.sqrt(np.maximum(squares, 1.0))
        largest = np.abs(vectors).max(axis=1, initial=1e-9)
        return cls(
            vocabulary=vocabulary,
            starts=starts,
            texts=owners[order],
            word_factors=factors.astype(np.float32),
            run_factors=norms.astype(np.float32),
            vectors=np.rint(vectors * (STEPS / largest)[:, None]).astype(np.int8),
            scales=(largest / STEPS).astype(np.float32),
        )

    def likeness(self, found: Hashes, vector: Floats) -> Likeness:
        """Return how near each text is.

        Parameters
        ----------
        found
            The text asked about, through :func:`matching.resolver.features.hashed`.
        vector
            Its vector in the dimensions of :attr:`vectors`; zeros when unknown.
        """
        return Likeness(
            self._words(found[WORDS]), self._runs(found[RUNS]), cosines(self.vectors, self.scales, vector)
        )

    def _words(self, hashes: list[int]) -> Floats:
        """Return BM25, divided by what a short text with all the words would have."""
        ids = self.vocabulary.find(hashes, WORDS)
        size, held = self.vocabulary.texts, self.vocabulary.counts[ids]
        idf = np.log(1.0 + (size - held + 0.5) / (held + 0.5))
        full = FULL_MARK * idf.sum() + (len(hashes) - len(ids)) * UNKNOWN * np.log(1.0 + size / 0.5)
        return summed(
            ids, (idf / (full or 1.0)).astype(np.float32), self.starts, self.texts, self.word_factors
        )

    def _runs(self, hashes: list[int]) -> Floats:
        """Return the cosine of the runs of letters, rare ones weighing more."""
        ids = self.vocabulary.find(hashes, RUNS)
        rarity = self.vocabulary.rarity(ids)
        length = np.float32(np.linalg.norm(rarity) or 1.0)
        return summed(ids, rarity * rarity / length, self.starts, self.texts, self.run_factors)


@njit(cache=True, nogil=True, error_model="numpy")
def summed(ids: Ids, weights: Floats, starts: NDArray[np.int64], texts: Ids, factors: Floats) -> Floats:
    """Return for each text the sum of the weights of those features that it holds, times its factor."""
    total = np.zeros(len(factors), dtype=np.float32)
    for number in range(len(ids)):
        weight = weights[number]
        for at in range(starts[ids[number]], starts[ids[number] + 1]):
            total[texts[at]] += weight
    return total * factors


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def cosines(vectors: NDArray[np.int8], scales: Floats, vector: Floats) -> Floats:
    """Return the cosine of each text's vector with another one; 0 where it is below."""
    found = np.zeros(len(vectors), dtype=np.float32)
    for row in range(len(vectors)):
        total = np.float32(0.0)
        for column in range(len(vector)):
            total += vector[column] * np.float32(vectors[row, column])
        found[row] = max(np.float32(0.0), total * scales[row])
    return found
