"""A listing that asks, and the segments that answer: the compiled loops, and the judging of conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching import kernels
from matching import weights as w
from matching.asking import Asking
from matching.room import Room
from matching.segments import Segment
from matching.types import Hit

SEEDS: Final = 16
"""Among so many times the wanted number, of those that cover most, lie the first to be scored."""
CHUNK: Final = 4
"""So many times as many as are wanted are scored first, and then so many times as many each time, before
the bar is set anew.  With the wanted number alone the first bar is so low that a quarter of all pass it."""

Places = NDArray[np.int32]


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
        """Return the k best listings that reach a minimum, by total and then by id; k from 1."""
        best = Best(k, minimum)
        for segment in sorted(segments, key=len, reverse=True):
            self._search(segment, best)
        return best.hits()

    def count(self, segments: Sequence[Segment], minimum: float) -> int:
        """Return how many listings reach a minimum."""
        reached = 0
        for segment in segments:
            covering, covered = self._cover(segment)
            places, covers, _ = kernels.reaching(
                segment.arrays, self.asker.arrays, covering, covered, w.UNIT + 1, minimum
            )
            reached += len(self._scored(segment, places, covers, minimum)[0])
        return reached

    def _search(self, segment: Segment, best: Best) -> None:
        """Score the listings of a segment that may be among the best, the most promising first.

        Those that cover most of the capabilities set the bar; whoever can still reach it comes next.
        """
        covering, covered = self._cover(segment)
        arguments = segment.arrays, self.asker.arrays
        seed = kernels.seed_value(covered, SEEDS * best.k)
        high = covered >= seed
        places, covers = covering[high], covered[high]
        most = kernels.upper(*arguments, places, covers)
        chunk, seeding = CHUNK * best.k, True
        while seeding or len(places):
            chosen = _highest(most, chunk)
            best.take(*self._scored(segment, places[chosen], covers[chosen], best.bar))
            places, covers, most = places[~chosen], covers[~chosen], most[~chosen]
            if seeding:
                others = kernels.reaching(*arguments, covering, covered, seed, best.bar)
                places, covers, most = map(np.concatenate, zip((places, covers, most), others, strict=True))
            left = most >= best.bar
            places, covers, most = places[left], covers[left], most[left]
            chunk, seeding = CHUNK * chunk, False

    def _scored(
        self, segment: Segment, places: Places, covers: Places, bar: float
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return totals and ids of the listings that reach a bar, their conditions judged."""
        places, covers, totals, unjudged = kernels.reached(*self._arguments(segment), places, covers, bar)
        if unjudged.any():
            values = segment.columns["values"][places[unjudged]]
            self.asker.judge(values[:, kernels.FACTS], values[:, kernels.CONDITIONS])
            totals[unjudged] = kernels.totals(
                *self._arguments(segment), places[unjudged], covers[unjudged], bar
            )
        ids = segment.ids[places]
        good = (totals >= bar) & (totals >= 0.0) & (ids != self.own_id)
        return totals[good], ids[good]

    def _cover(self, segment: Segment) -> tuple[Places, Places]:
        covered: tuple[Places, Places] = kernels.cover(segment.arrays, self.asker.arrays, self.room.scratch)
        return covered

    def _arguments(
        self, segment: Segment
    ) -> tuple[kernels.Segment, kernels.Phrases, kernels.Asker, kernels.Scratch, int]:
        stamp = self.room.stamp(self.asker, segment)
        return segment.arrays, self.columns, self.asker.arrays, self.room.scratch, stamp


class Best:
    """The best that were found so far.

    Parameters
    ----------
    k, minimum
        How many are wanted, from 1, and the least total.
    """

    def __init__(self, k: int, minimum: float) -> None:
        self.k = k
        self.bar = minimum
        self._totals = np.zeros(0, dtype=np.float64)
        self._ids = np.zeros(0, dtype=np.int64)

    def take(self, totals: NDArray[np.float64], ids: NDArray[np.int64]) -> None:
        """Take in further listings; who reaches less than the k-th best falls."""
        totals, ids = np.concatenate((self._totals, totals)), np.concatenate((self._ids, ids))
        if len(totals) >= self.k:
            self.bar = max(self.bar, float(np.partition(totals, -self.k)[-self.k]))
        good = totals >= self.bar
        self._totals, self._ids = totals[good], ids[good]

    def hits(self) -> list[Hit]:
        """Return the k best, by total and then by id."""
        order = np.lexsort((self._ids, -self._totals))[: self.k]
        return [
            Hit(*pair) for pair in zip(self._ids[order].tolist(), self._totals[order].tolist(), strict=True)
        ]


def _highest(values: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """Return which values are among the highest, at least so many and all that equal them."""
    if len(values) <= count:
        return np.ones(len(values), dtype=np.bool_)
    highest: NDArray[np.bool_] = values >= np.partition(values, -count)[-count]
    return highest
