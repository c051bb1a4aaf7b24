"""The compiled loops: many pairs scored at once, in whole numbers, as :mod:`matching.score` defines them.

A request is compared with all offers of a segment, or an offer with all requests, in three steps.
First the postings of the phrases alike to what is asked are walked, which gives every listing's
coverage of the capabilities.  Then the few that cover most are scored: the least of the best is the
bar.  At last every other listing is scored as far as it can still pass the bar, cheapest comparisons
first; one that cannot is left.  The answer is the same as that of scoring every pair.

The loops take their arrays out of the tuples first: to reach through a tuple in a loop costs more
than the work.  ``nogil`` lets threads work side by side.
"""

from __future__ import annotations

import numpy as np

from matching.compiling import compiled
from matching.kernels.arrays import (
    HUNDREDTH,
    SEEDS,
    UNIT,
    Asker,
    Ints,
    Phrases,
    Scratch,
    Segment,
    Whole,
)
from matching.kernels.circumstances import circumstances
from matching.kernels.coverage import clean, cover, seed_value, to_capability
from matching.kernels.offers import totals_of_offers
from matching.kernels.requests import totals_of_requests


@compiled
def _totals(
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, candidates: Ints, bar: float
) -> Ints:
    if a.forward:
        offers: Ints = totals_of_offers(seg, ph, a, s, stamp, candidates, bar)
        return offers
    requests: Ints = totals_of_requests(seg, ph, a, s, stamp, candidates, bar)
    return requests


@compiled
def _upper(seg: Segment, a: Asker, s: Scratch, candidates: Ints) -> Ints:
    """Return the most that the totals of listings can be, -1 for pairs that cannot be."""
    earned, wholes = np.empty(len(candidates), dtype=np.int64), np.ones(len(candidates), dtype=np.int64)
    circumstances(seg, a, candidates, earned, wholes)
    met, given, weights, forward = s.met, a.weights, seg.weights, a.forward
    found = np.full(len(candidates), -1.0)
    for at in range(len(candidates)):
        place = candidates[at]
        if earned[at] >= 0:
            if forward:
                summed = given[0] * met[place] + UNIT * (given[1] + given[2])
            else:
                told = np.int64(weights[place, 1]) + np.int64(weights[place, 2])
                summed = np.int64(weights[place, 0]) * met[place] + UNIT * told
            found[at] = (earned[at] + summed) / (wholes[at] * HUNDREDTH)
    return found


@compiled
def best(
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, k: Whole, least: float
) -> tuple[Ints, Ints]:
    """Return listings of a segment that reach a bar, among them the k best with all that equal them.

    Parameters
    ----------
    seg, ph, a, s
        The segment, the phrases, the listing that asks, and room to work in, which is left clean.
    stamp
        Larger than any stamp used with this room before; three times the number of places behind it are used.
    k, least
        How many are wanted, from 1, and the least total.

    Returns
    -------
    places, totals
        In no order.  Facts and conditions not yet judged are taken for the best that they can be.
    """
    size = cover(seg, ph, a, s)
    to_capability(seg, a, s, size)
    met, touched = s.met, s.touched
    seed = seed_value(s, size, SEEDS * k)
    seeds = touched[:size][met[touched[:size]] >= seed].astype(np.int64)
    seed_totals = _totals(seg, ph, a, s, stamp, seeds, least)
    bar = least
    if len(seeds) >= k:
        bar = max(bar, np.partition(seed_totals, len(seeds) - k)[len(seeds) - k])
    # What a listing can reach that covers nothing of what a request asks.
    given = a.weights
    rest = UNIT * (given[10] - given[0] - given[3]) + given[3] * np.int64(a.sector_worth.max())
    hundredth = max(1, given[10] * HUNDREDTH)
    if a.forward and rest / hundredth < bar:
        others = np.empty(size, dtype=np.int64)
        count = 0
        for at in range(size):
            covered = np.int64(met[touched[at]])
            if covered < seed and (rest + given[0] * covered) / hundredth >= bar:
                others[count] = touched[at]
                count += 1
        others = others[:count]
    else:
        others = np.flatnonzero(met[: len(seg.alive)] < seed)
    # Those that can reach most come next: they raise the bar for all that follow.
    most = _upper(seg, a, s, others)
    others, most = others[most >= bar], most[most >= bar]
    few = SEEDS * k
    first = most >= np.partition(most, len(most) - few)[len(most) - few] if len(most) > few else most >= bar
    ahead = others[first]
    ahead_totals = _totals(seg, ph, a, s, stamp if a.forward else stamp + len(seg.alive), ahead, bar)
    reached = np.concatenate((seed_totals, ahead_totals))
    if len(reached) >= k:
        bar = max(bar, np.partition(reached, len(reached) - k)[len(reached) - k])
    rest_of = others[~first & (most >= bar)]
    rest_totals = _totals(seg, ph, a, s, stamp if a.forward else stamp + 2 * len(seg.alive), rest_of, bar)
    other_totals = np.concatenate((ahead_totals, rest_totals))
    others = np.concatenate((ahead, rest_of))
    clean(s, size)
    places, found = np.concatenate((seeds, others)), np.concatenate((seed_totals, other_totals))
    good = (found >= bar) & (found >= 0)
    return places[good], found[good]


@compiled
def reaching(
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, least: float
) -> tuple[Ints, Ints]:
    """Return all listings of a segment that reach a bar, and their totals; see :func:`best`."""
    size = cover(seg, ph, a, s)
    to_capability(seg, a, s, size)
    places = np.arange(len(seg.alive))
    found = _totals(seg, ph, a, s, stamp, places, least)
    clean(s, size)
    good = (found >= least) & (found >= 0)
    return places[good], found[good]


@compiled
def totals(seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, places: Ints) -> Ints:
    """Return the totals of some listings of a segment, -1 for pairs that cannot be; see :func:`best`."""
    size = cover(seg, ph, a, s)
    to_capability(seg, a, s, size)
    found: Ints = _totals(seg, ph, a, s, stamp, places, 0.0)
    clean(s, size)
    return found
