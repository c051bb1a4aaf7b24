"""A listing that asks, and the segments that answer: the compiled loops, and the judging of conditions."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching import kernels
from matching.asking import Asking
from matching.room import Room
from matching.segments import Segment
from matching.types import Hit

SPARE: Final = 32
"""More listings than wanted are asked for: some fall when their conditions are judged."""

Scored = tuple[float, int]
"""The negative total of a listing, and its id: in order, the best come first."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the segments are asked.

    Parameters
    ----------
    asker, own_id
        The listing that asks, ready, and its id: it is not its own partner.
    columns
        Of the phrases.
    room
        Of the thread that asks.
    """

    asker: Asking
    own_id: int
    columns: kernels.Phrases
    room: Room

    def best(self, segments: Sequence[Segment], k: int, minimum: float) -> list[Hit]:
        """Return the k best listings that reach a minimum, by total and then by id."""
        hits: list[Scored] = []
        for segment in sorted(segments, key=len, reverse=True):
            with self._entered(segment) as size:
                hits = self._merged(segment, size, hits, k, minimum)
        return [Hit(listing_id, -total) for total, listing_id in hits]

    def count(self, segments: Sequence[Segment], minimum: float) -> int:
        """Return how many listings reach a minimum."""
        reached = 0
        for segment in segments:
            with self._entered(segment) as size:
                reached += len(self._reaching(segment, size, minimum))
        return reached

    def _merged(
        self, segment: Segment, size: int, hits: list[Scored], k: int, minimum: float
    ) -> list[Scored]:
        """Return the k best of those found before and those of a segment."""
        bar, wanted = _bar(hits, k, minimum), k + SPARE
        places, totals = kernels.best(*self._arguments(segment), size, wanted, bar)
        missed = float(np.partition(totals, -wanted)[-wanted]) if len(places) >= wanted else -1.0
        found = heapq.nsmallest(k, [*hits, *self._judged(segment, places, totals, bar)])
        bar = _bar(found, k, minimum)
        if missed >= bar:
            # Who was not returned may yet be among the best: now the bar is known, and all that can pass it.
            found = heapq.nsmallest(k, [*hits, *self._reaching(segment, size, bar)])
        return found

    def _reaching(self, segment: Segment, size: int, minimum: float) -> list[Scored]:
        places, totals = kernels.reaching(*self._arguments(segment), size, minimum)
        return self._judged(segment, places, totals, minimum)

    def _judged(
        self, segment: Segment, places: NDArray[np.int64], totals: NDArray[np.float64], minimum: float
    ) -> list[Scored]:
        """Return the listings that reach a minimum once their conditions are judged."""
        values, arrays = segment.columns["values"][places], self.asker.arrays
        facts, conditions = values[:, kernels.FACTS], values[:, kernels.CONDITIONS]
        unjudged = (arrays.facts_worth[facts] == kernels.UNJUDGED) | (
            arrays.conditions_worth[conditions] == kernels.UNJUDGED
        )
        if unjudged.any():
            self.asker.judge(facts, conditions)
            totals[unjudged] = kernels.totals(*self._arguments(segment), places[unjudged])
        ids = segment.ids[places]
        good = (totals >= minimum) & (totals >= 0) & (ids != self.own_id)
        return list(zip((-totals[good]).tolist(), ids[good].tolist(), strict=True))

    def _arguments(
        self, segment: Segment
    ) -> tuple[kernels.Segment, kernels.Phrases, kernels.Asker, kernels.Scratch, int]:
        stamp = self.room.stamp(self.asker, segment)
        return segment.arrays, self.columns, self.asker.arrays, self.room.scratch, stamp

    @contextmanager
    def _entered(self, segment: Segment) -> Iterator[int]:
        scratch, asker = self.room.scratch, self.asker.arrays
        size = kernels.enter(segment.arrays, self.columns, asker, scratch)
        try:
            yield size
        finally:
            kernels.leave(asker, scratch, size)


def _bar(hits: Sequence[Scored], k: int, minimum: float) -> float:
    return max(minimum, -hits[-1][0]) if len(hits) == k else minimum
