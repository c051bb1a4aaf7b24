"""Which trade phrases say the same, which are near, which only look alike."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.lexical import SIMILARITY_MINIMUM, similarity, spelling_similarity
from matching.normalise import phrase
from tests.matching.strategies import phrases

SAME = [
    ("CNC milling", "cnc-milling"),
    ("C.N.C. milling", "CNC milling"),
    ("aluminium casting", "aluminum castings"),
    ("aluminium casting", "casting of aluminium"),
    ("powder coating", "powdercoating"),
    ("powder-coating", "Powder Coatings"),
    ("injection moulding", "injection molding"),
    ("mould making", "mold making"),
    ("sheet metal", "sheetmetal"),
    ("AISI 304", "AISI304"),
    ("M8 bolts", "M 8 bolt"),
    ("EN AW-6061-T6", "EN AW 6061 T6"),
    ("road construction", "construction of roads"),
    ("plastic injection moulding", "injection moulding of plastics"),
    ("furniture", "furnitures"),
    ("fibreglass boats", "fiberglass boat"),
    ("galvanizing", "galvanising"),
    ("ISO 9001", "iso-9001"),
    ("waterjet cutting", "water-jet cutting"),
    ("Pulverbeschichtung", "Pulver-Beschichtung"),
    ("usinage CNC", "Usinage C.N.C."),
    ("pièces en tôle", "PIECES EN TOLE"),
]
NEAR = [
    ("alumnium castng", "aluminium casting"),
    ("CNC milling", "CNC miling"),
    ("stainlees steel pipes", "stainless steel pipe"),
    ("injection mouldng", "injection moulding"),
    ("anodised", "anodising"),
    ("anodizing", "anodised"),
    ("welded assemblies", "welding assemblies"),
    ("powder coating", "powder coating services"),
    ("CNC milling", "5-axis CNC milling"),
    ("leather tanning", "tanning of leather goods"),
    ("machined parts", "machining of parts"),
    ("software maintenance", "sofware maintenance"),
    ("hydraulic cylinders", "hydraulic cilinders"),
    ("solar panels", "solar pannels"),
    ("textile dyeing", "dyeing of textiles and yarns"),
    ("sheet metal bending", "bending of sheet metal parts"),
    ("laser cutting", "laser cutting of steel sheet"),
    ("wiring harnesses", "wiring harness assembly"),
]
LESS = [
    ("steel", "stainless steel"),
    ("steel pipes", "stainless steel pipes"),
    ("casting", "die casting"),
    ("coating", "powder coating"),
    ("milling machines", "milling"),
    ("stainless steel", "stainless steel 304"),
    ("cutting", "laser cutting"),
    ("CNC milling of aluminium", "CNC turning of aluminium"),
]
APART = [
    ("casting", "coating"),
    ("aluminium casting", "aluminium coating"),
    ("turning", "tuning"),
    ("plating", "planting"),
    ("plating", "painting"),
    ("ISO 9001", "ISO 9002"),
    ("M8 bolts", "M10 bolts"),
    ("AISI 304", "AISI 316"),
    ("stainless steel", "carbon steel"),
    ("boiler", "broiler"),
    ("printing", "painting"),
    ("sewing", "sawing"),
    ("molding", "holding"),
    ("leather", "lather"),
    ("construction services", "catering services"),
    ("services", "training services"),
    ("tanning", "training"),
    ("welding", "wielding"),
    ("dyeing", "drying"),
    ("fishing", "finishing"),
    ("filling", "filing"),
    ("insulation", "installation"),
    ("mining", "milling"),
    ("forging", "forming"),
    ("sensor", "censor"),
    ("road", "rod"),
    ("battery", "butter"),
    ("glass", "gloss"),
    ("packing", "parking"),
    ("铝合金", "不锈钢"),
    ("", ""),
    ("the", "the"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_the_same_in_other_writing(a: str, b: str) -> None:
    assert similarity(a, b) == 1.0


@pytest.mark.parametrize(("a", "b"), NEAR)
def test_near_phrases(a: str, b: str) -> None:
    assert 0.7 <= similarity(a, b) < 1.0


@pytest.mark.parametrize(("a", "b"), LESS)
def test_kin_but_not_the_same(a: str, b: str) -> None:
    assert SIMILARITY_MINIMUM <= similarity(a, b) < 0.91


@pytest.mark.parametrize(("a", "b"), APART)
def test_look_alikes_stay_apart(a: str, b: str) -> None:
    assert similarity(a, b) == 0.0


def test_a_qualifier_makes_a_difference() -> None:
    assert similarity("steel", "stainless steel") < similarity("steel", "steel frame")


def test_kin_words_are_less_than_one_word() -> None:
    assert similarity("steel plate", "steel plating") < similarity("welded", "welding")


@given(phrases, phrases)
def test_similarity_is_symmetrical_and_bounded(a: str, b: str) -> None:
    assert similarity(a, b) == similarity(b, a)
    assert 0.0 <= similarity(a, b) <= 1.0


@given(phrases)
def test_a_phrase_is_itself(a: str) -> None:
    assert similarity(a, a) == (1.0 if phrase(a).tokens else 0.0)


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_two_texts_compare(a: str, b: str) -> None:
    assert 0.0 <= similarity(a, b) <= 1.0


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [("milling", "miling", True), ("milling", "illing", False), ("cat", "cab", False),
     ("construction", "conception", False), ("planning", "plain", False)],
)  # fmt: skip
def test_spelling(a: str, b: str, alike: bool) -> None:  # noqa: FBT001 - a row of the table
    assert (spelling_similarity(a, b) > 0) is alike


def test_the_worst_pair_is_quick() -> None:
    a = " ".join(f"qwertyui{chr(97 + n)}{chr(120 - n)}" for n in range(20))
    b = " ".join(f"qwertyu{chr(97 + n)}i{chr(120 - n)}" for n in range(20))
    first, second = phrase(a), phrase(b)
    start = time.thread_time()
    for _ in range(10):
        similarity(first, second)
    assert (time.thread_time() - start) / 10 < 0.01
