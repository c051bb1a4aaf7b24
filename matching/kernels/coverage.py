"""How far every listing covers what is asked."""

from __future__ import annotations

import numpy as np

from matching.compiling import compiled
from matching.kernels.arrays import (
    BEST_BITS,
    BEST_MASK,
    BINS,
    TOLD_PERCENT,
    UNIT,
    Asker,
    Ints,
    Scratch,
    Segment,
    Whole,
)
from matching.narrow import number


@compiled
def cover(seg: Segment, a: Asker, s: Scratch) -> tuple[Ints, Ints]:
    """Return the listings of a segment that cover anything of what is asked, and how far.

    Returns
    -------
    places, covered
        Rising places, and the values of capability in 1/10,000, more than 0.  They lie in the room, and
        stay there until it is used again.
    """
    starts, posts, weights = seg.post_starts, seg.posts, a.form_weights
    row_ends, row_ids, row_values, asked = a.row_ends, a.row_ids, a.row_values, a.asked
    # For each place the sum of weight times similarity, and the row that met last with its best value.
    sums, forward = s.sums, a.forward
    for row in range(len(row_ends) - 1):
        for at in range(row_ends[row], row_ends[row + 1]):
            n, value = row_ids[at], row_values[at]
            if n >= len(starts) - 1:
                continue
            told = value * TOLD_PERCENT // 100
            for post in range(starts[n], starts[n + 1]):
                held = number(posts, post)
                place, named = held >> 1, held & 1
                if forward:
                    # The best phrase of the offer for this capability; the rows are not sorted.  Without a
                    # branch: which phrase is the better one is nothing that a processor can foresee.
                    last = sums[place, 1]
                    before = last & BEST_MASK if last >> BEST_BITS == row + 1 else 0
                    better = max(before, value if named else told)
                    sums[place, 0] += asked[row] * (better - before)
                    sums[place, 1] = (row + 1) << BEST_BITS | better
                elif named:
                    # Asked phrases of a request are distinct: each is met once, by the best row.
                    sums[place, 0] += weights[n] * value
    places, covered, whole, asked_whole = s.places, s.covered, a.weights[11], seg.asked_whole
    touched = 0
    for place in range(len(seg.alive)):
        places[touched] = place
        touched += sums[place, 0] > 0
    size = 0
    for at in range(touched):
        place = places[at]
        value = sums[place, 0] // (whole if forward else max(1, asked_whole[place]))
        sums[place, 0] = sums[place, 1] = 0
        places[size], covered[size] = place, value
        size += value > 0
    return places[:size], covered[:size]


@compiled
def seed_value(covered: Ints, wanted: Whole) -> Whole:
    """Return a value of capability, from 1, that so many listings reach, if so many cover anything."""
    bins = np.zeros(BINS + 1, dtype=np.int64)
    for value in covered:
        bins[np.int64(value) * BINS // UNIT] += 1
    reached = 0
    for bin_ in range(BINS, 0, -1):
        reached += bins[bin_]
        if reached >= wanted:
            return max(1, bin_ * UNIT // BINS)
    return 1
