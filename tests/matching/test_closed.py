"""Closed lists: terms in other words and languages, and what one of them says of another."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.closed import CLOSED, Named, compare_closed, named_in
from matching.criteria import CRITERIA
from matching.normalise import PHRASE_CHARS
from matching.types import Outcome

MATCH, GAP, UNKNOWN = Outcome.MATCH, Outcome.GAP, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("criterion", "asked", "held", "outcome"),
    [
        ("inspection", "CMM", "coordinate measuring machine", MATCH),
        ("inspection", "CMM", "三坐标测量机", MATCH),
        ("inspection", "CMM", "FAI", GAP),
        ("inspection", "FAI", "CMM and FAI", MATCH),
        ("inspection", "CMM and FAI", "FAI", UNKNOWN),
        ("inspection", "CMM and FAI", "FAI and CMM", MATCH),
        ("inspection", "FAI", "CMM and 3D scanner", UNKNOWN),
        ("inspection", "CMM to 3 µm on granite", "CMM", UNKNOWN),
        ("inspection", "PPAP level 3", "PPAP level 3", MATCH),
        ("inspection", "PPAP level 3", "PPAP niveau 3", MATCH),
        ("inspection", "PPAP level 2", "PPAP level 3", MATCH),
        ("inspection", "PPAP level 3", "PPAP level 1", UNKNOWN),
        ("inspection", "PPAP level 3", "PPAP level 4", UNKNOWN),
        ("inspection", "PPAP level 4", "PPAP level 5", UNKNOWN),
        ("inspection", "PPAP level 3", "PPAP", UNKNOWN),
        ("inspection", "PPAP", "PPAP level 4", MATCH),
        ("inspection", "PPAP level 3", "CMM", GAP),
        ("language", "English", "anglais", MATCH),
        ("language", "en", "английский", MATCH),
        ("language", "en-GB", "English", MATCH),
        ("language", "ar", "العربية", MATCH),
        ("language", "zh", "中文", MATCH),
        ("language", "en", "eng", MATCH),
        ("language", "en", "fluent English and French", MATCH),
        ("language", "en", "French", GAP),
        ("language", "en", "Klingon", UNKNOWN),
        ("language", "de", "boîte de vitesses", UNKNOWN),
        ("country", "DE", "Allemagne", MATCH),
        ("country", "UK", "United Kingdom", MATCH),
        ("country", "DE", "fr", GAP),
        ("country", "Niger", "Nigeria", GAP),
        ("incoterm", "FOB", "free on board", MATCH),
        ("incoterm", "FOB", "FOB Mombasa", MATCH),
        ("incoterm", "FOB", "CIF, Incoterms 2020", GAP),
        ("incoterm", "FOB", "CIF Rotterdam", UNKNOWN),
        ("incoterm", "FOB", "not CIF", UNKNOWN),
        ("drawing_format", "STEP", ".stp", MATCH),
        ("drawing_format", "STEP", "IGES, STEP and PDF", MATCH),
        ("drawing_format", "STEP", "DXF", GAP),
        ("drawing_format", "STEP", "XYZ", UNKNOWN),
        ("drawing_format", "XYZ", "xyz", MATCH),
        ("women_led", "yes", "oui", MATCH),
        ("women_led", "yes", "no", GAP),
        ("series_size", "small", "Kleinserie", MATCH),
        ("series_size", "small", "large", GAP),
        ("tooling", "buyer", "заказчик", MATCH),
        ("tooling", "buyer", "", UNKNOWN),
        ("tooling", "", "", UNKNOWN),
    ],
)
def test_terms_of_lists(criterion: str, asked: str, held: str, outcome: Outcome) -> None:
    found, credit = compare_closed(criterion, asked, held)
    assert found is outcome
    assert (credit == 1.0) is (outcome is MATCH)


def test_what_a_text_names() -> None:
    assert named_in("incoterm", "FOB or CIF") == Named(frozenset({"FOB", "CIF"}), whole=True)
    assert named_in("incoterm", "FOB Mombasa") == Named(frozenset({"FOB"}), whole=False)
    assert named_in("incoterm", "FOB" + " " * PHRASE_CHARS) == Named(frozenset({"FOB"}), whole=False)
    assert named_in("language", "no") == Named(frozenset({"no"}), whole=True)
    assert named_in("language", "sin inglés") == Named(frozenset(), whole=False)


@pytest.mark.parametrize("criterion", sorted(CLOSED))
def test_every_term_of_a_list_names_itself_alone(criterion: str) -> None:
    terms = CRITERIA[criterion].terms
    assert all(named_in(criterion, term) == Named(frozenset({term}), whole=True) for term in terms)
    assert all(
        compare_closed(criterion, one, other)[0] is not MATCH or one.startswith("PPAP")
        for one in terms
        for other in terms
        if one != other
    )


@given(st.sampled_from(sorted(CLOSED)), st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_compared(criterion: str, asked: str, held: str) -> None:
    compare_closed(criterion, asked, held)


@pytest.mark.parametrize("text", ["FOB " * 30_000, "x" * 100_000, "x y " * 30_000])
def test_long_texts_are_quick(text: str) -> None:
    named_in("incoterm", "")
    start = time.thread_time()
    compare_closed("incoterm", text, text[1:])
    assert time.thread_time() - start < 0.2
