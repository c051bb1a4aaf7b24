from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from marketplace.search.resolver import KeptResolver, encoder_of
from matching.resolver import Phrase, SectorResolver
from matching.resolver.titles import taught_titles
from matching.semantic import Encoder, NullEncoder
from tests.marketplace.conftest import settings_for

TRADES = (Phrase("iron foundry", "2431"), Phrase("shoe factory", "1520"), Phrase("sawmill", "1610"))


def build_few(encoder: Encoder, phrases: Sequence[Phrase]) -> SectorResolver:
    return SectorResolver.of(taught_titles([*TRADES, *phrases]), encoder)


def fail(encoder: Encoder, phrases: Sequence[Phrase]) -> SectorResolver:
    raise MemoryError


def kept(var: Path, build: Callable[[Encoder, Sequence[Phrase]], SectorResolver] = build_few) -> KeptResolver:
    return KeptResolver(var, NullEncoder(), build)


def first(resolver: SectorResolver, text: str) -> str:
    return next((one.code for one in resolver.suggest(text)), "")


def files(var: Path) -> list[str]:
    return sorted(path.name for path in (var / "sectors").glob("*.npz"))


def test_it_is_built_once_by_a_process_beside_and_then_read_even_after_damage(tmp_path: Path) -> None:
    asked = kept(tmp_path)
    assert not asked.there
    assert first(asked(), "foundry") == ""
    end = time.monotonic() + 60
    while first(asked(), "foundry") != "2431":
        assert time.monotonic() < end
        time.sleep(0.05)
    (name,) = files(tmp_path)
    read = kept(tmp_path, fail)
    assert read.there
    assert read() is read()
    assert read().suggest("shoes") == asked().suggest("shoes")

    path = tmp_path / "sectors" / name
    path.write_bytes(path.read_bytes()[:1000])
    assert first(kept(tmp_path).wait(), "foundry") == "2431"
    assert files(tmp_path) == [name]


def test_what_is_learnt_reaches_a_running_process_and_is_kept(tmp_path: Path) -> None:
    running = kept(tmp_path)
    running.wait()
    assert first(running(), "welly workshop") == ""
    office = kept(tmp_path)
    office.learn([Phrase("welly workshop", "1520"), Phrase("paddy", "0112")])
    assert first(running(), "welly workshop") == "1520"
    office.learn([Phrase("Paddy", "0111"), Phrase("cultivo de arroz", "0112", "es")])
    assert first(running(), "paddy") == "0111"
    assert kept(tmp_path).phrases == [
        Phrase("welly workshop", "1520"),
        Phrase("Paddy", "0111"),
        Phrase("cultivo de arroz", "0112", "es"),
    ]
    assert len(files(tmp_path)) == 1

    office.forget()
    assert first(running.wait(), "welly workshop") == ""
    assert first(running(), "foundry") == "2431"
    assert running.phrases == []


def test_what_cannot_be_learnt_changes_nothing(tmp_path: Path) -> None:
    office = kept(tmp_path)
    office.learn([Phrase("paddy", "0112")])
    before = {path.name: path.read_bytes() for path in (tmp_path / "sectors").iterdir()}
    with pytest.raises(ValueError, match="9999 is not a class"):
        office.learn([Phrase("welly workshop", "1520"), Phrase("nothing", "9999")])
    with pytest.raises(MemoryError):
        kept(tmp_path, fail).learn([Phrase("welly workshop", "1520")])
    assert {path.name: path.read_bytes() for path in (tmp_path / "sectors").iterdir()} == before
    assert first(office(), "paddy") == "0112"


def test_the_encoder_is_one_for_a_process_and_can_be_switched_off(tmp_path: Path) -> None:
    on = settings_for("sqlite://", tmp_path)
    assert encoder_of(on) is encoder_of(on)
    assert encoder_of(on).dimensions > 0
    assert encoder_of(settings_for("sqlite://", tmp_path, encoder="no")).dimensions == 0
    with_words = KeptResolver(tmp_path, NullEncoder())
    assert with_words.path != KeptResolver(tmp_path, encoder_of(on)).path
