from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.narrow import LIMIT, narrow, number, wide
from matching.numbered import Lookup, Numbered, ordered

texts = st.lists(st.text(max_size=6), unique=True, max_size=12)


@given(texts, texts)
def test_texts_keep_their_numbers_over_a_snapshot(first: list[str], more: list[str]) -> None:
    numbered = Numbered()
    assert [numbered.add(text) for text in first] == list(range(len(first)))
    kept = Numbered.restored(numbered.arrays())
    for text in more:
        if kept.number(text) < 0:
            kept.add(text)
    both = list(dict.fromkeys([*first, *more]))
    # Asked in another order than they came in, and twice: what was asked for is remembered.
    for found in (kept, Numbered.restored(kept.arrays())):
        assert list(found) == both
        assert len(found) == len(both)
        for text in (*reversed(both), *both):
            assert both[found.number(text)] == text
        assert found.number("not there") == -1


def test_texts_of_one_key_are_told_apart() -> None:
    # Two words with one CRC-32.
    one, other = "plumless", "buckeroo"
    numbered = Numbered()
    numbered.add(one)
    kept = Numbered.restored(numbered.arrays())
    assert kept.number(other) == -1
    kept.add(other)
    again = Numbered.restored(kept.arrays())
    assert (again.number(one), again.number(other)) == (0, 1)


@given(st.lists(st.integers(0, 3)), st.lists(st.integers(0, 3)))
def test_a_lookup_gives_all_numbers_of_a_key(first: list[int], more: list[int]) -> None:
    lookup = Lookup(*ordered(np.array(first, dtype=np.uint64)))
    for at, key in enumerate(more, len(first)):
        lookup.add(key, at)
    for key in range(5):
        assert lookup.of(key) == [at for at, held in enumerate([*first, *more]) if held == key]


@given(st.lists(st.integers(0, LIMIT - 1)))
def test_three_bytes_hold_what_they_are_given(values: list[int]) -> None:
    held = narrow(np.array(values, dtype=np.int32))
    assert held.nbytes == 3 * len(values)
    assert wide(held).tolist() == values
    assert [int(number.py_func(held, at)) for at in range(len(values))] == values


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(OverflowError, match="24 bits"):
        narrow(np.array([1, LIMIT], dtype=np.int32))
