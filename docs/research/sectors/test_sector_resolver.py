"""From text to ISIC classes: titles, activities, the linear model, the resolver and its file."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching.activities import (
    ACTIVITIES,
    RATE_MINIMUM,
    activities_in,
    activity_rates,
    activity_rows,
)
from matching.archive import read_arrays, write_arrays
from matching.features import Rows, Vocabulary, hashed
from matching.isic import sectors
from matching.linear import train
from matching.meaning import Projection
from matching.resolver import SectorResolver
from matching.resolver_files import FORMAT, load_resolver, save_resolver
from matching.semantic import NullEncoder
from matching.titles import Title, gathered, standard_titles

ENTRIES = (
    ("Growing of rice", "en", ["0112"]),
    ("Growing of rice and wheat", "en", ["0112", "0111"]),
    ("Growing of wheat", "en", ["0111"]),
    ("Manufacture of footwear", "en", ["1520"]),
    ("Shoe and boot manufacturing", "en", ["1520"]),
    ("Wholesale of clothing and footwear", "en", ["4641"]),
    ("Retail sale of footwear in specialised stores", "en", ["4771"]),
    ("Repair of footwear and leather goods", "en", ["9523"]),
    ("Fabrication de chaussures", "fr", ["1520"]),
)


class LetterEncoder:
    """An encoder of eight dimensions that knows texts by their letters."""

    dimensions = 8

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows: how often letters fall into each of eight heaps."""
        rows = np.zeros((len(texts), 8), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.casefold().split():
                row[crc32(word[:4].encode()) % 8] += 1
        return rows / np.maximum(1e-9, np.linalg.norm(rows, axis=1, keepdims=True))


@pytest.fixture(scope="module")
def small() -> SectorResolver:
    """Give a resolver over nine titles, without an encoder."""
    return SectorResolver.of(gathered(ENTRIES), NullEncoder())


@pytest.fixture(scope="module")
def spanish() -> SectorResolver:
    """Give a resolver over the Spanish titles of all standards, without an encoder."""
    return SectorResolver.build(NullEncoder(), ["es"])


def names(text: str) -> set[str]:
    return {ACTIVITIES[number] for number in activities_in(text)}


@pytest.mark.parametrize(
    ("text", "activity"),
    [
        ("Hosiery (manufacture)", "manufacture"),
        ("Pig iron merchant wholesalers", "wholesale"),
        ("Fabrication de chaussures", "manufacture"),
        ("Оптовая торговля обувью", "wholesale"),
        ("صناعة الأحذية", "manufacture"),
        ("Comercio al por menor de calzado", "retail"),
        ("食品制造", "manufacture"),
        ("Aluguel de máquinas", "rental"),
    ],
)
def test_activities_are_recognised_in_many_languages(text: str, activity: str) -> None:
    assert activity in names(text)


def test_a_product_alone_names_no_activity() -> None:
    assert names("Potatoes") == set()
    assert activity_rows(["Potatoes", "retail"]).sum(axis=1).tolist() == [0.0, 1.0]


def test_rates_stay_between_never_and_always() -> None:
    named = activity_rows(["growing"] * 50 + ["retail"])
    shares = np.eye(2, dtype=np.float32)[[0] * 50 + [1]]
    rates = activity_rates(named, shares, np.array([0, 1]))
    grow = ACTIVITIES.index("growing")
    assert rates.min() >= np.float32(RATE_MINIMUM)
    assert rates.max() <= np.float32(1 - RATE_MINIMUM)
    assert rates[0, grow] > 0.9
    assert rates[1, grow] < 0.5


def test_features_forget_case_accents_and_order_of_reading() -> None:
    assert hashed("FÄBRICS", "en") == hashed("fabrics", "en")
    assert hashed("") == ([], [], [])
    vocabulary = Vocabulary.of([hashed("steel pipes"), hashed("steel wire"), hashed("copper wire")])
    ids, values = vocabulary.row(hashed("steel wire"))
    assert len(ids) == len(values) > 0
    assert vocabulary.row(hashed("zzz"))[0].size == 0
    assert list(vocabulary.keys) == sorted(vocabulary.keys)


def test_the_linear_model_learns_and_is_the_same_each_time() -> None:
    texts = [hashed(text) for text in ("red apple", "red cherry", "blue sea", "blue sky")] * 8
    vocabulary = Vocabulary.of(texts)
    rows = vocabulary.rows(texts)
    targets = np.eye(2, dtype=np.float32)[[0, 0, 1, 1] * 8]
    dense = np.zeros((32, 0), dtype=np.float32)
    first, again = (train(rows, len(vocabulary), dense, targets) for _ in range(2))
    assert np.array_equal(first.weights, again.weights)
    logs = first.log_shares(*vocabulary.row(hashed("blue apple sky")), dense[0])
    assert np.exp(logs).sum() == pytest.approx(1.0, abs=1e-4)
    assert logs[1] > logs[0]
    bare = train(rows, len(vocabulary), dense, targets, kept=4)
    assert len(bare.weights) < len(first.weights)


def test_texts_that_count_for_nothing_teach_nothing() -> None:
    rows = Rows(np.array([0, 1, 2]), np.array([0, 0], dtype=np.int32), np.ones(2, dtype=np.float32))
    targets = np.eye(2, dtype=np.float32)
    dense = np.zeros((2, 0), dtype=np.float32)
    weights = np.array([1.0, 0.0], dtype=np.float32)
    model = train(rows, 1, dense, targets, weights=weights)
    logs = model.log_shares(np.array([0], dtype=np.int32), np.ones(1, dtype=np.float32), dense[0])
    assert logs[0] > logs[1]


def test_a_projection_gives_unit_rows() -> None:
    vectors = LetterEncoder().encode([title for title, *_ in ENTRIES])
    rows = Projection.of(vectors)(vectors)
    assert rows.shape == (len(ENTRIES), 4)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)
    assert Projection.of(np.zeros((3, 0), dtype=np.float32))(np.zeros((2, 0), dtype=np.float32)).shape == (
        2,
        0,
    )


def test_titles_share_themselves_out() -> None:
    titles = gathered([("Rice", "en", ["0112"]), (" Rice ", "en", ["0111", "0112"]), ("", "en", ["0112"])])
    assert titles == [Title("Rice", "en", (("0111", 0.25), ("0112", 0.75)))]
    assert gathered([("Rice", "en", ["9999"])]) == []


def test_the_standards_titles_lead_to_classes() -> None:
    titles = standard_titles(["fr", "pt"])
    assert {title.language for title in titles} == {"fr", "pt"}
    assert len(titles) > 3_000
    for title in titles:
        assert sum(share for _, share in title.shares) == pytest.approx(1.0)
        assert all(sectors()[code].level == "class" for code, _ in title.shares)
    assert any(title.text == "Culture du riz" and title.shares == (("0112", 1.0),) for title in titles)


def test_a_small_resolver_explains_itself(small: SectorResolver) -> None:
    found = small.suggest("rice growing", 2)
    assert (found[0].code, found[0].reason) == ("0112", "Growing of rice")
    assert len(found) == 2
    assert 0 <= found[1].score <= found[0].score <= 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("footwear (manufacture)", "1520"),
        ("footwear (wholesale)", "4641"),
        ("footwear shop", "4771"),
        ("footwear repair", "9523"),
        ("manufcture of footwaer", "1520"),
    ],
)
def test_the_activity_decides_between_classes_of_one_product(
    small: SectorResolver, text: str, code: str
) -> None:
    assert small.suggest(text)[0].code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("construcción de carreteras", "4210"),
        ("fabricación de calzado", "1520"),
        ("cultivo de arroz", "0112"),
        ("reparación de automóviles", "4520"),
    ],
)
def test_texts_find_their_class_among_all(spanish: SectorResolver, text: str, code: str) -> None:
    found = spanish.suggest(text, 5, "es")
    assert found[0].code == code
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    assert all(sectors()[suggestion.code].level == "class" for suggestion in found)


def test_an_office_s_phrases_are_learnt(small: SectorResolver) -> None:
    assert small.suggest("welly workshop") == ()
    taught = small.learn([("Welly workshop", "1520"), ("Paddy", "0112"), ("Paddy", "0111")])
    assert (len(taught), taught.learnt) == (len(small) + 2, 2)
    found = taught.suggest("welly workshop")[0]
    assert (found.code, found.reason) == ("1520", "Welly workshop")
    assert {s.code for s in taught.suggest("paddy", 2)} == {"0111", "0112"}
    assert len(small) == len(ENTRIES)


@pytest.mark.parametrize("code", ["9999", "C", "15", "152", ""])
def test_what_is_no_class_is_not_learnt(small: SectorResolver, code: str) -> None:
    with pytest.raises(ValueError, match="is not a class"):
        small.learn([("Shoes", code)])


@pytest.mark.parametrize("text", ["", "the of", "qq", "xyzzyplugh", "\x00", "*?"])
def test_nothing_known_suggests_nothing(small: SectorResolver, text: str) -> None:
    assert small.suggest(text) == ()


def test_a_resolver_without_titles_suggests_nothing() -> None:
    assert SectorResolver.of([], NullEncoder()).suggest("rice") == ()


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_may_ask(text: str) -> None:
    found = SMALL_WITH_LETTERS.suggest(text)
    assert len(found) <= 5
    assert all(0 <= suggestion.score <= 1 for suggestion in found)


SMALL_WITH_LETTERS = SectorResolver.of(gathered(ENTRIES), LetterEncoder())


def test_a_long_text_is_answered(small: SectorResolver) -> None:
    assert small.suggest("we manufacture footwear. " * 5_000)[0].code == "1520"


@pytest.mark.parametrize("encoder", [NullEncoder(), LetterEncoder()])
def test_the_saved_resolver_answers_the_same(encoder: NullEncoder | LetterEncoder, tmp_path: Path) -> None:
    made = SectorResolver.of(gathered(ENTRIES), encoder).learn([("Paddy", "0112")])
    save_resolver(made, tmp_path / "sectors.npz")
    loaded = load_resolver(tmp_path / "sectors.npz", encoder)
    for text in ("leather shoes", "wheat", "paddy", "xyzzy"):
        assert loaded.suggest(text) == made.suggest(text)
    assert loaded.learnt == 1
    taught = loaded.learn([("Welly workshop", "1520")])
    assert taught.suggest("welly workshop")[0].code == "1520"


def test_a_file_of_another_encoder_is_refused(small: SectorResolver, tmp_path: Path) -> None:
    save_resolver(small, tmp_path / "sectors.npz")
    with pytest.raises(ValueError, match="another encoder"):
        load_resolver(tmp_path / "sectors.npz", LetterEncoder())


def test_files_that_hold_something_else_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "sectors.npz"
    with pytest.raises(OSError, match="sectors"):
        load_resolver(path, NullEncoder())
    for content in (b"", b"nonsense"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="does not hold"):
            load_resolver(path, NullEncoder())
    write_arrays(path, {"other": np.zeros(1)})
    with pytest.raises(ValueError, match="does not hold a sector index"):
        load_resolver(path, NullEncoder())
    write_arrays(path, {"texts": np.frombuffer(b'{"format": 99, "dimensions": 0}', dtype=np.uint8)})
    with pytest.raises(ValueError, match="version 99"):
        load_resolver(path, NullEncoder())
    whole = json.dumps({"format": FORMAT, "dimensions": 0, "titles": []}).encode()
    write_arrays(path, {"texts": np.frombuffer(whole, dtype=np.uint8)})
    with pytest.raises(ValueError, match="lacks a part"):
        load_resolver(path, NullEncoder())
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing of ours")
    with pytest.raises(ValueError, match="does not hold arrays"):
        load_resolver(path, NullEncoder())


def test_arrays_map_from_their_file_aligned(tmp_path: Path) -> None:
    arrays: dict[str, NDArray[Any]] = {
        "a": np.arange(5, dtype=np.uint8),
        "longer_name": np.arange(12, dtype=np.float32).reshape(3, 4),
        "empty": np.zeros((0, 3), dtype=np.int64),
    }
    write_arrays(tmp_path / "some.npz", arrays)
    found = read_arrays(tmp_path / "some.npz")
    with np.load(tmp_path / "some.npz", allow_pickle=False) as plain:
        for name, array in arrays.items():
            assert np.array_equal(found[name], array)
            assert np.array_equal(plain[name], array)
            assert found[name].ctypes.data % 64 == 0 or not array.size
    with pytest.raises(ValueError, match="read-only"):
        found["a"][0] = 1
