"""Room for the compiled loops to work in: arrays that a thread keeps from one question to the next."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching import kernels
from matching.asking import Asking
from matching.reading import GRAM_BITS
from matching.segments import Segment

LAST_STAMP: Final = (1 << 31) - 1
"""The largest that fits beside what was found in a phrase."""


class Room:
    """A thread's room for the compiled loops; it grows with the index."""

    def __init__(self) -> None:
        self._sizes = (0, 0, 0, 0)
        # Of what is found in phrases by requests, and in words by offers.
        self._phrase_stamp = 0
        self._word_stamp = 0
        self._asker: Asking | None = None
        self.scratch = _scratch(0, 0, 0, 0)

    def reserve(self, *sizes: int) -> None:
        """Make sure that there is room for so many places, phrases, words and topics."""
        if any(size > held for size, held in zip(sizes, self._sizes, strict=True)):
            self._sizes = tuple(  # type: ignore[assignment]
                max(held, size * 5 // 4 + 16) for size, held in zip(sizes, self._sizes, strict=True)
            )
            self.scratch = _scratch(*self._sizes)

    def stamp(self, asker: Asking, segment: Segment) -> int:
        """Return a stamp that was never used.

        What a request finds in a phrase holds for all segments: it keeps its stamp.  An offer has one for
        each place behind it.
        """
        if not asker.arrays.forward:
            self._word_stamp += len(segment) + 1
            return self._word_stamp - len(segment)
        if self._asker is not asker:
            self._asker = asker
            self._phrase_stamp += 1
            if self._phrase_stamp > LAST_STAMP:
                self.scratch, self._phrase_stamp = _scratch(*self._sizes), 1
        return self._phrase_stamp


def _scratch(places: int, phrases: int, words: int, topics: int) -> kernels.Scratch:
    return kernels.Scratch(
        sums=np.zeros((places, 2), dtype=np.int32),
        places=np.zeros(places, dtype=np.int32),
        covered=np.zeros(places, dtype=np.int32),
        read=np.zeros((phrases, 4), dtype=np.int32),
        grams=np.zeros(1 << GRAM_BITS, dtype=np.int32),
        gram_sums=np.zeros(1 << GRAM_BITS, dtype=np.int64),
        word_stamp=np.zeros(words, dtype=np.int64),
        topic_counts=np.zeros(topics, dtype=np.int64),
    )
