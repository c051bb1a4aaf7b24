"""How far every listing covers what is asked."""

from __future__ import annotations

import numpy as np

from matching.compiling import compiled
from matching.kernels.arrays import (
    BINS,
    TOLD_PERCENT,
    UNIT,
    Asker,
    Phrases,
    Scratch,
    Segment,
    Whole,
)


@compiled
def cover(seg: Segment, ph: Phrases, a: Asker, s: Scratch) -> Whole:
    """Add up what every listing covers of what is asked; return how many listings cover anything.

    ``met`` then holds the sum of weight times similarity, ``touched`` the places where it is not 0, and
    ``grams`` those of a request.
    """
    gram_ids, gram_weights, grams = a.grams, a.gram_weights, s.grams
    for at in range(len(gram_ids)):
        grams[gram_ids[at]] = gram_weights[at]
    starts, posts, weights = seg.post_starts, seg.posts, ph.weights
    row_ends, row_ids, row_values, asked = a.row_ends, a.row_ids, a.row_values, a.asked
    met, mark, best, touched = s.met, s.mark, s.best, s.touched
    forward = a.forward
    size = 0
    for row in range(len(row_ends) - 1):
        for at in range(row_ends[row], row_ends[row + 1]):
            n, value = row_ids[at], row_values[at]
            if n >= len(starts) - 1:
                continue
            told = value * TOLD_PERCENT // 100
            for post in range(starts[n], starts[n + 1]):
                place, named = posts[post] >> 1, posts[post] & 1
                if forward:
                    # The best phrase of the offer for this capability; the rows are not sorted.
                    counted = value if named else told
                    before = best[place] if mark[place] == row else 0
                    added = asked[row] * max(0, counted - before)
                    if counted > before:
                        mark[place], best[place] = row, counted
                else:
                    # Asked phrases of a request are distinct: each is met once, by the best row.
                    added = np.int64(weights[n]) * value if named else 0
                if added > 0:
                    if met[place] == 0:
                        touched[size] = place
                        size += 1
                    met[place] += added
    for at in range(size):
        mark[touched[at]] = -1
    return size


@compiled
def to_capability(seg: Segment, a: Asker, s: Scratch, size: Whole) -> None:
    """Turn the sums of :func:`cover` into values of capability."""
    met, touched, whole, forward = s.met, s.touched, a.weights[11], a.forward
    asked_whole = seg.asked_whole
    for at in range(size):
        place = touched[at]
        met[place] //= whole if forward else max(1, asked_whole[place])


@compiled
def clean(a: Asker, s: Scratch, size: Whole) -> None:
    """Leave the room as it was found."""
    met, touched, gram_ids, grams = s.met, s.touched, a.grams, s.grams
    for at in range(len(gram_ids)):
        grams[gram_ids[at]] = 0
    for at in range(size):
        met[touched[at]] = 0


@compiled
def seed_value(s: Scratch, size: Whole, wanted: Whole) -> Whole:
    """Return a value of capability, from 1, that so many listings reach, if so many cover anything."""
    bins = np.zeros(BINS + 1, dtype=np.int64)
    met, touched = s.met, s.touched
    for at in range(size):
        bins[np.int64(met[touched[at]]) * BINS // UNIT] += 1
    reached = 0
    for value in range(BINS, 0, -1):
        reached += bins[value]
        if reached >= wanted:
            return max(1, value * UNIT // BINS)
    return 1
