"""Texts as sparse rows: words, pairs of words and runs of letters, found again by their hashes.

A feature is known by the CRC-32 of its letters, so that a vocabulary is one sorted array that
maps from a file; of 100,000 features about one shares its hash with another, which is no matter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matching.folding import fold
from matching.normalise import TEXT_CHARS, clean, tokens_of

WORDS: Final = 0
PAIRS: Final = 1
RUNS: Final = 2
KINDS: Final = (WORDS, PAIRS, RUNS)

RUN_LENGTHS: Final = (3, 4, 5)
"""Letters of a run, a word's edges among them."""
WORDS_MOST: Final = 60
"""Words of a text that are looked at."""
PAIR_WEIGHT: Final = 0.5
"""Weight of the pairs beside 1 for words and 1 for runs of letters (chosen on English phrases)."""
_WEIGHTS: Final = {WORDS: 1.0, PAIRS: PAIR_WEIGHT, RUNS: 1.0}
_RARE: Final = {WORDS: 1, PAIRS: 2, RUNS: 2}
"""A feature of fewer texts than this is not kept."""

_WORD: Final = re.compile(r"\w+")

Ids = NDArray[np.int32]
Floats = NDArray[np.float32]
Hashes = tuple[list[int], list[int], list[int]]
"""Of a text's words, pairs and runs of letters."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Sparse rows, end to end.

    Parameters
    ----------
    starts
        Where each row begins, and the end of the last.
    ids, values
        The columns that are not 0, and what stands there.
    """

    starts: NDArray[np.int64]
    ids: Ids
    values: Floats

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.starts) - 1


def hashed(text: str, language: str = "") -> Hashes:
    """Return the hashes of a text's distinct words, pairs and runs of letters, in order."""
    cleaned = clean(text, TEXT_CHARS)
    stems = [token.stem for token in tokens_of(cleaned, language)][:WORDS_MOST]
    words = _WORD.findall(fold(cleaned))[: 2 * WORDS_MOST]
    edged = [f"<{word[:40]}>" for word in words]
    return (
        _hashes("w", stems),
        _hashes("p", [f"{a} {b}" for a, b in pairwise(stems)]),
        _hashes("r", [w[i : i + n] for w in edged for n in RUN_LENGTHS for i in range(len(w) - n + 1)]),
    )


def _hashes(kind: str, features: Sequence[str]) -> list[int]:
    return list(dict.fromkeys(crc32((kind + feature).encode()) for feature in features))


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The features of a set of texts.

    Parameters
    ----------
    keys
        Hashes, sorted.
    kinds
        What each is: :data:`WORDS`, :data:`PAIRS` or :data:`RUNS`.
    counts
        How many texts hold it.
    texts
        How many texts there are.
    """

    keys: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    counts: Ids
    texts: int

    @classmethod
    def of(cls, texts: Sequence[Hashes]) -> Vocabulary:
        """Return the vocabulary of texts that went through :func:`hashed`."""
        parts = []
        for kind in KINDS:
            every = np.array([h for text in texts for h in text[kind]], dtype=np.uint32)
            keys, counts = np.unique(every, return_counts=True)
            kept = counts >= _RARE[kind]
            parts.append((keys[kept], np.full(kept.sum(), kind, dtype=np.uint8), counts[kept]))
        keys, kinds, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], kinds[order], counts[order].astype(np.int32), len(texts))

    def __len__(self) -> int:
        """Return the number of features."""
        return len(self.keys)

    def find(self, hashes: Sequence[int], kind: int) -> Ids:
        """Return where the known ones among some hashes of one kind stand."""
        wanted = np.array(hashes, dtype=np.uint32)
        if not len(self) or not len(wanted):
            return np.empty(0, dtype=np.int32)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self) - 1)
        known = (self.keys[at] == wanted) & (self.kinds[at] == kind)
        return np.asarray(at[known], dtype=np.int32)

    def rarity(self, ids: Ids) -> Floats:
        """Return how much features weigh for being rare: 1 + ln((1 + texts) / (1 + texts that hold it))."""
        held = self.counts[ids].astype(np.float32)
        return np.asarray(1.0 + np.log((1.0 + self.texts) / (1.0 + held)), dtype=np.float32)

    @property
    def rarity_of_one(self) -> float:
        """What a feature of a single text would weigh."""
        return 1.0 + math.log((1.0 + self.texts) / 2.0)

    def row(self, found: Hashes) -> tuple[Ids, Floats]:
        """Return a text as columns and values: each kind of unit length times its weight."""
        columns, values = [], []
        for kind in KINDS:
            ids = self.find(found[kind], kind)
            weights = self.rarity(ids)
            length = float(np.linalg.norm(weights)) or 1.0
            columns.append(ids)
            values.append(weights * np.float32(_WEIGHTS[kind] / length))
        return np.concatenate(columns), np.concatenate(values)

    def rows(self, texts: Sequence[Hashes]) -> Rows:
        """Return texts as sparse rows."""
        pairs = [self.row(text) for text in texts]
        starts = np.cumsum([0, *(len(ids) for ids, _ in pairs)], dtype=np.int64)
        none: tuple[Ids, Floats] = (np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32))
        ids, values = zip(*pairs, strict=True) if pairs else ((none[0],), (none[1],))
        return Rows(starts, np.concatenate(ids), np.concatenate(values))
