"""What many near titles say together for each class."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.resolver.features import Floats

FURTHER: Final = 0.4
"""How far further titles of a class lift its value towards 1."""
MOST: Final = 12
"""Titles of one class that count."""
LEAST: Final = 0.3
"""Share of the largest likeness at and below which a title is not near."""


@njit(cache=True, nogil=True, error_model="numpy")
def pooled(
    likeness: Floats, starts: NDArray[np.int64], owners: NDArray[np.uint16], strengths: Floats, classes: int
) -> tuple[Floats, NDArray[np.int64]]:
    """Return for each class its best title's likeness, raised towards 1 by further ones.

    Parameters
    ----------
    likeness
        Of the titles, the first of them at least; not below 0.
    starts, owners, strengths
        For each title the classes for which it stands and how far, 0 to 1, end to end.
    classes
        How many there are.

    Returns
    -------
    values : ndarray of float32
        For each class t + (1 - t) · f, where t is the largest likeness times strength and f is
        :data:`FURTHER` times the sum of the next ones over their rank, at most 1.
    best : ndarray of int64
        The number of its best title; -1 where none is near.
    """
    bar = np.float32(0.0)
    for title in range(len(likeness)):
        bar = max(bar, likeness[title])
    bar *= np.float32(LEAST)
    top = np.zeros((classes, MOST), dtype=np.float32)
    best = np.full(classes, -1, dtype=np.int64)
    for title in range(len(likeness)):
        like = likeness[title]
        if like <= bar:
            continue
        for at in range(starts[title], starts[title + 1]):
            own = top[owners[at]]
            value = like * strengths[at]
            if value <= own[MOST - 1]:
                continue
            place = MOST - 1
            while place > 0 and own[place - 1] < value:
                own[place] = own[place - 1]
                place -= 1
            own[place] = value
            if place == 0:
                best[owners[at]] = title
    values = np.zeros(classes, dtype=np.float32)
    for number in range(classes):
        further = np.float32(0.0)
        for rank in range(1, MOST):
            further += top[number, rank] / np.float32(rank + 1)
        first = top[number, 0]
        room = max(np.float32(0.0), np.float32(1.0) - first)
        values[number] = first + room * np.float32(FURTHER) * min(np.float32(1.0), further)
    return values, best
