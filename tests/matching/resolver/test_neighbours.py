from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.resolver import neighbours
from matching.resolver.features import RUNS, Vocabulary, hashed
from matching.resolver.meaning import Projection, encoded
from matching.resolver.neighbours import Neighbours
from matching.resolver.pooling import FURTHER, LEAST, MOST, pooled
from tests.matching.resolver.letters import ENTRIES, LetterEncoder

TEXTS = [text for text, *_ in ENTRIES]


@pytest.fixture(scope="module")
def near() -> Neighbours:
    found = [hashed(text, "en") for text in TEXTS]
    vocabulary = Vocabulary.of(found)
    runs = np.array([len(text[RUNS]) for text in found], dtype=np.int32)
    return Neighbours.of(vocabulary, vocabulary.rows(found), runs, LetterEncoder().encode(TEXTS))


def test_a_text_is_nearest_to_itself_in_every_respect(near: Neighbours) -> None:
    for number, text in enumerate(TEXTS):
        likeness = near.likeness(hashed(text, "en"), LetterEncoder().encode([text])[0])
        for said in (likeness.words, likeness.runs, likeness.meaning, likeness.whole(meant=True)):
            assert said[number] == pytest.approx(said.max(), abs=0.02)
            assert said.min() >= 0.0
        assert likeness.meaning[number] == pytest.approx(1.0, abs=0.02)


def test_without_meaning_words_and_letters_count_alone(near: Neighbours) -> None:
    likeness = near.likeness(hashed("rice", "en"), np.zeros(8, dtype=np.float32))
    assert not likeness.meaning.any()
    assert likeness.whole(meant=False).max() > likeness.whole(meant=True).max()


def test_the_compiled_loops_do_what_they_say(near: Neighbours) -> None:
    vector = LetterEncoder().encode(["growing shoes"])[0]
    plain = np.maximum(0.0, (near.vectors * near.scales[:, None]) @ vector)
    for cosines in (neighbours.cosines, neighbours.cosines.py_func):
        assert np.allclose(cosines(near.vectors, near.scales, vector), plain, atol=1e-5)
    ids, weights = np.array([0, 3], dtype=np.int32), np.array([1.0, 2.0], dtype=np.float32)
    given_ = (ids, weights, near.starts, near.texts, near.run_factors)
    assert np.allclose(neighbours.summed(*given_), neighbours.summed.py_func(*given_))


def test_no_texts_are_near_to_nothing() -> None:
    vocabulary = Vocabulary.of([])
    nothing = np.zeros((0, 4), dtype=np.float32)
    near = Neighbours.of(vocabulary, vocabulary.rows([]), np.zeros(0, dtype=np.int32), nothing)
    assert near.likeness(hashed("rice"), np.zeros(4, dtype=np.float32)).whole(meant=True).size == 0


def slowly(likeness: list[float], owners: list[int], classes: int) -> list[float]:
    """Do what pooling does, plainly."""
    values, bar = [], np.float32(LEAST) * np.float32(max(likeness, default=0.0))
    for number in range(classes):
        own = [like for like, owner in zip(likeness, owners, strict=True) if owner == number and like > bar]
        first, *further = [*sorted(own, reverse=True), 0.0]
        lift = sum(value / (rank + 2) for rank, value in enumerate(further[: MOST - 1]))
        values.append(first + max(0.0, 1.0 - first) * FURTHER * min(1.0, lift))
    return values


@given(
    st.lists(st.tuples(st.floats(0, 1.25, width=32, allow_subnormal=False), st.integers(0, 2)), max_size=60)
)
def test_pooling_takes_the_best_and_lifts_it_by_further_ones(pairs: list[tuple[float, int]]) -> None:
    likeness = np.array([like for like, _ in pairs], dtype=np.float32)
    owners = np.array([owner for _, owner in pairs], dtype=np.uint16)
    starts, strengths = np.arange(len(pairs) + 1), np.ones(len(pairs), dtype=np.float32)
    expected = slowly(likeness.tolist(), owners.tolist(), 3)
    for pool in (pooled, pooled.py_func):
        values, best = pool(likeness, starts, owners, strengths, 3)
        assert np.allclose(values, expected, atol=1e-5)
        bar = np.float32(LEAST) * likeness.max(initial=0.0)
        for number in range(3):
            own = likeness[owners == number]
            assert (best[number] < 0) == (not (own > bar).any())
            if best[number] >= 0:
                assert likeness[best[number]] == own.max()


def test_a_projection_gives_unit_rows() -> None:
    vectors = encoded(LetterEncoder(), TEXTS)
    rows = Projection.of(vectors)(vectors)
    assert rows.shape == (len(ENTRIES), 6)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    none = Projection.of(np.zeros((3, 0), dtype=np.float32))
    assert none(np.zeros((2, 0), dtype=np.float32)).shape == (2, 0)
    assert Projection.of(np.zeros((0, 4), dtype=np.float32)).mean.shape == (4,)


def test_many_titles_of_one_class_count_by_rank_up_to_a_number() -> None:
    likeness = np.linspace(0.1, 0.6, 3 * MOST, dtype=np.float32)[::-1].copy()
    owners, strengths = np.zeros(3 * MOST, dtype=np.uint16), np.ones(3 * MOST, dtype=np.float32)
    for pool in (pooled, pooled.py_func):
        values, best = pool(likeness, np.arange(3 * MOST + 1), owners, strengths, 1)
        assert values.tolist() == pytest.approx(slowly(likeness.tolist(), owners.tolist(), 1), abs=1e-5)
        assert best.tolist() == [0]
