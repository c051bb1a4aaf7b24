"""Value → the phrases that hold it, as chains of blocks: short enough for rare values, and read side by side.

To follow a link costs a fetch from far memory; a block costs one for as many phrases as it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.compiling import compiled
from matching.growing import Growing

BLOCK: Final = 16
"""Numbers in a block of 64 bytes, which is what a processor fetches at a time."""
BEFORE, COUNT, FIRST = 0, 1, 2
"""In a block: the block before it in its chain, how many phrases it holds, and these, rising."""
NONE: Final = -1
"""Where a chain ends."""

Ints = NDArray[Any]


class Chains:
    """The chains of all values.  Not thread-safe: who holds them guards them.

    Parameters
    ----------
    values
        How many there are; more may come.
    """

    def __init__(self, values: int = 0) -> None:
        self._heads: Growing[np.int32] = Growing(np.int32)
        self._blocks: Growing[np.int32] = Growing(np.int32, BLOCK)
        self.reserve(values)

    def reserve(self, values: int) -> None:
        """Make sure that there is a chain for each of so many values."""
        self._heads.extend(np.full(values - len(self._heads), NONE, dtype=np.int32))

    def extend(self, values: Ints, ends: Ints, first: int) -> None:
        """Add phrases, each with its values.

        Parameters
        ----------
        values
            Of the phrases, one after the other.
        ends
            Where those of each phrase end, and in front where those of the first begin.
        first
            The number of the first phrase, larger than any that was added before.
        """
        blocks = self._blocks.view
        new = _linked(values.astype(np.int32), ends, first, self._heads.view, blocks)
        self._blocks.extend(new)

    @property
    def heads(self) -> NDArray[np.int32]:
        """The last block of each value, :data:`NONE` for one that no phrase holds."""
        return self._heads.view

    @property
    def blocks(self) -> NDArray[np.int32]:
        """The blocks, (blocks, :data:`BLOCK`)."""
        return self._blocks.view

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be kept."""
        return {"heads": self.heads, "blocks": self.blocks}

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]]) -> Chains:
        """Return the chains of :meth:`arrays`, which are not copied, and are written to."""
        found = cls()
        found._heads, found._blocks = Growing.of(arrays["heads"]), Growing.of(arrays["blocks"])
        return found


@compiled
def _linked(values: Ints, ends: Ints, first: int, heads: Ints, blocks: Ints) -> Ints:
    """Add phrases to the last blocks of their values, where there is room; return the blocks that are new."""
    old, size = len(blocks), 0
    new = np.zeros((len(values), BLOCK), dtype=np.int32)
    for n in range(len(ends) - 1):
        for place in range(ends[n], ends[n + 1]):
            value = values[place - ends[0]]
            last = heads[value]
            held = new[size]
            if last != NONE:
                held = new[last - old] if last >= old else blocks[last]
            if last == NONE or held[COUNT] == BLOCK - FIRST:
                held = new[size]
                held[BEFORE] = last
                heads[value] = old + size
                size += 1
            held[FIRST + held[COUNT]] = first + n
            held[COUNT] += 1
    return new[:size]


@compiled
def members(block: int, blocks: Ints, first: int) -> Ints:
    """Return the phrases of a chain from a number on, in no order.

    Parameters
    ----------
    block, blocks
        The chain's last block, and all blocks.
    """
    found, size = np.empty(4 * BLOCK, dtype=np.int32), 0
    while block != NONE:
        held = blocks[block]
        if size + BLOCK > len(found):
            found = np.concatenate((found, found))
        at = FIRST + held[COUNT] - 1
        while at >= FIRST and held[at] >= first:
            found[size] = held[at]
            size += 1
            at -= 1
        block = held[BEFORE] if at < FIRST else NONE
    return found[:size]
