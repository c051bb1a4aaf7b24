from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from marketplace.matches.explanation import explain
from matching.types import Contribution
from tests.marketplace.matches.test_explanation import score_of


def test_the_points_shown_add_up_to_the_total_shown() -> None:
    # Rounded one by one these would be 39 + 25 + 15 = 79 of 40 + 35 + 25.
    points = {"capability": (0.4, 39.4), "sector": (0.35, 25.3), "freshness": (0.25, 15.2)}
    score = score_of(
        total=79.9,
        contributions=tuple(Contribution(name, weight, 0.5, p) for name, (weight, p) in points.items()),
    )
    explained = explain(score)
    assert explained.total == 80
    assert [(part.shown, part.shown_most) for part in explained.parts] == [(40, 40), (25, 35), (15, 25)]
    excluded = explain(replace(score, total=0.0, excluded_by=("country",)))
    assert sum(part.shown for part in excluded.parts) == 80


def test_no_part_is_shown_with_more_than_its_most() -> None:
    parts = [("capability", 33.4, 33.4), ("text", 33.4, 33.4), ("topic", 10.9, 16.6), ("sector", 10.9, 16.6)]
    score = score_of(
        total=88.6, contributions=tuple(Contribution(name, most / 100, 1.0, p) for name, p, most in parts)
    )
    explained = explain(score)
    assert [(part.shown, part.shown_most) for part in explained.parts] == [
        (33, 33),
        (33, 33),
        (12, 17),
        (11, 17),
    ]


weights = st.lists(st.tuples(st.integers(1, 50), st.floats(0, 1)), min_size=1, max_size=10)


@given(weights)
def test_rounded_parts_add_up_whatever_they_are(drawn: list[tuple[int, float]]) -> None:
    whole = sum(weight for weight, _ in drawn)
    found = [Contribution(f"{n}", w / whole, v, 100 * w / whole * v) for n, (w, v) in enumerate(drawn)]
    explained = explain(score_of(total=sum(c.points for c in found), contributions=tuple(found)))
    assert sum(part.shown for part in explained.parts) == explained.total
    assert sum(part.shown_most for part in explained.parts) == 100
    assert all(0 <= part.shown <= part.shown_most for part in explained.parts)
    assert all(abs(part.shown - part.points) < 2 for part in explained.parts)
