from __future__ import annotations

from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.changes import BOUNDS, grant, looser, singles
from matching.criteria import CRITERIA
from matching.requirements import evaluate
from matching.types import Certificate, Condition, Fact, Operator, Outcome
from tests.matching.strategies import TODAY, conditions, facts

KNOWN = conditions.filter(lambda condition: condition.criterion in CRITERIA)
STATED = st.dictionaries(st.sampled_from(("tolerance_mm", "material", "certificate", "incoterm")), facts)

AT_MOST, AT_LEAST, BETWEEN = Operator.AT_MOST, Operator.AT_LEAST, Operator.BETWEEN
ONE_OF, ALL_OF = Operator.ONE_OF, Operator.ALL_OF


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            Condition("tolerance_mm", AT_MOST, high=0.02, hard=True, weight=3),
            [Condition("tolerance_mm", AT_MOST, high=0.02)],
        ),
        # A tolerance is met by whatever is fine enough, a quantity by whatever is large enough.
        (
            Condition("tolerance_mm", BETWEEN, low=0.01, high=0.02),
            [Condition("tolerance_mm", AT_MOST, high=0.02)],
        ),
        (
            Condition("quantity_per_year", BETWEEN, low=10, high=20),
            [Condition("quantity_per_year", AT_LEAST, low=10)],
        ),
        (
            Condition("total_cost", BETWEEN, low=10, high=20, terms=("EUR",)),
            [Condition("total_cost", BETWEEN, low=10, high=20, terms=("EUR",))],
        ),
        (
            Condition("certificate", ALL_OF, terms=("ISO 9001", "ISO 14001")),
            [
                Condition("certificate", ALL_OF, terms=("ISO 9001",)),
                Condition("certificate", ALL_OF, terms=("ISO 14001",)),
                Condition("certificate", ALL_OF, terms=("ISO 9001", "ISO 14001")),
            ],
        ),
        (
            Condition("material", ONE_OF, terms=("steel", "brass")),
            [
                Condition("material", ALL_OF, terms=("steel",)),
                Condition("material", ALL_OF, terms=("brass",)),
            ],
        ),
        (
            Condition("study_status", AT_LEAST, terms=("feasibility",)),
            [Condition("study_status", AT_LEAST, terms=("feasibility",))],
        ),
        (
            Condition("it_grade", AT_MOST, terms=("IT5", "IT7")),
            [Condition("it_grade", AT_MOST, terms=("IT7",))],
        ),
        (Condition("study_status", AT_LEAST), []),
    ],
)
def test_what_goes_towards_meeting_a_condition(condition: Condition, expected: list[Condition]) -> None:
    assert list(singles(condition)) == expected


def test_a_span_is_stretched_and_what_was_held_stays_held() -> None:
    asked = Condition("tolerance_mm", AT_MOST, high=0.02)
    held = {"tolerance_mm": Fact(low=0.05, high=0.1), "trl": Fact(low=4, high=4)}
    assert grant(held, asked, TODAY) == {**held, "tolerance_mm": Fact(low=0.02, high=0.1)}
    assert grant({}, asked, TODAY) == {"tolerance_mm": Fact(low=0.02, high=0.02)}


def test_an_expired_certificate_is_made_good_by_a_new_one() -> None:
    old = Certificate("ISO 9001:2015", date(2020, 1, 1))
    asked = Condition("certificate", ALL_OF, terms=("ISO 9001",))
    granted = grant({"certificate": Fact(certificates=(old,))}, asked, TODAY)
    assert granted is not None
    assert granted["certificate"].certificates == (Certificate("ISO 9001"), old)


def test_what_cannot_be_granted_is_not() -> None:
    euros = Condition("total_cost", AT_MOST, high=5, terms=("EUR",))
    assert grant({"total_cost": Fact(low=9, high=9, terms=("USD",))}, euros, TODAY) is None
    assert grant({}, Condition("tolerance_mm", AT_MOST), TODAY) is None
    assert grant({}, Condition("study_status", AT_LEAST, terms=("unheard of",)), TODAY) is None


@given(STATED, KNOWN, conditions)
def test_what_is_granted_meets_the_condition_and_loses_no_number_or_term(
    held: dict[str, Fact], asked: Condition, other: Condition
) -> None:
    granted = grant(MappingProxyType(held), asked, TODAY)
    if granted is None:
        return
    assert evaluate(asked, granted, TODAY)[0] is Outcome.MATCH
    if evaluate(other, held, TODAY)[0] is Outcome.MATCH:
        assert evaluate(other, granted, TODAY)[0] is Outcome.MATCH


def _facts(criterion: str, *held: Fact) -> list[dict[str, Fact]]:
    return [{criterion: fact} for fact in held]


def test_a_bound_moves_to_what_near_misses_state() -> None:
    asked = Condition("tolerance_mm", AT_MOST, high=0.02, hard=True)
    spans = [Fact(low=low, high=1.0) for low in (0.05, 0.03, 0.01, 0.05, 0.1, 0.2, 0.3)]
    moved = looser(asked, [*_facts("tolerance_mm", *spans, Fact()), {}], TODAY)
    assert [condition.high for condition in moved] == [0.03, 0.05, 0.1, 0.2]
    assert all(condition.hard for condition in moved)
    least = Condition("quantity_per_year", AT_LEAST, low=1000)
    assert [
        condition.low
        for condition in looser(least, _facts("quantity_per_year", Fact(high=900), Fact(low=500)), TODAY)
    ] == [900, 500]


def test_both_bounds_of_a_span_move() -> None:
    asked = Condition("year_founded", BETWEEN, low=1990, high=2000)
    years = [Fact(low=year, high=year) for year in (1950, 1960, 1970, 2010, 2011, 2012)]
    moved = looser(asked, _facts("year_founded", *years), TODAY)
    assert [(c.low, c.high) for c in moved] == [(1990, 2010), (1990, 2011), (1970, 2000), (1960, 2000)]


def test_further_terms_are_accepted_most_stated_first() -> None:
    asked = Condition("incoterm", ONE_OF, terms=("FOB",))
    stated = [Fact(terms=("EXW", "CIF")), Fact(terms=("CIF",)), Fact(terms=("FOB",)), Fact()]
    moved = looser(asked, _facts("incoterm", *stated), TODAY)
    assert [condition.terms for condition in moved] == [("FOB", "CIF"), ("FOB", "EXW")]


def test_of_several_needed_terms_one_is_left_out() -> None:
    held = _facts("certificate", Fact(certificates=(Certificate("CE"),)))
    both = Condition("certificate", ALL_OF, terms=("ISO 9001", "ISO 14001"))
    assert [c.terms for c in looser(both, held, TODAY)] == [("ISO 14001",), ("ISO 9001",)]
    # Nobody misses it, it is one only, either will do, or it is twice the same.
    assert looser(both, [{}], TODAY) == []
    assert looser(Condition("certificate", ALL_OF, terms=("ISO 9001",)), held, TODAY) == []
    assert looser(Condition("certificate", ONE_OF, terms=("ISO 9001", "ISO 14001")), held, TODAY) == []
    assert looser(Condition("certificate", ALL_OF, terms=("ISO 9001", "ISO 9001")), held, TODAY) == []


def test_a_rank_moves_to_what_is_held() -> None:
    held = [Fact(terms=(term,)) for term in ("idea", "Pre-feasibility", "bankable")]
    held.append(Fact(terms=("idea", "unheard of")))
    asked = Condition("study_status", AT_LEAST, terms=("feasibility",))
    assert [c.terms for c in looser(asked, _facts("study_status", *held), TODAY)] == [
        ("pre-feasibility",),
        ("idea",),
    ]
    grades = _facts("it_grade", Fact(terms=("IT9",)), Fact(terms=("IT8", "IT10")))
    finest = Condition("it_grade", AT_MOST, terms=("IT7",))
    assert [c.terms for c in looser(finest, grades, TODAY)] == [("IT8",), ("IT9",)]
    assert looser(Condition("it_grade", BETWEEN, terms=("IT5", "IT7")), grades, TODAY) == []
    # Spelt so that only the comparison reads it.
    apart = _facts("study_status", Fact(terms=("pre feasibility",)))
    assert looser(asked, apart, TODAY) == []


def test_an_unknown_criterion_has_no_bounds() -> None:
    assert looser(Condition("unheard_of", AT_MOST, high=1), [{}], TODAY) == []


@given(conditions, st.lists(STATED, max_size=8))
def test_bounds_are_few_and_each_pleases_somebody_better(
    asked: Condition, stated: list[dict[str, Fact]]
) -> None:
    moved = looser(asked, stated, TODAY)
    assert len(moved) <= BOUNDS
    for condition in moved:
        assert condition != asked
        before = [evaluate(asked, held, TODAY) for held in stated]
        after = [evaluate(condition, held, TODAY) for held in stated]
        assert all(
            b[0] is not Outcome.MATCH or a[0] is Outcome.MATCH for b, a in zip(before, after, strict=True)
        )
