from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.reliability import Forecast, brier, calibration_error, reliability, wilson


def came(chance: float) -> Forecast:
    return Forecast(chance, accepted=True)


def failed(chance: float) -> Forecast:
    return Forecast(chance, accepted=False)


FORECASTS = st.lists(st.builds(Forecast, st.floats(0, 1), st.booleans()), max_size=60)


@pytest.mark.parametrize(
    ("accepted", "n", "interval"),
    [
        # Newcombe, Statist. Med. 17 (1998) 857-872, table I, method 3.
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_the_interval_is_the_one_of_the_books(accepted: int, n: int, interval: tuple[float, float]) -> None:
    assert wilson(accepted, n) == pytest.approx(interval, abs=5e-5)


def test_nothing_seen_tells_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("accepted", "n"), [(-1, 3), (4, 3)])
def test_more_than_all_is_no_share(accepted: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(accepted, n)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_narrows_with_more(case: tuple[int, int]) -> None:
    accepted, n = case
    low, high = wilson(accepted, n)
    assert 0 <= low <= accepted / n <= high <= 1
    low_2, high_2 = wilson(2 * accepted, 2 * n)
    assert high_2 - low_2 < high - low
    mirrored = wilson(n - accepted, n)
    assert mirrored == pytest.approx((1 - high, 1 - low))


def test_a_bin_tells_what_was_stated_and_what_came() -> None:
    seen = [came(0.62), came(0.68), failed(0.65), came(1.0)]
    sixties, top = reliability(seen)
    assert (sixties.low, sixties.high, sixties.n, sixties.accepted) == (0.6, 0.7, 3, 2)
    assert sixties.stated == pytest.approx(0.65)
    assert sixties.share == pytest.approx(2 / 3)
    assert (sixties.at_least, sixties.at_most) == wilson(2, 3)
    # A certainty belongs to the last bin; there is none above.
    assert (top.low, top.high, top.n) == (0.9, 1.0, 1)


@given(FORECASTS, st.integers(1, 20))
def test_every_forecast_stands_in_one_bin(forecasts: list[Forecast], bins: int) -> None:
    chart = reliability(forecasts, bins)
    assert sum(b.n for b in chart) == len(forecasts)
    assert sum(b.accepted for b in chart) == sum(f.accepted for f in forecasts)
    assert all(b.n > 0 and b.low - 1e-9 <= b.stated <= b.high + 1e-9 for b in chart)
    assert all(one.high <= later.low for one, later in pairwise(chart))


@given(FORECASTS)
def test_the_chart_is_the_same_in_any_order(forecasts: list[Forecast]) -> None:
    assert reliability(forecasts) == reliability(forecasts[::-1])
    if forecasts:
        assert brier(forecasts) == brier(forecasts[::-1])


def test_the_measures_of_error() -> None:
    sure = [came(1.0), failed(0.0)]
    assert brier(sure) == 0
    assert calibration_error(sure) == 0
    coin = [came(0.5), failed(0.5)]
    assert brier(coin) == 0.25
    assert calibration_error(coin) == 0
    boast = [came(0.9), failed(0.9)]
    assert brier(boast) == pytest.approx((0.01 + 0.81) / 2)
    assert calibration_error(boast) == pytest.approx(0.4)


@pytest.mark.parametrize("measure", [brier, calibration_error])
def test_without_forecasts_there_is_nothing_to_measure(measure: object) -> None:
    assert callable(measure)
    with pytest.raises(ValueError, match="nothing"):
        measure([])
