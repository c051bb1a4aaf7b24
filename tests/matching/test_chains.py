"""A chain holds what was added to it, in blocks, also after it was kept."""

from __future__ import annotations

import numpy as np
import pytest

from matching import chains as loops
from matching.chains import BLOCK, Chains


def add(chains: Chains, first: int, count: int) -> None:
    """Add phrases that hold value 0, and value 1 where their number is even."""
    values = [[0, 1] if n % 2 == 0 else [0] for n in range(first, first + count)]
    ends = np.cumsum([7, *(len(held) for held in values)])
    chains.extend(np.array([value for held in values for value in held]), ends, first)


def held(chains: Chains, value: int, first: int = 0) -> list[int]:
    return sorted(loops.members(int(chains.heads[value]), chains.blocks, first).tolist())


@pytest.mark.parametrize("parts", [(1,), (3, 200), (BLOCK - 2, 1, BLOCK), (0, 70, 70)])
def test_a_chain_holds_what_was_added(plainly: None, parts: tuple[int, ...]) -> None:
    chains, count = Chains(1), 0
    chains.reserve(3)
    for more in parts:
        add(chains, count, more)
        count += more
    again = Chains.restored({name: array.copy() for name, array in chains.arrays().items()})
    add(again, count, 5)
    for made, upto in ((chains, count), (again, count + 5)):
        for first in (0, 1, upto // 2, upto):
            assert held(made, 0, first) == list(range(first, upto))
            assert held(made, 1, first) == [n for n in range(first, upto) if n % 2 == 0]
        assert held(made, 2) == []
