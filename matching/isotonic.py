"""Rising steps through yes and no: isotonic regression, exact, by whole numbers."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Step:
    """Scores between which the share accepted is the same.

    Parameters
    ----------
    low, high
        The lowest and the highest score that was decided, 0 to 100.
    n, accepted
        How many introductions were decided, from 1, and how many of them accepted.
    """

    low: float
    high: float
    n: int
    accepted: int

    @property
    def chance(self) -> float:
        """The share accepted, 0 to 1."""
        return self.accepted / self.n

    def __add__(self, later: Step) -> Step:
        return Step(self.low, later.high, self.n + later.n, self.accepted + later.accepted)


Curve = tuple[Step, ...]


def isotonic(decided: Iterable[tuple[float, bool]]) -> Curve:
    """Return the rising steps nearest to the decisions, by least squares.

    Neighbours in score whose shares fall are pooled until all rise (*pool adjacent violators*:
    Barlow, Bartholomew, Bremner and Brunk, *Statistical Inference under Order Restrictions*, Wiley
    1972; for chances of classifiers: Zadrozny and Elkan, *Transforming classifier scores into
    accurate multiclass probability estimates*, KDD 2002).  Shares are compared in whole numbers, so
    that the result is exact.

    Parameters
    ----------
    decided
        Score, 0 to 100, and whether it was accepted; in any order.

    Returns
    -------
    tuple of Step
        By rising score, with shares that rise from step to step.
    """
    tally: dict[float, list[int]] = {}
    for score, accepted in decided:
        counted = tally.setdefault(float(score), [0, 0])
        counted[0] += 1
        counted[1] += accepted
    steps: list[Step] = []
    for score in sorted(tally):
        step = Step(score, score, *tally[score])
        while steps and steps[-1].accepted * step.n >= step.accepted * steps[-1].n:
            step = steps.pop() + step
        steps.append(step)
    return tuple(steps)


def settled(curve: Curve, minimum: int) -> Curve:
    """Join steps with too few decisions to the neighbour whose share is nearest, the fewest first.

    Parameters
    ----------
    curve
        Rising steps.  They still rise afterwards: a joint share lies between its two.
    minimum
        Decisions that each step shall have; a single step may have fewer.
    """
    steps = list(curve)
    while len(steps) > 1:
        place = min(range(len(steps)), key=lambda i: (steps[i].n, i))
        if steps[place].n >= minimum:
            break
        around = [i for i in (place - 1, place + 1) if 0 <= i < len(steps)]
        other = min(around, key=lambda i: (abs(steps[i].chance - steps[place].chance), steps[i].n, i))
        first = min(place, other)
        steps[first : first + 2] = [steps[first] + steps[first + 1]]
    return tuple(steps)


def nearest(curve: Curve, score: float) -> Step | None:
    """Return the step whose scores lie nearest; halfway between two, the lower."""
    if not curve or math.isnan(score):
        return None
    bounds = [(one.high + later.low) / 2 for one, later in pairwise(curve)]
    return curve[bisect_left(bounds, score)]
