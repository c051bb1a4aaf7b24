"""What comes first: the formula, by its bounds and directions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.desk.ranking import (
    LEAST_AGE,
    UNKNOWN_CHANCE,
    UNKNOWN_VALUE,
    Rank,
    age_of,
    amount_of,
    chance_of,
    value_of,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
figures = st.floats(0, 1e15, allow_nan=False)
some = st.one_of(st.none(), figures)


@given(st.one_of(st.none(), st.floats(0, 100)), some, some, st.integers(-50, 50), st.integers(0, 40))
def test_every_factor_keeps_within_its_bounds(
    total: float | None, quantity: float | None, amount: float | None, begun: int, days: int
) -> None:
    start = NOW + timedelta(days=begun)
    age = age_of(start, start + timedelta(days=days), NOW)
    rank = Rank(chance_of(total), value_of(quantity, amount), age, overdue=False)
    assert 0 <= rank.chance <= 1
    assert 1 <= rank.value <= 2
    assert LEAST_AGE <= rank.age <= 1
    assert 0 <= rank.priority <= 2


@given(figures, figures)
def test_more_is_never_worth_less(one: float, two: float) -> None:
    small, large = sorted((one, two))
    assert value_of(small, None) <= value_of(large, None)
    assert value_of(None, small) <= value_of(None, large)
    assert value_of(small, large) >= max(value_of(small, None), value_of(None, large)) - 1e-12


def test_what_is_not_known_is_the_middle() -> None:
    assert chance_of(None) == UNKNOWN_CHANCE
    assert value_of(None, None) == UNKNOWN_VALUE
    assert value_of(0, None) == 1
    assert value_of(1e6, None) == pytest.approx(2)


def test_what_was_learnt_goes_before_the_score() -> None:
    assert chance_of(80) == 0.8
    assert chance_of(80, 0.3) == 0.3
    assert chance_of(None, 0.3) == 0.3


def test_the_contribution_sought_goes_before_the_total_cost() -> None:
    assert amount_of({"total_cost": 900, "contribution_sought": 300}) == 300
    assert amount_of({"total_cost": 900}) == 900
    assert amount_of({"total_cost": "much"}) is None
    assert amount_of({}) is None


def test_overdue_goes_before_everything() -> None:
    late, dear = Rank(0.1, 1, 1, overdue=True), Rank(1, 2, 1, overdue=False)
    assert sorted([dear, late], key=lambda rank: rank.order) == [late, dear]
    lower = Rank(0.5, 2, 1, overdue=False)
    assert sorted([lower, dear], key=lambda rank: rank.order) == [dear, lower]


def test_age_is_the_share_that_is_used() -> None:
    begun = NOW - timedelta(days=3)
    assert age_of(begun, begun + timedelta(days=6), NOW) == 0.5
    assert age_of(begun, begun + timedelta(days=2), NOW) == 1
    assert age_of(NOW, NOW + timedelta(days=2), NOW) == LEAST_AGE
