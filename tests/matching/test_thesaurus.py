"""The thesaurus is read from SKOS, kept, and finds its concepts in phrases."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.namespace import RDF, SKOS

from matching.normalise import phrase
from matching.thesaurus import BROADER, SIBLING, Thesaurus, own_thesaurus, read_thesaurus
from matching.words import DATA

PREFIXES = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <urn:test:> .
"""
SMALL = (
    PREFIXES
    + """
x:a-work a skos:Concept ; skos:prefLabel "metal work"@en ; skos:narrower x:d-turning .
x:b-boat a skos:Concept ; skos:prefLabel "boats"@en, "Boot"@de .
x:c-milling a skos:Concept ; skos:broader x:a-work, x:elsewhere ; skos:prefLabel "milling"@en, "fraisage"@fr .
x:d-turning a skos:Concept ; skos:prefLabel "turning"@en ; skos:altLabel "lathe work"@en ;
  skos:related x:b-boat .
x:e-shoes a skos:Concept ; skos:prefLabel "boots"@en ; skos:hiddenLabel "of"@en .
x:f-gift a skos:Concept ; skos:prefLabel "Gift"@de .
"""
)
WORK, BOAT, MILLING, TURNING, SHOES, GIFT = range(6)


@pytest.fixture
def small(tmp_path: Path) -> Thesaurus:
    (tmp_path / "small.ttl").write_text(SMALL, "utf-8")
    return read_thesaurus(tmp_path / "small.ttl")


def named(thesaurus: Thesaurus, text: str, language: str = "") -> list[int]:
    return [span.concept for span in thesaurus.concepts_in(phrase(text, language), language)]


def test_the_longest_labels_are_found_in_any_language(small: Thesaurus) -> None:
    assert named(small, "lathe work and fraisage") == [TURNING, MILLING]
    assert named(small, "metal work") == [WORK]
    assert named(small, "nothing here") == []


def test_what_is_left_of_a_label_without_its_small_words_is_not_the_label(tmp_path: Path) -> None:
    (tmp_path / "small.ttl").write_text(
        PREFIXES
        + """
x:a a skos:Concept ; skos:prefLabel "webbing"@en, "té verde"@es ; skos:altLabel "The Marking of"@en .
x:b a skos:Concept ; skos:prefLabel "IT services"@en ; skos:altLabel "plating"@en .
x:c a skos:Concept ; skos:prefLabel "fermentation"@en .
""",
        "utf-8",
    )
    found = read_thesaurus(tmp_path / "small.ttl")
    assert named(found, "webbing") == [0]
    assert named(found, "té verde") == named(found, "té verde", "es") == [0]
    assert named(found, "fermented") == [2]
    for text in ("web", "plates", "verde", "services", "marking"):
        assert named(found, text) == [], text
    assert named(found, "information technology services") == [1]


def test_a_word_of_another_language_does_not_mislead(small: Thesaurus) -> None:
    assert named(small, "boots", "en") == [SHOES]
    assert named(small, "Gift", "en") == []
    assert named(small, "Gift", "de") == [GIFT]
    assert named(small, "Gift") == [GIFT]


def test_concepts_are_near_by_their_place(small: Thesaurus) -> None:
    assert small.near(MILLING, MILLING) == 1.0
    assert small.near(MILLING, WORK) == small.near(WORK, TURNING) == small.near(BOAT, TURNING) == BROADER
    assert small.near(MILLING, TURNING) == SIBLING
    assert small.near(MILLING, BOAT) == 0.0


def test_a_concept_is_named_in_the_language_or_english(small: Thesaurus) -> None:
    assert small.name(MILLING, "fr") == "fraisage"
    assert small.name(MILLING, "ru") == "milling"
    assert small.name(GIFT, "ru") == "Gift"


def test_what_is_kept_is_what_was_read(small: Thesaurus) -> None:
    again = Thesaurus.from_bytes(small.to_bytes())
    assert again.to_bytes() == small.to_bytes()
    assert named(again, "lathe work") == [TURNING]
    assert again.near(MILLING, TURNING) == SIBLING
    with pytest.raises(ValueError, match="version"):
        Thesaurus.from_bytes(b"[0]")


def test_a_folder_is_read_once_and_again_when_it_changes(tmp_path: Path) -> None:
    folder, cache = tmp_path / "words", tmp_path / "kept"
    folder.mkdir()
    (folder / "a.ttl").write_text(SMALL, "utf-8")
    first = read_thesaurus(folder, cache)
    assert len(list(cache.iterdir())) == 1
    assert read_thesaurus(folder, cache).digest == first.digest
    (folder / "b.ttl").write_text(PREFIXES + 'x:g a skos:Concept ; skos:prefLabel "glass"@en .')
    changed = read_thesaurus(folder, cache)
    assert len(changed) == len(first) + 1
    assert changed.digest != first.digest


def test_where_nothing_can_be_kept_it_is_read_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "small.ttl").write_text(SMALL, "utf-8")
    (tmp_path / "file").write_text("")
    assert len(read_thesaurus(tmp_path / "small.ttl", tmp_path / "file")) == len(range(6))


def test_what_is_no_thesaurus_is_said(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no thesaurus"):
        read_thesaurus(tmp_path)
    (tmp_path / "x.ttl").write_text("not turtle", "utf-8")
    with pytest.raises(ValueError, match=r"x\.ttl"):
        read_thesaurus(tmp_path)
    (tmp_path / "x.ttl").write_text("<urn:a> <urn:b> <urn:c> .", "utf-8")
    with pytest.raises(ValueError, match="Concept"):
        read_thesaurus(tmp_path)


@pytest.fixture(scope="module")
def shipped() -> Graph:
    graph = Graph()
    for file in sorted((DATA / "thesaurus").glob("*.ttl")):
        graph.parse(file)
    return graph


def test_each_concept_has_a_name_in_six_languages(shipped: Graph) -> None:
    concepts = set(shipped.subjects(RDF.type, SKOS.Concept))
    assert len(concepts) == len(own_thesaurus())
    for concept in concepts:
        languages = {str(getattr(x, "language", "")) for x in shipped.objects(concept, SKOS.prefLabel)}
        assert {"en", "fr", "es", "ru", "ar", "zh"} <= languages, concept


def test_a_label_stands_on_one_concept_of_its_language(shipped: Graph) -> None:
    owners = defaultdict(set)
    for kind in (SKOS.prefLabel, SKOS.altLabel):
        for concept, label in shipped.subject_objects(kind):
            owners[re.sub(r"\s+", " ", str(label)).casefold(), getattr(label, "language", "")].add(concept)
    assert {label: held for label, held in owners.items() if len(held) > 1} == {}


def test_broader_has_no_circle_and_leads_to_concepts(shipped: Graph) -> None:
    for concept, above in shipped.subject_objects(SKOS.broader):
        assert (above, RDF.type, SKOS.Concept) in shipped
        assert concept not in shipped.transitive_objects(above, SKOS.broader)
