"""Free terms against one another: a gap is certain, or it is none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.normalise import PHRASE_CHARS
from matching.reading import Reader
from matching.terms import PARTS, UNKNOWN_CREDIT, Terms, denies, listed, own_terms, parts_of
from matching.thesaurus import Thesaurus, own_thesaurus, read_thesaurus
from matching.types import Outcome
from tests.matching.strategies import PHRASES

MATCH, GAP, UNKNOWN = Outcome.MATCH, Outcome.GAP, Outcome.UNKNOWN

words = st.sampled_from((*PHRASES, "PVC", "HDPE", "AISI 304", "6061-T6", "no steel", "brass, etc."))


def met(asked: str, *held: str, graded: bool = True) -> Outcome:
    """Return what becomes of a term among stated ones."""
    return own_terms().met(asked, listed(held), graded=graded)[0]


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("AISI 304", "1.4301"),
        ("1.4301", "SUS 304"),
        ("St 37-2", "S235JR"),
        ("acier inoxydable", "stainless steel"),
        ("aluminium", "алюминий"),
        ("铝", "aluminum"),
        ("PVC", "polyvinyl chloride"),
        ("non-ferrous metals", "métaux non ferreux"),
        ("no welding", "no welding"),
    ],
)
def test_one_thing_has_many_names(asked: str, held: str) -> None:
    assert met(asked, held) is MATCH
    assert met(held, asked) is MATCH


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("stainless steel", "AISI 304"),
        ("steel", "stainless steel"),
        ("aluminium", "powder-coated aluminium"),
        ("polyamide", "PA 6"),
        ("EN AW-6061", "6061-T6"),
        ("PA 6", "PA 6 GF30"),
    ],
)
def test_what_is_narrower_meets_what_is_broader_and_may_be_it_the_other_way(asked: str, held: str) -> None:
    assert met(asked, held) is MATCH
    assert met(held, asked) is UNKNOWN


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("HDPE", "LDPE"),
        ("aluminium", "сталь"),
        ("AISI 304", "aluminium"),
        ("AISI 304", "AISI 430"),
        ("AISI 304", "AISI 321"),
        ("1.4571", "1.4435"),
        ("S235JR", "S355J2"),
        ("C45", "C60"),
        ("42CrMo4", "34CrMo4"),
        ("EN AW-6061", "EN AW-7075"),
        ("6061-T6", "6061-T4"),
        ("wood", "steel"),
        ("brass", "steel, zinc"),
        ("stainless steel sheets 304 for food", "stainless steel sheets 316 for food"),
    ],
)
def test_what_excludes_one_another_is_a_gap(asked: str, held: str) -> None:
    assert met(asked, held) is GAP
    assert met(held, asked) is GAP


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("EN AW-6061", "AlMg1SiCu"),
        ("AISI 304", "1.4571"),
        ("AISI 1060", "1.1221"),
        ("304", "304L"),
        ("C45", "C45E"),
        ("08Х18Н10", "06Cr19Ni10"),
        ("ASTM A36", "ASTM A53"),
        ("steel to 10025", "steel to 10088"),
        ("steel 3 mm", "steel 5 mm"),
        ("fabric 120g", "fabric 180g"),
        ("wool 50%", "wool 80%"),
        ("oak", "walnut"),
        ("oak", "дуб"),
        ("steel", "steel-free glue"),
        ("no steel", "steel"),
        ("no steel", "no brass"),
        ("zinc", "steel, brass, etc."),
        ("1.4571 etc.", "1.4435"),
        ("the", "steel"),
        ("", "steel"),
        ("copper", "aluminium coated with something else"),
        ("brass", "cast iron and granite dust"),
        ("sheets of steel", "stainless steel bars"),
    ],
)
def test_what_may_be_is_not_known(asked: str, held: str) -> None:
    assert met(asked, held) is UNKNOWN
    assert met(held, asked) is UNKNOWN


@pytest.mark.parametrize(
    ("asked", "held", "outcome"),
    [
        ("CNC milling", "fraisage CNC", MATCH),
        ("turning", "CNC turning", MATCH),
        ("铣削", "milling", MATCH),
        ("machining", "milling", MATCH),
        ("milling", "machining", UNKNOWN),
        ("milling", "turning", GAP),
        ("coating", "powder coating", UNKNOWN),
        ("coating", "anodising", UNKNOWN),
        ("welding", "WIG", UNKNOWN),
        ("HDPE", "welding", UNKNOWN),
        ("PVC", "welding", GAP),
        ("honey", "мёд", MATCH),
        ("POM", "acetal", UNKNOWN),
        ("e-coating", "anodising", GAP),
        ("casting", "cast iron", UNKNOWN),
        ("3-axis milling", "5-axis milling", UNKNOWN),
        ("alumnium castng", "alumnium casting", MATCH),
    ],
)
def test_processes(asked: str, held: str, outcome: Outcome) -> None:
    assert met(asked, held, graded=False) is outcome


@pytest.mark.parametrize(
    ("asked", "held", "outcome"),
    [
        ("brass", ("steel", "brass"), MATCH),
        ("brass", ("steel", "something unheard of"), UNKNOWN),
        ("brass", ("steel", "zinc"), GAP),
        ("brass", ("steel, brass",), MATCH),
        ("steel or brass", ("brass",), MATCH),
        ("acier ou laiton", ("brass",), MATCH),
        ("steel, brass", ("brass",), UNKNOWN),
        ("steel, brass", ("brass", "AISI 304"), MATCH),
        ("steel or brass", ("wood",), GAP),
        ("PC/ABS", ("PC/ABS",), MATCH),
        ("zinc", ("all metals except zinc, steel",), UNKNOWN),
    ],
)
def test_lists(asked: str, held: tuple[str, ...], outcome: Outcome) -> None:
    assert met(asked, *held) is outcome


@pytest.mark.parametrize(
    ("term", "parts"),
    [
        ("steel, brass or bronze", ("steel", "brass", "bronze")),
        ("acier/laiton", ("acier", "laiton")),
        ("steel / PVC", ("steel", "PVC")),
        ("steel y zinc", ("steel", "zinc")),
        ("PC/ABS", ()),
        ("1,4301", ()),
        ("U profile", ()),
        ("O rings", ()),
        ("steel,", ()),
        ("metals without steel, brass", ()),
    ],
)
def test_a_list_has_parts(term: str, parts: tuple[str, ...]) -> None:
    assert parts_of(term) == parts


def test_what_was_not_read_may_say_anything() -> None:
    filler = "x" * PHRASE_CHARS
    assert met("brass", f"steel {filler}") is UNKNOWN
    assert met(f"steel {filler}", "steel") is UNKNOWN
    assert met(f"steel {filler} a", f"steel {filler} b") is UNKNOWN
    assert met("1.4571", f"1.4435{' ' * PHRASE_CHARS}") is UNKNOWN
    assert len(parts_of("; ".join("abcdefghijklmnop"))) == PARTS


def test_denial() -> None:
    assert denies("free of lead")
    assert denies("不含铅")
    assert not denies("lead")


def test_the_names_of_one_concept_rule_one_another_out_in_no_language() -> None:
    thesaurus, terms = own_thesaurus(), own_terms()
    gaps = set()
    # Every fifth: all of them take long, and tell the same.
    for concept in range(0, len(thesaurus), 5):
        names = thesaurus.names[concept]
        broader = [name for above in thesaurus.above[concept][0] for name in thesaurus.names[above].values()]
        for name in (*names.values(), *broader):
            for pair in ((names["en"], name), (name, names["en"])):
                if terms.compare(*pair, graded=True)[0] is GAP:
                    gaps.add(frozenset(pair))
    # Among all there is one name that two concepts bear.
    assert gaps <= {frozenset({"knitting", "tejido de punto"})}


@given(words, words)
def test_a_term_meets_itself_and_credits_say_what_was_found(asked: str, held: str) -> None:
    for graded in (True, False):
        outcome, credit = own_terms().compare(asked, held, graded=graded)
        assert (credit == 1.0) is (outcome is MATCH)
        assert (credit < UNKNOWN_CREDIT) is (outcome is GAP)
        assert own_terms().compare(asked, asked, graded=graded)[0] in {MATCH, UNKNOWN}


@given(words, words)
def test_no_gap_where_the_other_way_round_is_met(asked: str, held: str) -> None:
    found = {own_terms().compare(*pair, graded=True)[0] for pair in ((asked, held), (held, asked))}
    assert found != {MATCH, GAP}


@given(st.text(max_size=PHRASE_CHARS + 20), st.text(max_size=40))
def test_any_text_can_be_compared(asked: str, held: str) -> None:
    own_terms().met(asked, listed((held,)), graded=True)


@pytest.mark.parametrize(
    "text",
    ["a, " * 40_000, "1.4301 " * 20_000, "a/" * 60_000, "(" * 100_000, "1" * 100_000, "a or " * 30_000],
)
def test_long_texts_are_quick(text: str) -> None:
    start = time.thread_time()
    own_terms().met(text, listed((text, "steel")), graded=True)
    assert time.thread_time() - start < 0.5


OFFICE = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <urn:test:> .
x:wood a skos:Concept ; skos:prefLabel "wood"@en .
x:oak a skos:Concept ; skos:prefLabel "oak"@en, "chêne"@fr ; skos:broader x:wood .
x:walnut a skos:Concept ; skos:prefLabel "walnut"@en ; skos:broader x:wood .
x:panel a skos:Concept ; skos:prefLabel "panel"@en ; skos:broader x:board .
x:board a skos:Concept ; skos:prefLabel "board"@en ; skos:broader x:panel .
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Thesaurus:
    """Return the thesaurus of an office of joiners, who have drawn a circle in it."""
    path: Path = tmp_path_factory.mktemp("office") / "wood.ttl"
    path.write_text(OFFICE, "utf-8")
    return read_thesaurus(path)


def test_an_office_judges_by_its_own_thesaurus(office: Thesaurus) -> None:
    terms = Terms(office)
    assert terms.compare("oak", "chêne", graded=True)[0] is MATCH
    assert terms.compare("wood", "oak", graded=True)[0] is MATCH
    assert terms.compare("oak", "walnut", graded=True)[0] is GAP
    assert terms.compare("oak", "panel", graded=True)[0] is GAP
    assert terms.compare("panel", "board", graded=True)[0] is MATCH
    assert terms.compare("HDPE", "LDPE", graded=True)[0] is UNKNOWN
    assert met("oak", "walnut") is UNKNOWN
    assert met("HDPE", "LDPE") is GAP


def test_a_reader_compares_by_its_thesaurus(office: Thesaurus) -> None:
    assert Reader().terms is own_terms()
    assert Reader(None, office).terms.compare("oak", "walnut", graded=True)[0] is GAP
