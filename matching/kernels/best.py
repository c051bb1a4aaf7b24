"""The compiled loops: many pairs scored at once, in whole numbers, as :mod:`matching.score` defines them.

A request is compared with all offers of a segment, or an offer with all requests, in three steps.
First the postings of the phrases alike to what is asked are walked, which gives every listing's
coverage of the capabilities.  Then the few that cover most are scored: the least of the best is the
bar.  At last every other listing that can still pass the bar is scored, the most promising first and
the cheapest comparisons first; one that cannot is left.  The answer is that of scoring every pair.

The loops take their arrays out of the tuples first: to reach through a tuple in a loop costs more
than the work.  ``nogil`` lets threads work side by side.
"""

from __future__ import annotations

import numpy as np

from matching.compiling import compiled
from matching.kernels.arrays import (
    CHUNK,
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
def enter(seg: Segment, ph: Phrases, a: Asker, s: Scratch) -> Whole:
    """Work out what every listing of a segment covers of what is asked, before the others are called.

    Returns
    -------
    size
        Of listings that cover anything; the others and :func:`leave` are handed it.
    """
    size = cover(seg, ph, a, s)
    to_capability(seg, a, s, size)
    return size


@compiled
def leave(a: Asker, s: Scratch, size: Whole) -> None:
    """Leave the room as it was found."""
    clean(a, s, size)


@compiled
def best(
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, size: Whole, k: Whole, least: float
) -> tuple[Ints, Ints]:
    """Return listings of a segment that reach a bar, among them the k best with all that equal them.

    Parameters
    ----------
    seg, ph, a, s
        The segment, the phrases, the listing that asks, and room to work in, after :func:`enter`.
    stamp
        Larger than any stamp used with this room before; twice the number of places behind it are used.
    k, least
        How many are wanted, from 1, and the least total.

    Returns
    -------
    places, totals
        In no order.  Facts and conditions not yet judged are taken for the best that they can be.
    """
    seed = seed_value(s, size, SEEDS * k)
    seeds = s.touched[:size][s.met[s.touched[:size]] >= seed].astype(np.int64)
    most = _upper(seg, a, s, seeds)
    chosen = _highest(most, k)
    places = seeds[chosen]
    found = _totals(seg, ph, a, s, stamp, places, least)
    bar = _raised(found, k, least)
    # Whoever can still reach the bar comes next, those that can reach most in front: they raise it.
    others = np.concatenate((seeds[~chosen], _reaching(seg, a, s, size, seed, bar)))
    most = np.concatenate((most[~chosen], _upper(seg, a, s, others[len(seeds) - len(places) :])))
    used, chunk = len(seg.alive), k
    while True:
        others, most = others[most >= bar], most[most >= bar]
        if len(others) == 0:
            break
        chosen = _highest(most, chunk)
        ahead = others[chosen]
        totals_ahead = _totals(seg, ph, a, s, stamp if a.forward else stamp + used, ahead, bar)
        used, chunk = used + len(ahead), CHUNK * chunk
        places, found = np.concatenate((places, ahead)), np.concatenate((found, totals_ahead))
        bar = _raised(found, k, bar)
        others, most = others[~chosen], most[~chosen]
    good = (found >= bar) & (found >= 0)
    return places[good], found[good]


@compiled
def _highest(values: Ints, count: Whole) -> Ints:
    """Return which values are among the highest, at least so many and all that equal them."""
    if len(values) <= count:
        return np.ones(len(values), dtype=np.bool_)
    return values >= np.partition(values, len(values) - count)[len(values) - count]


@compiled
def _raised(found: Ints, k: Whole, bar: float) -> float:
    """Return the least total of the k best, where there are so many, and at least the bar."""
    if len(found) < k:
        return bar
    return max(bar, np.partition(found, len(found) - k)[len(found) - k])


@compiled
def _reaching(seg: Segment, a: Asker, s: Scratch, size: Whole, seed: Whole, bar: float) -> Ints:
    """Return the places of less than a value of capability that may reach a bar, by that value alone."""
    met, touched, given = s.met, s.touched, a.weights
    hundredth = max(1, given[10] * HUNDREDTH)
    # What a listing can reach that covers nothing of what a request asks.
    rest = UNIT * (given[10] - given[0] - given[3]) + given[3] * np.int64(a.sector_worth.max())
    if not a.forward or rest / hundredth >= bar:
        return np.flatnonzero(met[: len(seg.alive)] < seed)
    found = np.empty(size, dtype=np.int64)
    count = 0
    for at in range(size):
        covered = np.int64(met[touched[at]])
        if covered < seed and (rest + given[0] * covered) / hundredth >= bar:
            found[count] = touched[at]
            count += 1
    return found[:count]


@compiled
def reaching(
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, size: Whole, least: float
) -> tuple[Ints, Ints]:
    """Return all listings of a segment that reach a bar, and their totals; see :func:`best`."""
    places = _reaching(seg, a, s, size, UNIT + 1, least)
    places = places[_upper(seg, a, s, places) >= least]
    found = _totals(seg, ph, a, s, stamp, places, least)
    good = (found >= least) & (found >= 0)
    return places[good], found[good]


@compiled
def totals(seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, places: Ints) -> Ints:
    """Return the totals of some listings of a segment, -1 for pairs that cannot be; see :func:`best`."""
    found: Ints = _totals(seg, ph, a, s, stamp, places, 0.0)
    return found
