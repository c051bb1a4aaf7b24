from __future__ import annotations

import pytest

from marketplace.errors import Invalid
from marketplace.listings.kinds import FIELDS, NEEDS, KindField, Type, columns, details_text, read_details
from marketplace.listings.kinds.words import CRITERIA_TITLES, MEANINGS, SDGS, TERMS
from matching.criteria import CRITERIA, DataType
from matching.types import Fact, Kind, Operator, Side
from tests.marketplace.listings.world import TODAY

EVERY = [(kind, of) for kind, fields in FIELDS.items() for of in fields]
NAMED = [pytest.param(kind, of, id=f"{kind}-{of.name}") for kind, of in EVERY]


@pytest.mark.parametrize(("kind", "of"), NAMED)
def test_what_feeds_a_criterion_speaks_its_language(kind: Kind, of: KindField) -> None:
    if not of.criterion:
        assert of.asks is None
        return
    criterion = CRITERIA[of.criterion]
    if criterion.kind is DataType.NUMBER:
        assert of.type is Type.NUMBER
        assert (of.unit, of.low, of.high) == (criterion.unit, criterion.low, criterion.high)
        assert of.asks in {None, Operator.AT_MOST, Operator.AT_LEAST}
    else:
        assert of.type in {Type.CHOICE, Type.CHOICES, Type.TERMS}
        assert tuple(of.choices) == criterion.terms
        if of.asks in {Operator.AT_MOST, Operator.AT_LEAST}:
            assert criterion.ordered


@pytest.mark.parametrize(("kind", "of"), NAMED)
def test_every_field_says_what_it_is(kind: Kind, of: KindField) -> None:
    assert str(of.label)
    assert str(of.group)
    assert of.sides
    assert of.high is not None or of.type not in {Type.TEXT, Type.LONG_TEXT}
    assert (of.type in {Type.CHOICE, Type.CHOICES}) == bool(of.choices)


def test_the_example_of_every_field_is_accepted_by_it() -> None:
    for kind, of in EVERY:
        if str(of.example):
            assert of.read(str(of.example), TODAY) is not None, (kind, of.name)


def test_names_are_unique_in_a_kind_and_units_belong_to_figures() -> None:
    for kind, fields in FIELDS.items():
        names = [of.name for of in fields]
        assert len(names) == len(set(names))
        for figure, unit in NEEDS[kind]:
            assert {figure, unit} <= set(names)
    assert set(columns()) == {of.name for _, of in EVERY}


def test_every_criterion_and_every_closed_term_has_its_word() -> None:
    assert set(CRITERIA_TITLES) == set(CRITERIA)
    closed = {key: criterion.terms for key, criterion in CRITERIA.items() if criterion.terms}
    assert {key: tuple(words) for key, words in TERMS.items()} == closed
    assert set(MEANINGS) == {(side, kind) for side in Side for kind in Kind}
    assert list(SDGS) == list(range(1, 18))


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("tolerance_mm", "0,02 mm", 0.02),
        ("tolerance_mm", "±0.02", 0.02),
        ("tolerance_mm", "0.001 in", pytest.approx(0.0254)),
        ("part_length_mm", "1.5 m", 1500.0),
        ("part_length_mm", "1 200", 1200.0),
        ("part_length_mm", "1'200", 1200.0),
        ("part_length_mm", 80, 80.0),
        ("part_length_mm", "12,345.5", 12345.5),
        ("part_length_mm", "12.345,5", 12345.5),
        ("part_length_mm", "٤٠٠", 400.0),
        ("series_pieces", "500", 500),
        ("materials", "1.4301; 6082-T6\n1.4301", ["1.4301", "6082-T6"]),
        ("materials", "steel, brass", ["steel", "brass"]),
        ("incoterms", ["FOB", "DAP"], ["FOB", "DAP"]),
        ("incoterms", "FOB; exw – ex works", ["FOB", "EXW"]),
        ("tooling", "The buyer", "buyer"),
        ("free_from", "2027-01-31", "2027-01-31"),
    ],
)
def test_values_are_read_as_people_write_them(name: str, typed: object, kept: object) -> None:
    found, problems = read_details(Kind.SUBCONTRACTING, Side.OFFER, {name: typed}, TODAY)
    assert not problems, problems[0].message
    assert found == {name: kept}


@pytest.mark.parametrize(
    ("kind", "name", "typed", "code"),
    [
        (Kind.SUBCONTRACTING, "tolerance_mm", "tight", "not_a_number"),
        (Kind.SUBCONTRACTING, "tolerance_mm", "5 kg", "unknown_unit"),
        (Kind.SUBCONTRACTING, "tolerance_mm", "nan", "not_a_number"),
        (Kind.SUBCONTRACTING, "tolerance_mm", "1e999", "unknown_unit"),
        (Kind.SUBCONTRACTING, "tolerance_mm", float("inf"), "not_a_number"),
        (Kind.SUBCONTRACTING, "tolerance_mm", "500", "out_of_range"),
        (Kind.SUBCONTRACTING, "part_length_mm", "1,200", "two_ways"),
        (Kind.SUBCONTRACTING, "part_length_mm", "1.2.3", "not_a_number"),
        (Kind.SUBCONTRACTING, "series_pieces", "1.5", "not_whole"),
        (Kind.SUBCONTRACTING, "series_pieces", "5 kg", "unknown_unit"),
        (Kind.SUBCONTRACTING, "tooling", "nobody", "unknown_choice"),
        (Kind.SUBCONTRACTING, "inspection", "CMM; magic", "unknown_choice"),
        (Kind.SUBCONTRACTING, "materials", "steel\x00", "control"),
        (Kind.SUBCONTRACTING, "materials", "x" * 121, "too_long"),
        (Kind.SUBCONTRACTING, "materials", [str(n) for n in range(21)], "too_many"),
        (Kind.SUBCONTRACTING, "free_from", "2020-01-01", "past"),
        (Kind.SUBCONTRACTING, "free_from", "soon", "not_a_date"),
        (Kind.TECHNOLOGY, "trl", "10", "out_of_range"),
        (Kind.TECHNOLOGY, "trl", "7 points", "unknown_unit"),
        (Kind.TECHNOLOGY, "advantages", "x" * 2001, "too_long"),
        (Kind.INVESTMENT, "currency", "Euro", "unknown_currency"),
        (Kind.INVESTMENT, "contribution_sought", "5 EUR", "unknown_unit"),
        (Kind.ENVIRONMENT, "media", "ether", "unknown_choice"),
    ],
)
def test_wrong_values_are_named_at_their_field(kind: Kind, name: str, typed: object, code: str) -> None:
    _, problems = read_details(kind, Side.OFFER, {name: typed}, TODAY)
    assert [(problem.field, problem.code) for problem in problems] == [(name, code)]
    assert problems[0].message.strip().endswith((".", "?"))


def test_an_amount_needs_its_currency_and_a_flow_its_unit() -> None:
    _, problems = read_details(Kind.INVESTMENT, Side.REQUEST, {"total_cost": "2500000"}, TODAY)
    assert [(problem.field, problem.code) for problem in problems] == [("currency", "missing")]
    _, problems = read_details(Kind.ENVIRONMENT, Side.REQUEST, {"flow": "120", "target_load": "5"}, TODAY)
    assert [problem.field for problem in problems] == ["flow_unit", "load_unit"]
    kept, problems = read_details(
        Kind.INVESTMENT, Side.REQUEST, {"total_cost": "2500000", "currency": "eur"}, TODAY
    )
    assert not problems
    assert kept == {"total_cost": 2_500_000.0, "currency": "EUR"}


def test_a_wrong_currency_is_not_also_called_missing() -> None:
    _, problems = read_details(Kind.INVESTMENT, Side.REQUEST, {"total_cost": "1", "currency": "XXXX"}, TODAY)
    assert [problem.code for problem in problems] == ["unknown_currency"]


def test_fields_of_another_kind_or_side_are_left_aside() -> None:
    kept, problems = read_details(
        Kind.TECHNOLOGY, Side.REQUEST, {"tolerance_mm": "nonsense", "free_from": "x", "trl": "5"}, TODAY
    )
    assert not problems
    assert kept == {"trl": 5}


def test_facts_carry_spans_words_and_the_currency() -> None:
    by_name = {of.name: of for of in FIELDS[Kind.SUBCONTRACTING] + FIELDS[Kind.INVESTMENT]}
    assert by_name["tolerance_mm"].facts(0.02, "") == Fact(low=0.02, high=0.02)
    assert by_name["materials"].facts(["steel", "brass"], "") == Fact(terms=("steel", "brass"))
    assert by_name["total_cost"].facts(5.0, "EUR") == Fact(low=5.0, high=5.0, terms=("EUR",))
    assert by_name["it_grade"].facts("IT7", "") == Fact(terms=("IT7",))
    assert by_name["need"].facts("capacity", "") is None


def test_words_that_people_search_by_reach_the_engine_as_text() -> None:
    text = details_text(Kind.ENVIRONMENT, {"pollutants": ["chromium VI"], "standard": "limit 5", "flow": 3.0})
    assert text == "chromium VI\nlimit 5"


def test_a_currency_is_a_code_of_iso_4217() -> None:
    with pytest.raises(Invalid):
        FIELDS[Kind.INVESTMENT][3].read("QQQ", TODAY)
