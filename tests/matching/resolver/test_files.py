"""The resolver's file."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from matching.resolver import SectorResolver
from matching.resolver.archive import read_arrays, write_arrays
from matching.resolver.files import FORMAT, load_resolver, save_resolver
from matching.resolver.titles import gathered
from matching.semantic import NullEncoder
from tests.matching.resolver.letters import ENTRIES, LetterEncoder


@pytest.mark.parametrize("encoder", [NullEncoder(), LetterEncoder()])
def test_the_saved_resolver_answers_the_same(encoder: NullEncoder | LetterEncoder, tmp_path: Path) -> None:
    made = SectorResolver.of(gathered(ENTRIES), encoder).learn([("Paddy", "0112")])
    save_resolver(made, tmp_path / "sectors.npz")
    loaded = load_resolver(tmp_path / "sectors.npz", encoder)
    for text in ("leather shoes", "wheat", "paddy", "xyzzy"):
        assert loaded.suggest(text) == made.suggest(text)
        assert loaded.shares(text) == made.shares(text)
    assert (tuple(loaded.titles), loaded.codes, loaded.learnt) == (made.titles, made.codes, 1)
    taught = loaded.learn([("Welly workshop", "1520")])
    assert taught.suggest("welly workshop")[0].code == "1520"


def test_a_file_of_another_encoder_is_refused(tmp_path: Path) -> None:
    save_resolver(SectorResolver.of(gathered(ENTRIES), NullEncoder()), tmp_path / "sectors.npz")
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
    write_arrays(path, {"about": np.frombuffer(b'{"format": 99, "dimensions": 0}', dtype=np.uint8)})
    with pytest.raises(ValueError, match="version 99"):
        load_resolver(path, NullEncoder())
    whole = json.dumps({"format": FORMAT, "dimensions": 0, "titles": []}).encode()
    write_arrays(path, {"about": np.frombuffer(whole, dtype=np.uint8)})
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
