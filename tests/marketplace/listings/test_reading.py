from __future__ import annotations

from typing import Any

import pytest

from marketplace.listings.services import missing_for_review, read_listing, read_requirements
from matching.types import Operator, Side
from tests.marketplace.listings.world import TODAY, in_days, raw, request, values


def codes(typed: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in read_listing(typed, TODAY)[1]]


def test_a_title_some_capabilities_and_a_country_are_enough() -> None:
    found = values(raw())
    assert missing_for_review(found) == []
    assert found.capabilities == ("CNC turning", "thread rolling")
    assert (found.valid_until - TODAY).days == 365


def test_countries_are_known_by_code_and_in_many_languages() -> None:
    found = values(raw(country="Deutschland", target_countries="Francia; Китай; Kenya; GB; USA"))
    assert found.country == "DE"
    assert found.target_countries == ("FR", "CN", "KE", "GB", "US")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"quantity_per_year": "5000"}, (5000.0, "pieces")),
        ({"quantity_per_year": "1000 kg/month"}, (12.0, "t")),
        ({"quantity_per_year": "100", "quantity_unit": "pieces/month"}, (1200.0, "pieces")),
        ({"quantity_per_year": "40", "quantity_unit": "m³"}, (40.0, "m³")),
    ],
)
def test_quantities_become_a_year_in_one_unit(typed: dict[str, Any], kept: tuple[float, str]) -> None:
    found = values(raw(**typed))
    assert (found.quantity_per_year, found.quantity_unit) == kept


def test_lead_time_may_be_given_in_weeks() -> None:
    assert values(raw(lead_time_days="6 weeks")).lead_time_days == 42


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"side": ""}, "side", "missing"),
        ({"kind": "barter"}, "kind", "unknown_choice"),
        ({"title": "x" * 257}, "title", "too_long"),
        ({"title": "a\x00b"}, "title", "control"),
        ({"summary": "x" * 501}, "summary", "too_long"),
        ({"description": "x" * 4001}, "description", "too_long"),
        ({"country": "Atlantis"}, "country", "unknown_country"),
        ({"language": "klingon"}, "language", "unknown_language"),
        ({"capabilities": "\n".join(map(str, range(21)))}, "capabilities", "too_many"),
        ({"capabilities": "x" * 121}, "capabilities", "too_long"),
        ({"sectors": ["2592", "9999"]}, "sectors", "unknown_sector"),
        ({"sectors": ["0111", "0112", "0113", "0114", "0115", "0116"]}, "sectors", "too_many"),
        ({"partnership_types": ["marriage"]}, "partnership_types", "unknown_choice"),
        (
            {"partnership_types": ["licence", "merger", "supplier", "investment"]},
            "partnership_types",
            "too_many",
        ),
        ({"sdgs": ["18"]}, "sdgs", "unknown_choice"),
        ({"quantity_per_year": "-5"}, "quantity_per_year", "out_of_range"),
        ({"quantity_per_year": "5 furlongs"}, "quantity_unit", "unknown_unit"),
        ({"lead_time_days": "5 kg"}, "lead_time_days", "unknown_unit"),
        ({"lead_time_days": "20 years"}, "lead_time_days", "out_of_range"),
        ({"valid_until": "2020-01-01"}, "valid_until", "past"),
        ({"valid_until": in_days(1200)}, "valid_until", "too_late"),
        ({"response_deadline": in_days(-1)}, "response_deadline", "past"),
        ({"response_deadline": in_days(30), "valid_until": in_days(20)}, "response_deadline", "after_end"),
        ({"anonymous": "perhaps"}, "anonymous", "not_yes_no"),
        ({"dissemination": "moon"}, "dissemination", "unknown_choice"),
        ({"details": {"tolerance_mm": "x"}}, "details-tolerance_mm", "not_a_number"),
    ],
)
def test_each_wrong_value_is_named_at_its_field(change: dict[str, Any], field: str, code: str) -> None:
    assert (field, code) in codes(raw(**change))


def test_everything_wrong_is_told_at_once() -> None:
    assert len(codes(raw(title="x" * 300, country="?", summary="y" * 501, valid_until="soon"))) == 4


def test_text_is_kept_in_one_spelling_and_without_hidden_marks() -> None:
    found = values(raw(title="  Dre\u0301hen \u202eund\u200b   Fräsen ", description="a\r\nb"))
    assert found.title == "Dréhen und Fräsen"
    assert found.description == "a\nb"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"title": ""}, ["title"]),
        ({"capabilities": ""}, ["capabilities"]),
        ({"country": ""}, ["country"]),
        ({"response_deadline": ""}, ["response_deadline"]),
        ({"response_deadline": "", "kind": "technology"}, []),
        ({"response_deadline": "", "side": "offer"}, []),
    ],
)
def test_what_the_office_needs(change: dict[str, Any], fields: list[str]) -> None:
    missing = missing_for_review(values(request(**change)))
    assert [problem.field for problem in missing] == fields


@pytest.mark.parametrize(
    ("row", "operator", "low", "high", "terms"),
    [
        ({"criterion": "tolerance_mm", "value": "0.01 in"}, "at_most", None, 0.254, ()),
        ({"criterion": "tolerance_mm", "value": "0.05", "unit": "mm"}, "at_most", None, 0.05, ()),
        (
            {"criterion": "employees", "operator": "between", "value": "10", "value_to": "50"},
            "between",
            10,
            50,
            (),
        ),
        ({"criterion": "trl", "value": "6"}, "at_least", 6, None, ()),
        (
            {"criterion": "certificate", "value": "ISO 9001, IATF 16949"},
            "all_of",
            None,
            None,
            ("ISO 9001", "IATF 16949"),
        ),
        ({"criterion": "country", "value": "Kenia; FR"}, "one_of", None, None, ("KE", "FR")),
        ({"criterion": "language", "value": "French"}, "one_of", None, None, ("fr",)),
        (
            {"criterion": "Stage of development", "operator": "at least", "value": "Lab tested"},
            "at_least",
            None,
            None,
            ("lab tested",),
        ),
        (
            {"criterion": "contribution_sought", "operator": "at_most", "value": "5000", "unit": "usd"},
            "at_most",
            None,
            5000,
            ("USD",),
        ),
    ],
)
def test_requirements_are_brought_to_the_engines_units(
    row: dict[str, Any], operator: str, low: float | None, high: float | None, terms: tuple[str, ...]
) -> None:
    (kept,), problems = read_requirements([row])
    assert not problems
    assert kept.operator is Operator(operator)
    assert (kept.low, kept.terms) == (low, terms)
    assert kept.high == pytest.approx(high) if high is not None else kept.high is None


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        ({"criterion": "colour", "value": "red"}, "criterion", "unknown_criterion"),
        ({"value": "5"}, "criterion", "missing"),
        ({"criterion": "trl"}, "value", "missing"),
        ({"criterion": "trl", "value": "0"}, "value", "out_of_range"),
        ({"criterion": "trl", "value": "five"}, "value", "not_a_number"),
        ({"criterion": "tolerance_mm", "value": "5 kg"}, "value", "unknown_unit"),
        ({"criterion": "tolerance_mm", "operator": "one_of", "value": "1"}, "operator", "unknown_operator"),
        ({"criterion": "employees", "operator": "between", "value": "10"}, "value_to", "missing"),
        (
            {"criterion": "employees", "operator": "between", "value": "50", "value_to": "10"},
            "value_to",
            "order",
        ),
        ({"criterion": "total_cost", "value": "5", "operator": "at_most"}, "value", "unknown_currency"),
        ({"criterion": "incoterm", "value": "XYZ"}, "value", "unknown_choice"),
        ({"criterion": "country", "value": "Atlantis"}, "value", "unknown_country"),
        ({"criterion": "material", "value": ";;"}, "value", "missing"),
        ({"criterion": "trl", "value": "5", "weight": "11"}, "weight", "out_of_range"),
        ({"criterion": "trl", "value": "5", "evidence": "x" * 256}, "evidence", "too_long"),
    ],
)
def test_a_wrong_requirement_is_named_in_its_row(row: dict[str, Any], field: str, code: str) -> None:
    kept, problems = read_requirements([{}, row])
    assert kept == ()
    assert [(problem.field, problem.code) for problem in problems] == [(f"requirements-1-{field}", code)]


@pytest.mark.parametrize(
    ("criterion", "value", "usual"),
    [
        ("it_grade", "IT7", Operator.AT_MOST),
        ("development_stage", "lab tested", Operator.AT_LEAST),
        ("incoterm", "FOB", Operator.ONE_OF),
        ("part_diameter_mm", "80", Operator.AT_LEAST),
        ("series_pieces", "500 pcs", Operator.AT_LEAST),
    ],
)
def test_who_does_not_say_how_to_compare_gets_the_usual_way(
    criterion: str, value: str, usual: Operator
) -> None:
    kept, problems = read_requirements([{"criterion": criterion, "value": value}])
    assert problems == []
    assert kept[0].operator is usual


def test_empty_rows_are_passed_over_and_too_many_are_refused() -> None:
    row = {"criterion": "trl", "value": "5", "weight": "1"}
    assert read_requirements([{"weight": "1", "hard": False}, {}]) == ((), [])
    assert read_requirements([row] * 21)[1][0].field == "requirements"


def test_sides_are_words_of_the_engine() -> None:
    assert values(request()).side is Side.REQUEST
