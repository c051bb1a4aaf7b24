"""Two phrases are as alike as what they say, not as they look."""

from __future__ import annotations

from pathlib import Path
from time import thread_time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from matching import spelling
from matching.comparing import CUTOFF
from matching.evaluation.pairs import area, read_pairs, similarities
from matching.forms import prepare
from matching.likeness import Likeness, likeness
from matching.semantic import Encoder, NullEncoder, SentenceEncoder
from matching.thesaurus import own_thesaurus
from tests.matching.plain_likeness import plain_likeness

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
        ("AISI 304 pipes", "1.4301 pipes", "concept"),
        ("sand casting", "fundición en arena", "concept"),
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
     ("plating", "planting"), ("assembly", "disassembly"), ("AISI 304 pipes", "1.4401 pipes"),
     ("tubos de aço", "tubos de aço inoxidável"), ("tubos de acero inoxidable", "steel pipes"),
     ("钢管", "不锈钢管"), ("Stahlrohre", "Edelstahlrohre"), ("стальные трубы", "нержавеющие трубы"),
     ("lamiere di acciaio", "lamiere di acciaio inossidabile"), ("فولاذ", "فولاذ مقاوم للصدأ"),
     ("pan con gluten", "pan sin gluten"), ("ferrous metals", "non-ferrous metals"),
     ("furniture", "used furniture"), ("low voltage switchgear", "high voltage switchgear"),
     ("natural gas", "natural fur"), ("té verde", "hormigón verde")],
)  # fmt: skip
def test_what_only_looks_alike_does_not_meet(a: str, b: str, meaning: float) -> None:
    assert compare(a, b, meaning).value < CUTOFF


@pytest.mark.parametrize("meaning", [0.0, 0.6])
@pytest.mark.parametrize(
    ("a", "b"),
    [("machinig", "machining"), ("fertliizers", "fertilisers"), ("galvanisng", "galvanising"),
     ("IT consulting", "information technology consulting"), ("gluten-free bread", "bread without gluten"),
     ("stainless pipes", "tubos inoxidables"), ("3D printing", "additive manufacturing")],
)  # fmt: skip
def test_other_writings_meet(a: str, b: str, meaning: float) -> None:
    assert compare(a, b, meaning).value >= (CUTOFF if a != "stainless pipes" else 0.3)


def test_siblings_do_not_meet_by_their_kinship() -> None:
    assert compare("copper turning", "copper milling").value < CUTOFF
    assert compare("HDPE", "LDPE").value < CUTOFF
    assert compare("hot rolling", "cold rolling").value < CUTOFF


def test_meaning_alone_counts() -> None:
    assert compare("hinges", "bisagras", 0.8) == Likeness(0.95, "meaning")
    assert compare("", "bisagras", 0.8) == Likeness(0.0, "none")


@given(phrases, phrases, st.floats(-1, 1))
@settings(deadline=None, max_examples=400)
def test_likeness_is_symmetrical_and_bounded(a: str, b: str, meaning: float) -> None:
    own = own_thesaurus()
    first, second = prepare(a, "", own), prepare(b, "", own)
    found = likeness(first, second, meaning)
    assert found == likeness(second, first, meaning)
    assert 0.0 <= found.value <= 1.0
    assert (found.value == 0.0) == (found.how == "none")


@given(phrases, phrases, st.sampled_from([-0.2, 0.0, 0.3, 0.45, 0.6, 0.72, 0.9, 1.0]))
@settings(deadline=None, max_examples=1_000)
def test_it_is_what_the_plain_definition_says(a: str, b: str, meaning: float) -> None:
    own = own_thesaurus()
    first, second = prepare(a, "", own), prepare(b, "", own)
    found, plain = likeness(first, second, meaning), plain_likeness(first, second, meaning)
    assert found.value == pytest.approx(plain.value, abs=1.1e-4)  # sums in another order
    if found.value > 0.0 and plain.value > 0.0:
        assert found.how == plain.how


@given(phrases, phrases, st.sampled_from([0.0, 0.45, 0.72, 0.9]))
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_loops_mean_the_same_as_plain_python(plainly: None, a: str, b: str, meaning: float) -> None:
    own = own_thesaurus()
    first, second = prepare(a, "", own), prepare(b, "", own)
    found, plain = likeness(first, second, meaning), plain_likeness(first, second, meaning)
    assert found.value == pytest.approx(plain.value, abs=1.1e-4)


@pytest.mark.parametrize(
    ("a", "b", "meaning"),
    [
        ("welding of steel", "wielding of steel", 0.9),
        ("assembly of pumps", "disassembly of pumps", 0.5),
        ("metal casting shop", "casting metal", 0.0),
        ("waste water treatment plants of large towns and cities", "wastewater treatment plants", 0.0),
        ("unloading", "loading", 0.4),
        ("pump repair", "repair of pumps", 0.0),
        ("repair of old pumps", "old repair of pumps", 0.0),
        ("precison machining of parts", "precision machining", 0.0),
        ("stainless steel 304 pipes", "304 stainless steel sheets", 0.5),
        ("machining precison", "machining precision", 0.0),
        ("machning", "machining", 0.0),
        ("machinign", "machining", 0.0),
        ("miling", "milling", 0.0),
        ("chloride salts", "chloriqe salts", 0.0),
        ("low voltage cables", "cables of high voltage", 0.5),
        ("high voltage cables", "low cost cables", 0.5),
        ("low", "high", 0.5),
        ("boring", "baking", 0.2),
    ],
)
def test_the_loops_mean_the_same_as_plain_python_of_look_alikes(
    plainly: None, a: str, b: str, meaning: float
) -> None:
    own = own_thesaurus()
    first, second = prepare(a, "", own), prepare(b, "", own)
    found, plain = likeness(first, second, meaning), plain_likeness(first, second, meaning)
    assert found.value == pytest.approx(plain.value, abs=1.1e-4)


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("phrase_pairs*.tsv")))
def test_it_is_what_the_plain_definition_says_of_real_phrases(path: Path) -> None:
    own = own_thesaurus()
    for number, pair in enumerate(read_pairs(path)):
        first, second = prepare(pair.a, "", own), prepare(pair.b, "", own)
        meaning = (0.0, 0.4, 0.7)[number % 3]
        found, plain = likeness(first, second, meaning), plain_likeness(first, second, meaning)
        assert found.value == pytest.approx(plain.value, abs=1.1e-4), pair


@given(st.text("abc", max_size=9), st.text("abc", max_size=9), st.integers(0, 3))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slips_are_counted_as_rapidfuzz_counts_them(plainly: None, a: str, b: str, most: int) -> None:
    def letters(word: str) -> np.ndarray:
        return np.array([ord(c) for c in word], dtype=np.uint32)

    found, right = spelling.edits(letters(a), letters(b), most), OSA.distance(a, b)
    assert found == right or (found > most and right > most)


@pytest.mark.parametrize("text", ["a" * 10_000, "ab " * 4_000, "织" * 10_000, "12 " * 3_000, "é́" * 5_000])
def test_long_input_does_not_hang(text: str) -> None:
    own = own_thesaurus()
    compare("warm", "up")
    started = thread_time()
    likeness(prepare(text, "", own), prepare(text[1:] + " x", "", own), 0.3)
    assert thread_time() - started < 0.1


@pytest.mark.parametrize(("encoder", "least"), [(SentenceEncoder, 0.965), (NullEncoder, 0.915)])
def test_the_half_that_was_not_tuned_on_is_told_apart(encoder: type[Encoder], least: float) -> None:
    pairs = [pair for pair in read_pairs(PAIRS) if pair.half == 1]
    values = similarities(pairs, encoder(), own_thesaurus())
    assert area(values, [pair.same for pair in pairs]) >= least
