"""Whole numbers of three bytes: most of a segment are phrases and places, and millions of these fit.

What is smaller is not only kept for less: a walk over postings waits for memory, not for arithmetic.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.compiling import compiled

BITS: Final = 24
LIMIT: Final = 1 << BITS
"""The first whole number that does not fit."""

Narrow = NDArray[np.uint8]
"""(numbers, 3): the lowest byte first."""


def narrow(values: NDArray[np.int32]) -> Narrow:
    """Return whole numbers from 0 in three bytes each.

    Raises
    ------
    OverflowError
        When one of them is :data:`LIMIT` or more.
    """
    if len(values) and int(values.max()) >= LIMIT:
        raise OverflowError(f"{values.max()} does not fit into {BITS} bits.")
    return values.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3].copy()


def wide(held: Narrow) -> NDArray[np.int32]:
    """Return the numbers of :func:`narrow`."""
    padded = np.zeros((len(held), 4), dtype=np.uint8)
    padded[:, :3] = held
    return padded.view("<i4").reshape(-1)


@compiled
def number(held: Any, at: Any) -> Any:
    """Return one of the numbers of :func:`narrow`, in a compiled loop."""
    return np.int64(held[at, 0]) | np.int64(held[at, 1]) << 8 | np.int64(held[at, 2]) << 16
