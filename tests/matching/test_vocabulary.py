"""The rows of the vocabulary are what comparing every pair gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import vocabulary as vocabulary_module
from matching.lexical import similarity
from matching.normalise import Phrase, phrase
from matching.vocabulary import Row, Vocabulary, how
from tests.matching.strategies import PHRASES

LETTERS = st.text("aeilmnst0 ", min_size=1, max_size=14)
WORDED = (
    (st.sampled_from(PHRASES) | LETTERS)
    .flatmap(lambda text: st.sampled_from(("", "fr", "de")).map(lambda code: phrase(text, code)))
    .filter(lambda item: bool(item.tokens))
)


def rows(row: Row) -> dict[int, float]:
    """Return a row as a mapping."""
    return dict(zip(row.ids.tolist(), row.similarities.tolist(), strict=True))


@settings(max_examples=150)
@given(st.lists(WORDED, min_size=1, max_size=12), st.integers(0, 11), WORDED)
def test_rows_are_what_every_pair_gives(items: list[Phrase], early: int, asked: Phrase) -> None:
    vocabulary = Vocabulary()
    for position, item in enumerate(items):
        vocabulary.intern(item)
        if position == early:
            vocabulary.row(0)  # asked for now, it must be lengthened later
            vocabulary.like(asked)
    for number in range(len(vocabulary)):
        row = rows(vocabulary.row(number))
        for other in range(len(vocabulary)):
            assert row.get(other, 0.0) == similarity(vocabulary[number], vocabulary[other])
    near = rows(vocabulary.like(asked))
    assert near == {
        other: value
        for other in range(len(vocabulary))
        if (value := similarity(asked, vocabulary[other])) > 0
    }


def test_a_phrase_has_one_id() -> None:
    vocabulary = Vocabulary()
    assert vocabulary.intern(phrase("CNC milling")) == vocabulary.intern(phrase("cnc-milling")) == 0
    assert len(vocabulary) == 1


def test_looking_does_not_add() -> None:
    vocabulary = Vocabulary()
    vocabulary.intern(phrase("milling"))
    assert rows(vocabulary.like(phrase("milling of gears"))).keys() == {0}
    assert len(vocabulary) == 1


def test_only_so_many_rows_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary_module, "ROWS_KEPT", 1)
    vocabulary = Vocabulary()
    first = vocabulary.intern(phrase("milling"))
    second = vocabulary.intern(phrase("milling of gears"))
    kept = rows(vocabulary.row(first))
    assert vocabulary.row(second).upto == 2
    assert rows(vocabulary.row(first)) == kept


@pytest.mark.parametrize(("value", "word"), [(1.0, "same"), (0.7, "fuzzy"), (0.0, "none")])
def test_words_for_similarities(value: float, word: str) -> None:
    assert how(value) == word
