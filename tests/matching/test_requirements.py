"""Conditions against facts: match, gap, unknown; units; certificates with their dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.criteria import DataType
from matching.requirements import CRITERIA, UNKNOWN_CREDIT, convert, evaluate
from matching.types import Certificate, Condition, Fact, Operator, Outcome
from tests.matching.strategies import TODAY, conditions, facts

MATCH, GAP, UNKNOWN = Outcome.MATCH, Outcome.GAP, Outcome.UNKNOWN
AT_MOST, AT_LEAST, BETWEEN = Operator.AT_MOST, Operator.AT_LEAST, Operator.BETWEEN
ONE_OF, ALL_OF = Operator.ONE_OF, Operator.ALL_OF


@pytest.mark.parametrize(
    ("value", "unit", "criterion", "expected"),
    [
        (6, "weeks", "lead_time_days", 42.0),
        (6, "Week", "lead_time_days", 42.0),
        (1, "in", "part_length_mm", 25.4),
        (2, "inches", "part_length_mm", 50.8),
        (2, "feet", "part_length_mm", 609.6),
        (20, "µm", "tolerance_mm", 0.02),
        (20, "μm", "tolerance_mm", 0.02),
        (3.2, "µm", "roughness_um", 3.2),
        (0.5, "t", "part_weight_kg", 500.0),
        (10, "lbs.", "part_weight_kg", 4.5359237),
        (100, "pieces per month", "quantity_per_year", 1200.0),
        (100, "pcs/month", "quantity_per_year", 1200.0),
        (5000, "pieces a year", "quantity_per_year", 5000.0),
        (5000, "", "quantity_per_year", 5000.0),
        (2, "t/month", "tonnes_per_year", 24.0),
        (18, "months", "payback_years", 1.5),
        (12, "%", "irr_percent", 12.0),
        (7, "", "trl", 7.0),
        (1_000_000, "eur", "total_cost", 1_000_000.0),
    ],
)
def test_units_become_canonical(value: float, unit: str, criterion: str, expected: float) -> None:
    assert convert(value, unit, criterion) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "unit", "criterion", "words"),
    [
        (1, "mm", "colour", "There is no criterion"),
        (1, "mm", "material", "not measured by a number"),
        (float("nan"), "mm", "tolerance_mm", "finite"),
        (float("inf"), "EUR", "total_cost", "finite"),
        (1, "kg", "tolerance_mm", "use mm"),
        (1, "tonnes per year", "quantity_per_year", "use piece"),
        (1, "mm", "trl", "use no unit"),
        (1, "euro", "total_cost", "currency code"),
        (1, "x" * 500, "tolerance_mm", "'xxxxxxxxxxxxxxxxxxxx'"),
    ],
)
def test_units_that_do_not_fit_are_named(value: float, unit: str, criterion: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        convert(value, unit, criterion)


def number(
    criterion: str, operator: Operator, low: float | None, high: float | None, **more: object
) -> Condition:
    """Return a condition on a number."""
    return replace(Condition(criterion, operator, low, high), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("condition", "fact", "outcome", "stated"),
    [
        (number("tolerance_mm", AT_MOST, None, 0.02), Fact(0.01, 0.01), MATCH, "0.01 mm"),
        (number("tolerance_mm", AT_MOST, None, 0.02), Fact(0.05, 0.05), GAP, "0.05 mm"),
        (number("tolerance_mm", BETWEEN, 0.02, 0.05), Fact(0.01, 0.01), MATCH, "0.01 mm"),
        (number("quantity_per_year", BETWEEN, 1000, 5000), Fact(None, 10_000), MATCH, "10000 pieces/year"),
        (number("quantity_per_year", AT_LEAST, 5000, None), Fact(100, 4000), GAP, "100 to 4000 pieces/year"),
        (number("year_founded", BETWEEN, 1990, 2000), Fact(1995, 1995), MATCH, "1995"),
        (number("year_founded", BETWEEN, 1990, 2000), Fact(2005, 2005), GAP, "2005"),
        (number("year_founded", AT_LEAST, 2000, None), Fact(1950, 1950), GAP, "1950"),
        (number("trl", AT_LEAST, 7, None), Fact(9, None), MATCH, "9"),
        (number("trl", AT_LEAST, None, 7), Fact(9, 9), UNKNOWN, "9"),
        (number("trl", ONE_OF, 7, 7), Fact(9, 9), UNKNOWN, "9"),
        (number("trl", AT_LEAST, 7, None), Fact(), UNKNOWN, ""),
        (number("irr_percent", AT_LEAST, 10, None), Fact(-5, -5), GAP, "-5 %"),
        (number("total_cost", AT_MOST, None, 1e6, terms=("EUR",)), Fact(5e5, 5e5, ("EUR",)), MATCH,
         "500000 EUR"),
        (number("total_cost", AT_MOST, None, 1e6, terms=("EUR",)), Fact(5e5, 5e5, ("USD",)), UNKNOWN,
         "500000 USD"),
        (number("total_cost", AT_MOST, None, 1e6), Fact(5e5, 5e5), MATCH, "500000"),
        (number("trl", AT_LEAST, 7, None), Fact(float("inf"), float("inf")), MATCH, ""),
    ],
)  # fmt: skip
def test_numbers(condition: Condition, fact: Fact, outcome: Outcome, stated: str) -> None:
    assert evaluate(condition, {condition.criterion: fact}, TODAY)[:2] == (outcome, stated)


def test_the_nearer_a_gap_the_more_credit() -> None:
    asked = number("tolerance_mm", AT_MOST, None, 0.02)
    near, far = (evaluate(asked, {"tolerance_mm": Fact(t, t)}, TODAY)[2] for t in (0.021, 0.2))
    assert 0 < far < near < 1


def terms(criterion: str, operator: Operator, *words: str) -> Condition:
    """Return a condition on terms."""
    return Condition(criterion, operator, terms=words)


@pytest.mark.parametrize(
    ("condition", "held", "outcome"),
    [
        (terms("incoterm", ONE_OF, "FOB", "CIF"), ("cif",), MATCH),
        (terms("incoterm", ONE_OF, "FOB"), ("CIF",), GAP),
        (terms("series_size", ALL_OF, "small", "large"), ("small", "medium", "large"), MATCH),
        (terms("series_size", ALL_OF, "small", "large"), ("small",), GAP),
        (terms("country", ONE_OF, "DE"), ("de",), MATCH),
        (terms("language", ALL_OF, "en", "fr"), ("fr", "en"), MATCH),
        (terms("material", ONE_OF, "aluminum"), ("Aluminium",), MATCH),
        (terms("material", ONE_OF, "steel"), ("stainless steel",), MATCH),
        (terms("material", ONE_OF, "EN AW-6061"), ("AlMg1SiCu",), UNKNOWN),
        (terms("material", ONE_OF, "EN AW-6061"), ("EN AW-7075", "6061-T6"), MATCH),
        (terms("process", ONE_OF, "turning"), ("CNC turning",), MATCH),
        (terms("inspection", ALL_OF, "PPAP level 3"), ("PPAP level 4",), UNKNOWN),
        (terms("drawing_format", ONE_OF, "STEP"), (".stp",), MATCH),
        (terms("language", ONE_OF, "English"), ("anglais",), MATCH),
        (terms("material", ONE_OF, "zinc"), ("steel",) * 41, GAP),
        (terms("material", ONE_OF, "zinc"), tuple(f"AISI {n}" for n in range(300, 341)), UNKNOWN),
        (terms("incoterm", ONE_OF, "FOB"), ("CIF",) * 41, UNKNOWN),
        (terms("material", ONE_OF, "stainless steel 304"), ("stainless steel",), UNKNOWN),
        (terms("material", ONE_OF, "AISI 304 stainless steel sheets for food"),
         ("AISI stainless steel sheets for food 316",), GAP),
        (terms("material", ONE_OF, "stainless steel 304"), ("stainless steel 304",), MATCH),
        (terms("material", ALL_OF, "stainless steel 304", "brass"), ("stainless steel", "brass"), UNKNOWN),
        (terms("process", ONE_OF, "casting"), ("milling",), GAP),
        (terms("process", ONE_OF, "casting"), ("coating",), UNKNOWN),
        (terms("process", ONE_OF), ("coating",), UNKNOWN),
        (terms("process", ONE_OF, "casting"), (), UNKNOWN),
        (terms("study_status", AT_LEAST, "feasibility"), ("bankable",), MATCH),
        (terms("study_status", AT_LEAST, "feasibility"), ("Idea",), GAP),
        (terms("study_status", AT_MOST, "feasibility"), ("bankable",), GAP),
        (terms("study_status", BETWEEN, "idea", "feasibility"), ("pre feasibility",), MATCH),
        (terms("study_status", AT_LEAST, "feasibility"), ("idea, further on than that",), UNKNOWN),
        (terms("study_status", AT_LEAST, "feasibility"), ("idea",) * 41, UNKNOWN),
        (terms("study_status", AT_LEAST, "whatever"), ("idea",), UNKNOWN),
        (terms("study_status", AT_LEAST, "idea"), ("whatever",), UNKNOWN),
        (terms("incoterm", AT_LEAST, "FOB"), ("FOB",), UNKNOWN),
        (terms("unheard_of", ONE_OF, "x"), ("x",), UNKNOWN),
    ],
)  # fmt: skip
def test_terms(condition: Condition, held: tuple[str, ...], outcome: Outcome) -> None:
    found, _, credit = evaluate(condition, {condition.criterion: Fact(terms=held)}, TODAY)
    assert found is outcome
    assert (credit == 1.0) is (outcome is MATCH)


def certificate(*held: Certificate) -> dict[str, Fact]:
    """Return the facts of a listing with certificates."""
    return {"certificate": Fact(certificates=held)}


YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)


@pytest.mark.parametrize(
    ("operator", "asked", "held", "outcome", "stated"),
    [
        (ALL_OF, ["ISO 9001"], [Certificate("DIN EN ISO 9001:2015")], MATCH, "DIN EN ISO 9001:2015"),
        (ALL_OF, ["ISO 9001:2015"], [Certificate("ISO 9001", TODAY)], MATCH,
         "ISO 9001, valid until 2026-11-22"),
        (ALL_OF, ["ISO 9001"], [Certificate("ISO 9001", YESTERDAY)], GAP, "ISO 9001, expired on 2026-11-21"),
        (ALL_OF, ["ISO 9001"], [Certificate("ISO 9001", YESTERDAY), Certificate("ISO 9001", TOMORROW)], MATCH,
         "ISO 9001, valid until 2026-11-23"),
        (ALL_OF, ["ISO 9001"], [Certificate("ISO 9002")], GAP, "ISO 9002"),
        (ALL_OF, ["ISO 9001", "CE"], [Certificate("ISO 9001")], GAP, "ISO 9001"),
        (ONE_OF, ["ISO 9001", "CE"], [Certificate("CE")], MATCH, "CE"),
        (ALL_OF, ["ISO 9001, ISO 14001"], [Certificate("ISO 9001 & 14001")], MATCH, "ISO 9001 & 14001"),
        (ALL_OF, ["ISO 9001"], [Certificate("ГОСТ Р ИСО 9001-2015")], MATCH, "ГОСТ Р ИСО 9001-2015"),
        (ALL_OF, ["CE"], [Certificate("CE marking")], MATCH, "CE marking"),
        (ALL_OF, ["OEKO-TEX Standard 100"], [Certificate("OEKO-TEX")], MATCH, "OEKO-TEX"),
        (ALL_OF, ["FSC"], [Certificate("FSC-C123456", TODAY)], MATCH, "FSC-C123456, valid until 2026-11-22"),
        (ALL_OF, ["FSC", "CE"], [Certificate("FSC-C123456"), Certificate("certified")], UNKNOWN,
         "FSC-C123456; certified"),
        (ONE_OF, ["FSC", "CE"], [Certificate("FSC-C123456"), Certificate("certified")], MATCH,
         "FSC-C123456; certified"),
        (ALL_OF, ["EN 1090-2"], [Certificate("EN 1090")], UNKNOWN, "EN 1090"),
        (ALL_OF, ["EN 1090-2"], [Certificate("EN 1090", YESTERDAY)], GAP, "EN 1090"),
        (ALL_OF, ["ISO 9001:2015"], [Certificate("ISO 9001:2008", TOMORROW)], UNKNOWN,
         "ISO 9001:2008, valid until 2026-11-23"),
        (ALL_OF, ["ISO 9001:2008"], [Certificate("ISO 9001:2015")], MATCH, "ISO 9001:2015"),
        (ALL_OF, ["ISO 9001"], [Certificate("ISO 9001:2008")], MATCH, "ISO 9001:2008"),
        (ALL_OF, ["ISO 9001"], [Certificate("ISO 9001", YESTERDAY), Certificate("certified")], UNKNOWN,
         "certified"),
        (ALL_OF, ["CE"], [Certificate("FSC")] * 41, UNKNOWN, "FSC"),
        (ALL_OF, ["CE"], [Certificate("FSC" + " " * 200)], UNKNOWN, "FSC" + " " * 200),
        (ALL_OF, [""], [Certificate("CE")], UNKNOWN, ""),
        (ALL_OF, ["CE"], [], UNKNOWN, ""),
    ],
)  # fmt: skip
def test_certificates(
    operator: Operator, asked: list[str], held: list[Certificate], outcome: Outcome, stated: str
) -> None:
    condition = terms("certificate", operator, *asked)
    assert evaluate(condition, certificate(*held), TODAY)[:2] == (outcome, stated)


def test_certificates_may_be_stated_as_terms() -> None:
    asked = terms("certificate", ALL_OF, "ISO 9001")
    assert evaluate(asked, {"certificate": Fact(terms=("iso 9001",))}, TODAY)[0] is MATCH


def test_nothing_stated_is_unknown() -> None:
    asked = number("tolerance_mm", AT_MOST, None, 0.02, hard=True)
    assert evaluate(asked, {}, TODAY) == (UNKNOWN, "", UNKNOWN_CREDIT)


@given(conditions, facts)
def test_every_condition_has_an_outcome(condition: Condition, fact: Fact) -> None:
    outcome, _, credit = evaluate(condition, {condition.criterion: fact}, TODAY)
    assert 0.0 <= credit <= 1.0
    assert (credit == 1.0) is (outcome is MATCH)


@given(conditions, facts, st.floats(0, 100), st.floats(0, 100))
def test_a_tighter_bound_never_earns_more(condition: Condition, fact: Fact, down: float, up: float) -> None:
    low, high = condition.low, condition.high
    tighter = replace(
        condition,
        low=None if low is None else low + up,
        high=None if high is None else high - down,
    )
    known = {condition.criterion: fact}
    assert evaluate(tighter, known, TODAY)[2] <= evaluate(condition, known, TODAY)[2]


@given(conditions, facts, st.sampled_from(("ISO 9001", "steel", "FOB")))
def test_a_longer_list_of_needs_never_earns_more(condition: Condition, fact: Fact, more: str) -> None:
    shorter = replace(condition, operator=ALL_OF)
    longer = replace(shorter, terms=(*shorter.terms, more))
    known = {condition.criterion: fact}
    if shorter.terms and shorter.criterion != "total_cost":
        before, after = evaluate(shorter, known, TODAY), evaluate(longer, known, TODAY)
        assert after[2] <= before[2] or before[0] is UNKNOWN


@given(conditions, facts)
def test_a_shorter_list_of_choices_never_earns_more(condition: Condition, fact: Fact) -> None:
    longer = replace(condition, operator=ONE_OF)
    known = {condition.criterion: fact}
    for left_out in range(len(longer.terms) if len(longer.terms) > 1 else 0):
        shorter = replace(longer, terms=longer.terms[:left_out] + longer.terms[left_out + 1 :])
        before, after = evaluate(longer, known, TODAY), evaluate(shorter, known, TODAY)
        assert after[2] <= before[2] or before[0] is UNKNOWN


@pytest.mark.parametrize(
    ("stated", "outcome"), [(("IT6",), MATCH), (("IT7",), MATCH), (("IT11",), GAP), (("h6",), UNKNOWN)]
)
def test_a_finer_grade_of_tolerance_meets_a_coarser_one(stated: tuple[str, ...], outcome: Outcome) -> None:
    asked = Condition("it_grade", AT_MOST, terms=("IT7",))
    assert evaluate(asked, {"it_grade": Fact(terms=stated)}, TODAY)[0] is outcome


def test_the_table_is_sound() -> None:
    for key, criterion in CRITERIA.items():
        assert criterion.key == key
        assert criterion.title
        if criterion.kind is DataType.NUMBER:
            assert criterion.low is not None
            assert criterion.high is not None
            assert criterion.low < criterion.high
            assert all(factor > 0 for factor in criterion.units.values())
            assert all(unit == unit.casefold().replace("μ", "µ") for unit in criterion.units)
            assert convert(1.0, "" if criterion.unit != "currency" else "EUR", key) == 1.0


def test_the_day_decides() -> None:
    asked, held = terms("certificate", ALL_OF, "CE"), certificate(Certificate("CE", date(2027, 1, 1)))
    assert evaluate(asked, held, date(2027, 1, 1))[0] is MATCH
    assert evaluate(asked, held, date(2027, 1, 2))[0] is GAP
