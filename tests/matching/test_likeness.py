"""Two phrases are as alike as what they say, not as they look."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.evaluation.pairs import area, read_pairs, similarities
from matching.lexical import token_similarity
from matching.likeness import (
    CUTOFF,
    MEANING_FLOOR,
    Likeness,
    likeness,
    prepare,
    related_concepts,
)
from matching.semantic import Encoder, NullEncoder, SentenceEncoder
from matching.thesaurus import own_thesaurus

PAIRS = Path(__file__).with_name("phrase_pairs.tsv")
WORDS = [
    "copper",
    "wire",
    "pipes",
    "steel",
    "stainless",
    "milling",
    "turning",
    "welding",
    "soudage",
    "M8",
    "M10",
    "9001",
    "services",
    "assembly",
    "disassembly",
    "wast",
    "waste",
    "water",
    "wastewater",
    "of",
    "electrical",
    "discharge",
    "machining",
    "EDM",
    "gears",
    "galvanisng",
]
phrases = st.one_of(st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join), st.text(max_size=30))


def compare(a: str, b: str, meaning: float = 0.0, languages: tuple[str, str] = ("", "")) -> Likeness:
    own = own_thesaurus()
    return likeness(prepare(a, languages[0], own), prepare(b, languages[1], own), meaning)


@pytest.mark.parametrize(
    ("a", "b", "how"),
    [
        ("pump repair", "repair of pumps", "same"),
        ("sheet metal work", "sheetmetal work", "same"),
        ("precision machining", "precison machining", "fuzzy"),
        ("EDM", "electrical discharge machining", "fuzzy"),
        ("welding", "сварка", "concept"),
        ("welding", "焊接", "concept"),
        ("gears", "Zahnräder", "concept"),
    ],
)
def test_what_says_the_same_meets_without_an_encoder(a: str, b: str, how: str) -> None:
    found = compare(a, b)
    assert found.value >= CUTOFF
    assert found.how == how


@pytest.mark.parametrize("meaning", [0.0, 0.7])
@pytest.mark.parametrize(
    ("a", "b"),
    [("M8 bolts", "M10 bolts"), ("AISI 304 sheet", "AISI 316 sheet"), ("ISO 9001", "ISO 9002"),
     ("304 stainless steel", "316 stainless steel"),
     ("steel", "stainless steel"), ("steel pipes", "stainless steel pipes"), ("casting", "coating"),
     ("plating", "planting"), ("assembly", "disassembly")],
)  # fmt: skip
def test_what_only_looks_alike_does_not_meet(a: str, b: str, meaning: float) -> None:
    assert compare(a, b, meaning).value < CUTOFF


def test_siblings_do_not_meet_by_their_kinship() -> None:
    assert compare("copper turning", "copper milling").value < CUTOFF


def test_meaning_alone_counts() -> None:
    assert compare("hinges", "bisagras", 0.8) == Likeness(1.0, "meaning")
    assert compare("", "bisagras", 0.8) == Likeness(0.0, "none")


@given(phrases, phrases, st.floats(-1, 1))
@settings(deadline=None, max_examples=400)
def test_likeness_is_symmetrical_bounded_and_found_by_what_an_index_holds(
    a: str, b: str, meaning: float
) -> None:
    own = own_thesaurus()
    first, second = prepare(a, "", own), prepare(b, "", own)
    found = likeness(first, second, meaning)
    assert found == likeness(second, first, meaning)
    assert 0.0 <= found.value <= 1.0
    assert (found.value == 0.0) == (found.how == "none")
    if found.value >= CUTOFF:
        tokens = any(token_similarity(x, y) > 0 for x in first.phrase.tokens for y in second.phrase.tokens)
        concepts = bool(related_concepts(first) & set(second.concepts))
        runs = any(
            t.key in other.runs
            for one, other in ((first, second), (second, first))
            for t in one.phrase.tokens
        )
        assert tokens or concepts or runs or meaning >= MEANING_FLOOR


@pytest.mark.parametrize("text", ["a" * 10_000, "ab " * 4_000, "织" * 10_000, "12 " * 3_000, "é́" * 5_000])
def test_long_input_does_not_hang(text: str) -> None:
    own = own_thesaurus()
    compare("warm", "up")
    started = perf_counter()
    likeness(prepare(text, "", own), prepare(text[1:] + " x", "", own), 0.3)
    assert perf_counter() - started < 0.1


@pytest.mark.parametrize(("encoder", "least"), [(SentenceEncoder, 0.965), (NullEncoder, 0.915)])
def test_the_half_that_was_not_tuned_on_is_told_apart(encoder: type[Encoder], least: float) -> None:
    pairs = [pair for pair in read_pairs(PAIRS) if pair.half == 1]
    values = similarities(pairs, encoder(), own_thesaurus())
    assert area(values, [pair.same for pair in pairs]) >= least
