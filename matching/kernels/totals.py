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
    CONDITIONS,
    FACTS,
    HUNDREDTH,
    UNIT,
    UNJUDGED,
    Asker,
    Ints,
    Phrases,
    Scratch,
    Segment,
    Whole,
)
from matching.kernels.circumstances import circumstances
from matching.kernels.offers import totals_of_offers
from matching.kernels.requests import totals_of_requests


@compiled
def totals(
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, places: Ints, covered: Ints, bar: float
) -> Ints:
    """Return the totals of some listings of a segment.

    Parameters
    ----------
    seg, ph, a, s
        The segment, the phrases, the listing that asks, and room to work in.
    stamp
        For an offer that asks, larger than any stamp used with this room before; as many behind it are
        used as there are places.  What a request finds in a phrase stays under its stamp.
    places, covered
        As :func:`matching.kernels.coverage.cover` gives them; 0 for those that cover nothing.
    bar
        -1 is returned for what does not reach it, and for pairs that cannot be.  Facts and conditions
        not yet judged are taken for the best that they can be.
    """
    if a.forward:
        offers: Ints = totals_of_offers(seg, ph, a, s, stamp, places, covered, bar)
        return offers
    requests: Ints = totals_of_requests(seg, ph, a, s, stamp, places, covered, bar)
    return requests


@compiled
def reached(
    seg: Segment, ph: Phrases, a: Asker, s: Scratch, stamp: Whole, places: Ints, covered: Ints, bar: float
) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the places of those whose totals reach a bar, their coverage and totals; see :func:`totals`.

    And which of them have facts or conditions that were not judged yet.
    """
    values, facts_worth, conditions_worth = seg.values, a.facts_worth, a.conditions_worth
    found = totals(seg, ph, a, s, stamp, places, covered, bar)
    kept, covers = np.empty(len(places), dtype=np.int32), np.empty(len(places), dtype=np.int32)
    unjudged = np.empty(len(places), dtype=np.bool_)
    size = 0
    for at in range(len(places)):
        place, total = places[at], found[at]
        kept[size], covers[size], found[size] = place, covered[at], total
        fact, condition = values[place, FACTS], values[place, CONDITIONS]
        unjudged[size] = facts_worth[fact] == UNJUDGED or conditions_worth[condition] == UNJUDGED
        size += total >= bar and total >= 0
    return kept[:size], covers[:size], found[:size], unjudged[:size]


@compiled
def upper(seg: Segment, a: Asker, places: Ints, covered: Ints) -> Ints:
    """Return the most that the totals of listings can be, -1 for pairs that cannot be."""
    earned, wholes = np.empty(len(places), dtype=np.int64), np.ones(len(places), dtype=np.int64)
    circumstances(seg, a, places, earned, wholes)
    given, weights, forward, ends, text_most = a.weights, seg.weights, a.forward, seg.phrase_ends, a.text_most
    found = np.full(len(places), -1.0)
    for at in range(len(places)):
        if earned[at] >= 0:
            if forward:
                phrases = min(ends[places[at] + 1] - ends[places[at]], len(text_most) - 1)
                summed = given[0] * covered[at] + given[1] * text_most[phrases] + UNIT * given[2]
            else:
                place = places[at]
                told = np.int64(weights[place, 1]) + np.int64(weights[place, 2])
                summed = np.int64(weights[place, 0]) * covered[at] + UNIT * told
            found[at] = (earned[at] + summed) / (wholes[at] * HUNDREDTH)
    return found


@compiled
def reaching(
    seg: Segment, a: Asker, covering: Ints, covered: Ints, below: Whole, bar: float
) -> tuple[Ints, Ints, Ints]:
    """Return the places that cover less than a value and may reach a bar, their coverage, and :func:`upper`.

    First by their coverage and sectors alone, which stand side by side.
    """
    given, sectors, worth, forward = a.weights, seg.sectors, a.sector_worth, a.forward
    hundredth = max(1, given[10] * HUNDREDTH)
    rest = UNIT * (given[10] - given[0] - given[3])
    # Whether a listing may reach it that covers nothing of what a request asks.
    everybody = not forward or (rest + given[3] * np.int64(worth.max())) / hundredth >= bar
    steps = len(seg.alive) if everybody else len(covering)
    places, covers = np.empty(steps, dtype=np.int32), np.empty(steps, dtype=np.int32)
    size, at, last = 0, 0, len(covering) - 1
    for step in range(steps):
        # Without a branch: who may reach it is nothing that a processor can foresee.
        met = not everybody or (last >= 0 and covering[min(at, last)] == step)
        place, value = covering[at] if not everybody else step, covered[min(at, last)] if met else 0
        at += met
        most = rest + given[0] * np.int64(value) + given[3] * np.int64(worth[sectors[place]])
        places[size], covers[size] = place, value
        size += (value < below) & ((not forward) | (most / hundredth >= bar))
    places, covers = places[:size], covers[:size]
    mosts = upper(seg, a, places, covers)
    good = mosts >= bar
    return places[good], covers[good], mosts[good]
