from __future__ import annotations

import numpy as np
import pytest

from matching import reading
from matching.reading import GRAM_UNIT, Reader, count_grams, meaning
from matching.thesaurus import own_thesaurus
from matching.topics import own_topics
from tests.matching.pool import WordVectors


def test_a_phrase_is_read_once_and_those_used_longest_ago_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "KEPT", 2)
    reader = Reader()
    first = reader.read("CNC milling", "en")
    assert reader.read("CNC milling", "en") is first
    reader.read_all([("turning", "en"), ("boring", "en")])
    again = reader.read("CNC milling", "en")
    assert again is not first
    assert again.stems == first.stems


def test_short_forms_are_written_out_in_english_only() -> None:
    reader = Reader()
    assert set(reader.read("equip. maint.", "en").stems) == set(
        reader.read("equipment maintenance", "en").stems
    )
    assert reader.read("maint.", "de").stems != reader.read("maintenance", "de").stems


def test_grams_are_a_vector_of_the_unit() -> None:
    found = Reader().read("sand casting of iron", "en")
    assert np.linalg.norm(found.gram_weights.astype(float)) == pytest.approx(GRAM_UNIT, rel=0.01)
    assert (np.diff(found.grams.astype(int)) > 0).all()


def test_nearer_meanings_have_a_larger_cosine() -> None:
    reader = Reader(WordVectors())
    mill, also, other = (reader.read(text, "") for text in ("milling", "mill", "tannery"))
    assert meaning(mill.vector, also.vector) > meaning(mill.vector, other.vector)
    assert meaning(Reader().read("milling", "").vector, Reader().read("mill", "").vector) == 0.0
    assert reader.alike(mill, also).value > reader.alike(mill, other).value


def test_the_digest_changes_with_what_readings_depend_on() -> None:
    assert Reader().digest == Reader().digest
    assert Reader(WordVectors()).digest != Reader().digest
    assert Reader(None, own_thesaurus(), own_topics()).digest == Reader().digest


def test_counting_grams_tells_how_many_texts_hold_each() -> None:
    counts = count_grams(["turn", "turn turn", "saw"])
    assert counts[0] == 3
    assert counts[1:].max() == 2
