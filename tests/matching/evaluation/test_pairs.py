"""Labelled pairs are read, and measured as the textbooks have it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.evaluation.pairs import Pair, area, false_kept, read_pairs, similarities
from matching.semantic import NullEncoder
from matching.thesaurus import own_thesaurus


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("\ufeffwelding\tsoudage\t1\n\n \ncasting\tcoating\t0\n\n", "utf-8")
    assert read_pairs(path) == [Pair("welding", "soudage", same=True), Pair("casting", "coating", same=False)]


@pytest.mark.parametrize("line", ["welding\tsoudage", "welding\tsoudage\tyes", "a\tb\t1\t0"])
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(f"welding\tsoudage\t1\n{line}\n", "utf-8")
    with pytest.raises(ValueError, match=r"pairs\.tsv, line 2"):
        read_pairs(path)


def test_both_labels_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("welding\tsoudage\t1\n", "utf-8")
    with pytest.raises(ValueError, match="labelled 0"):
        read_pairs(path)


def test_the_area_counts_ties_half() -> None:
    same = [True, True, False, False]
    assert area([0.9, 0.8, 0.2, 0.1], same) == 1.0
    assert area([0.1, 0.2, 0.8, 0.9], same) == 0.0
    assert area([0.5, 0.5, 0.5, 0.5], same) == 0.5
    assert area([0.9, 0.3, 0.3, 0.1], same) == 0.875


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2).filter(
        lambda x: len({s for _, s in x}) == 2
    )
)
def test_the_area_is_the_share_of_pairs_in_order(rows: list[tuple[int, bool]]) -> None:
    true, false = [v for v, s in rows if s], [v for v, s in rows if not s]
    expected = sum((t > f) + (t == f) / 2 for t in true for f in false) / (len(true) * len(false))
    assert area([v for v, _ in rows], [s for _, s in rows]) == pytest.approx(expected)


def test_the_false_pairs_that_stay_are_counted() -> None:
    same = [True, True, False, False]
    assert false_kept([0.9, 0.4, 0.5, 0.1], same) == 0.5
    assert false_kept([0.9, 0.4, 0.5, 0.1], same, kept=0.5) == 0.0


def test_pairs_are_compared_without_an_encoder() -> None:
    pairs = [Pair("pump repair", "repair of pumps", same=True), Pair("casting", "coating", same=False)]
    alike, apart = similarities(pairs, NullEncoder(), own_thesaurus())
    assert alike == 1.0
    assert apart == 0.0
