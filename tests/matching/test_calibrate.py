from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.calibrate import (
    KIND_MINIMUM,
    MINIMUM,
    WIDEST,
    Calibration,
    Decision,
    Said,
    fit,
    from_json,
    held_out,
    quality,
    to_json,
    uncalibrated,
)
from matching.isotonic import Curve, isotonic, settled
from matching.reliability import Forecast, wilson
from matching.types import Kind

PAIRS = st.lists(st.tuples(st.integers(0, 100), st.booleans()), max_size=80)
DECISIONS = st.lists(
    st.builds(Decision, st.integers(0, 100), st.booleans(), st.sampled_from(Kind)), max_size=120
)
# Few scores, many decisions: steps that may be told.
CROWDED = st.lists(
    st.builds(
        Decision,
        st.sampled_from((10, 40, 55, 70, 90)),
        st.booleans(),
        st.sampled_from((Kind.TECHNOLOGY, Kind.INVESTMENT)),
    ),
    min_size=60,
    max_size=300,
)


def decided(score: float, accepted: int, n: int, kind: Kind = Kind.TECHNOLOGY) -> list[Decision]:
    return [Decision(score, i < accepted, kind) for i in range(n)]


def reference(pairs: list[tuple[int, bool]]) -> dict[int, float]:
    """Fit by the max-min formula: slow, and plain to see (Barlow et al. 1972)."""
    scores = sorted({score for score, _ in pairs})

    def share(first: int, last: int) -> float:
        held = [accepted for score, accepted in pairs if scores[first] <= score <= scores[last]]
        return sum(held) / len(held)

    return {
        score: max(
            min(share(first, last) for last in range(place, len(scores))) for first in range(place + 1)
        )
        for place, score in enumerate(scores)
    }


def chances(curve: Curve) -> list[float]:
    return [step.chance for step in curve]


# ------------------------------------------------------------------------------- rising steps


@given(st.lists(st.tuples(st.integers(0, 14), st.booleans()), max_size=40))
def test_the_steps_equal_the_slow_reference(pairs: list[tuple[int, bool]]) -> None:
    curve = isotonic(pairs)
    for score, chance in reference(pairs).items():
        [step] = [step for step in curve if step.low <= score <= step.high]
        assert step.chance == chance


@given(PAIRS)
def test_steps_rise_and_hold_every_decision_once(pairs: list[tuple[int, bool]]) -> None:
    for curve in (isotonic(pairs), settled(isotonic(pairs), 5)):
        assert all(one.high < later.low and one.chance < later.chance for one, later in pairwise(curve))
        assert all(0 <= chance <= 1 for chance in chances(curve))
        assert sum(step.n for step in curve) == len(pairs)
        # Hence the mean of what is fitted is the mean of what happened.
        assert sum(step.accepted for step in curve) == sum(accepted for _, accepted in pairs)


@given(PAIRS)
def test_each_step_counts_the_decisions_between_its_scores(pairs: list[tuple[int, bool]]) -> None:
    for step in settled(isotonic(pairs), 5):
        own = [accepted for score, accepted in pairs if step.low <= score <= step.high]
        assert (step.n, step.accepted) == (len(own), sum(own))


@given(PAIRS)
def test_no_step_is_small_unless_it_is_the_only_one(pairs: list[tuple[int, bool]]) -> None:
    curve = settled(isotonic(pairs), 5)
    assert len(curve) <= 1 or min(step.n for step in curve) >= 5


def test_a_small_step_joins_the_neighbour_whose_share_is_nearer() -> None:
    low, high = decided(20, 2, 20), decided(80, 16, 20)
    few = decided(50, 2, 3)
    pairs = [(one.score, one.accepted) for one in low + few + high]
    assert [(step.low, step.high, step.n) for step in settled(isotonic(pairs), 20)] == [
        (20, 20, 20),
        (50, 80, 23),
    ]


# ------------------------------------------------------------------------------- what is said


@given(CROWDED)
def test_a_higher_score_never_has_the_lower_chance(decisions: list[Decision]) -> None:
    learnt = fit(decisions)
    for kind in Kind:
        line = [learnt.chance(score, kind) for score in range(101)]
        fitted = [chance for chance in line if chance is not None]
        assert len(fitted) == 101
        assert fitted == sorted(fitted)
        said = [found for score in range(101) if (found := learnt.said_of(score, kind))]
        shares = [found.accepted / found.n for found in said]
        assert shares == sorted(shares)


@given(CROWDED)
def test_what_is_said_counts_real_decisions(decisions: list[Decision]) -> None:
    learnt = fit(decisions)
    for kind in (Kind.TECHNOLOGY, Kind.ENVIRONMENT):
        for score in range(0, 101, 5):
            said = learnt.said_of(score, kind)
            if said is None:
                continue
            like_it = [
                one.accepted
                for one in decisions
                if said.low <= one.score <= said.high and said.kind in {None, one.kind}
            ]
            assert (said.n, said.accepted) == (len(like_it), sum(like_it))
            low, high = wilson(said.accepted, said.n)
            assert said.n >= MINIMUM
            assert high - low <= WIDEST


@given(DECISIONS)
def test_the_order_of_the_decisions_does_not_matter(decisions: list[Decision]) -> None:
    there, back = fit(decisions), fit(decisions[::-1])
    assert there == back
    assert to_json(there) == to_json(back)
    assert held_out(decisions) == held_out(decisions[::-1])
    assert quality(decisions) == quality(decisions[::-1])


def test_seven_of_ten_is_said_where_enough_were_decided() -> None:
    learnt = fit(decided(40, 6, 30) + decided(70, 21, 30))
    assert learnt.said_of(70, Kind.TECHNOLOGY) == Said(30, 21, 70, 70, None)
    assert learnt.said_of(40, Kind.TECHNOLOGY) == Said(30, 6, 40, 40, None)


def test_nothing_is_said_of_too_few() -> None:
    assert fit(decided(70, MINIMUM - 1, MINIMUM - 1)).said_of(70, Kind.TECHNOLOGY) is None
    assert fit(decided(70, MINIMUM, MINIMUM)).said_of(70, Kind.TECHNOLOGY) is not None


def test_nothing_is_said_where_the_truth_may_lie_anywhere() -> None:
    # Ten of twenty: the true share may be anything from 30 to 70 %.
    assert fit(decided(70, 10, 20)).said_of(70, Kind.TECHNOLOGY) is None
    assert fit(decided(70, 12, 24)).said_of(70, Kind.TECHNOLOGY) is not None


def test_nothing_is_said_before_the_first_decision() -> None:
    assert fit([]) == Calibration()
    assert fit([]).said_of(70, Kind.TECHNOLOGY) is None
    assert fit([]).chance(70, Kind.TECHNOLOGY) is None


def test_scores_far_from_all_that_was_decided_are_not_like_them() -> None:
    learnt = fit(decided(50, 5, 40) + decided(60, 30, 40))
    assert learnt.said_of(45, Kind.TECHNOLOGY) is not None
    assert learnt.said_of(44, Kind.TECHNOLOGY) is None
    assert learnt.said_of(65, Kind.TECHNOLOGY) is not None
    assert learnt.said_of(66, Kind.TECHNOLOGY) is None
    # For measuring there is always a chance.
    assert learnt.chance(100, Kind.TECHNOLOGY) == 0.75


def test_between_two_steps_the_nearer_one_speaks() -> None:
    learnt = fit(decided(50, 5, 40) + decided(60, 30, 40))
    assert learnt.chance(55, Kind.TECHNOLOGY) == 0.125
    assert learnt.chance(55.1, Kind.TECHNOLOGY) == 0.75
    assert learnt.said_of(math.nan, Kind.TECHNOLOGY) is None


def test_a_kind_with_enough_decisions_speaks_for_itself() -> None:
    of_technology = decided(70, 80, KIND_MINIMUM)
    of_investment = decided(70, 10, KIND_MINIMUM - 1, Kind.INVESTMENT)
    learnt = fit(of_technology + of_investment)
    assert learnt.said_of(70, Kind.TECHNOLOGY) == Said(100, 80, 70, 70, Kind.TECHNOLOGY)
    # Too few of its own: all kinds together, and it says so.
    assert learnt.said_of(70, Kind.INVESTMENT) == Said(199, 90, 70, 70, None)
    assert learnt.said_of(70, Kind.ENVIRONMENT) == Said(199, 90, 70, 70, None)


@pytest.mark.parametrize("score", [-1, 100.5, math.nan, math.inf])
def test_a_decision_has_a_score(score: float) -> None:
    with pytest.raises(ValueError, match="no score"):
        Decision(score, accepted=True, kind=Kind.TECHNOLOGY)


# ---------------------------------------------------------------------------- kept and measured


@given(DECISIONS)
def test_a_calibration_can_be_kept(decisions: list[Decision]) -> None:
    learnt = fit(decisions)
    assert from_json(to_json(learnt)) == learnt


def test_a_kept_calibration_with_kinds_is_the_same() -> None:
    learnt = fit(decided(30, 20, 100) + decided(70, 70, 100))
    assert Kind.TECHNOLOGY in learnt.kinds
    assert from_json(to_json(learnt)) == learnt


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": 2, "everything": [], "kinds": {}}',
        '{"format": 1, "everything": 3, "kinds": {}}',
        '{"format": 1, "everything": [], "kinds": []}',
        '{"format": 1, "everything": [], "kinds": {"barter": []}}',
        '{"format": 1, "everything": [[1, 2, 3]], "kinds": {}}',
        '{"format": 1, "everything": [[20, 10, 3, 1]], "kinds": {}}',
        '{"format": 1, "everything": [[10, 20, 3, 4]], "kinds": {}}',
        '{"format": 1, "everything": [[10, 20, 0, 0]], "kinds": {}}',
        '{"format": 1, "everything": [[10, 20, Infinity, 0]], "kinds": {}}',
        '{"format": 1, "everything": [[10, 20, 4, 1], [20, 30, 4, 2]], "kinds": {}}',
        '{"format": 1, "everything": [[10, 20, 4, 2], [30, 40, 4, 1]], "kinds": {}}',
    ],
)
def test_what_is_no_calibration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_json(text)


def test_the_text_holds_numbers_only() -> None:
    kept = json.loads(to_json(fit(decided(30, 20, 100))))
    assert kept == {
        "format": 1,
        "everything": [[30, 30, 100, 20]],
        "kinds": {"technology": [[30, 30, 100, 20]]},
    }


def test_one_decision_foretells_nothing() -> None:
    assert held_out([]) == ()
    assert held_out(decided(50, 1, 1)) == ()
    assert quality(decided(50, 1, 1)) is None


@given(DECISIONS)
def test_each_decision_is_foretold_once_without_itself(decisions: list[Decision]) -> None:
    foretold = held_out(decisions)
    if len(decisions) > 1:
        assert len(foretold) == len(decisions)
        assert sum(f.accepted for f in foretold) == sum(one.accepted for one in decisions)


def test_a_decision_does_not_foretell_itself() -> None:
    # Two decisions: each is foretold by the other alone.
    yes, no = (
        Decision(50, accepted=True, kind=Kind.TECHNOLOGY),
        Decision(60, accepted=False, kind=Kind.TECHNOLOGY),
    )
    assert held_out([yes, no]) == (Forecast(0.0, accepted=True), Forecast(1.0, accepted=False))


def test_the_parts_are_no_more_alike_than_new_decisions_are() -> None:
    # One score, half of 1000 accepted: five equal shares would be no lot.
    foretold = held_out(decided(50, 500, 1000))
    assert len({forecast.chance for forecast in foretold}) > 1
    # A part with more yes was foretold from parts with fewer.
    for chance in {forecast.chance for forecast in foretold}:
        own = [forecast.accepted for forecast in foretold if forecast.chance == chance]
        assert (sum(own) / len(own) - 0.5) * (chance - 0.5) <= 0


def test_a_bare_score_is_taken_at_its_word() -> None:
    assert uncalibrated(decided(70, 1, 1)) == (Forecast(0.7, accepted=True),)


def test_learning_helps_where_scores_promise_too_much() -> None:
    decisions = [one for score in range(40, 100, 2) for one in decided(score, (score - 30) // 5, 20)]
    measured = quality(decisions)
    assert measured is not None
    assert measured.n == len(decisions)
    assert measured.error < 0.06
    assert measured.error_uncalibrated > 0.2
    assert measured.brier < measured.brier_share < measured.brier_uncalibrated
