from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.web.scales import LETTER_PX, Scale, every, round_numbers, shortened, text_px


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        ([], (0, 1)),
        ([0], (0, 1)),
        ([None, None], (0, 1)),
        ([1], (0, 1)),
        ([3], (0, 1, 2, 3)),
        ([23, 7], (0, 10, 20, 30)),
        ([100], (0, 50, 100)),
        ([550], (0, 200, 400, 600)),
        ([1234], (0, 500, 1000, 1500)),
        ([0.3], (0, 0.1, 0.2, 0.3)),
        ([-12, 8], (-15, -10, -5, 0, 5, 10)),
        ([-3], (-3, -2, -1, 0)),
    ],
)
def test_round_numbers_are_those_that_people_count_in(
    values: list[float | None], numbers: tuple[float, ...]
) -> None:
    assert round_numbers(values) == numbers


@given(
    st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9).filter(lambda v: v == 0 or abs(v) > 1e-6)), max_size=9)
)
def test_round_numbers_hold_all_values_and_zero(values: list[float | None]) -> None:
    numbers = round_numbers(values)
    known = [value for value in values if value is not None]
    slack = 1e-6 * (numbers[-1] - numbers[0])
    assert numbers[0] - slack <= min([0, *known])
    assert max([0, *known]) <= numbers[-1] + slack
    assert 0 in numbers
    assert 2 <= len(numbers) <= 7
    gaps = [later - one for one, later in pairwise(numbers)]
    assert gaps == pytest.approx([gaps[0]] * len(gaps))


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_value_without_end_has_no_place(value: float) -> None:
    with pytest.raises(ValueError, match="no place"):
        round_numbers([1, value])


def test_a_scale_runs_upwards_and_downwards() -> None:
    assert Scale(0, 50, 10, 100).at(25) == 55
    assert Scale(0, 50, 222, 22).at(50) == 22


def test_text_is_cut_where_there_is_no_room() -> None:
    assert shortened("Leather", 100) == "Leather"
    assert shortened("Treatment and coating", 12 * LETTER_PX) == "Treatment a…"
    assert shortened("Treatment and coating", 11 * LETTER_PX) == "Treatment…"
    assert shortened("Leather", 1) == "…"


@given(st.text(max_size=40), st.floats(20, 300))
def test_what_is_left_of_a_text_has_room(text: str, room: float) -> None:
    assert text_px(shortened(text, room)) <= room


def test_signs_of_east_asia_are_wider() -> None:
    assert text_px("铝合金") > text_px("abc")


def test_labels_that_would_touch_are_left_out() -> None:
    assert every([], 300) == 1
    assert every(["2026 Q1"] * 4, 300) == 1
    assert every(["2026 Q1"] * 8, 300) == 2
