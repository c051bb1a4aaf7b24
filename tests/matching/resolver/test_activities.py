from __future__ import annotations

import numpy as np
import pytest

from matching.resolver.activities import (
    ACTIVITIES,
    RATE_MINIMUM,
    activities_in,
    activity_rates,
    activity_rows,
)


def names(text: str) -> set[str]:
    return {ACTIVITIES[number] for number in activities_in(text)}


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("Hosiery (manufacture)", "manufacture"),
        ("Pig iron merchant wholesalers", "wholesale"),
        ("Fabrication de chaussures", "manufacture"),
        ("Оптовая торговля обувью", "wholesale"),
        ("صناعة الأحذية", "manufacture"),
        ("Comercio al por menor de calzado", "retail"),
        ("食品制造", "manufacture"),
        ("Aluguel de máquinas", "rental"),
    ],
)
def test_activities_are_recognised_in_many_languages(text: str, activity: str) -> None:
    assert activity in names(text)


def test_a_product_alone_names_no_activity() -> None:
    assert names("Potatoes") == set()
    assert activity_rows(["Potatoes", "retail"]).sum(axis=1).tolist() == [0.0, 1.0]


def test_rates_stay_between_never_and_always() -> None:
    named = activity_rows(["growing"] * 50 + ["retail"])
    shares = np.eye(2, dtype=np.float32)[[0] * 50 + [1]]
    rates = activity_rates(named, shares, np.array([0, 1]))
    grow = ACTIVITIES.index("growing")
    assert rates.min() >= np.float32(RATE_MINIMUM)
    assert rates.max() <= np.float32(1 - RATE_MINIMUM)
    assert rates[0, grow] > 0.9
    assert rates[1, grow] < 0.5
    assert activity_rates(named[:0], shares[:0], np.array([0, 1])).shape == rates.shape
