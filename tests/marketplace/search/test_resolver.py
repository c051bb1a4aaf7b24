from __future__ import annotations

from pathlib import Path

from marketplace.search.resolver import KeptResolver
from matching.resolver import SectorResolver


def test_it_is_built_once_and_then_read_even_after_damage(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    first = KeptResolver(folder)
    assert first().suggest("foundry") == []
    built = first.wait()
    (kept,) = folder.iterdir()
    read = KeptResolver(folder)
    assert read() is read()
    words = "foundry casting iron pump housings"
    assert read().suggest(words) == built.suggest(words)
    assert isinstance(read(), SectorResolver)
    assert any(one.code.startswith("24") for one in read().suggest(words))

    kept.write_bytes(kept.read_bytes()[:1000])
    assert KeptResolver(folder).wait().suggest(words) == built.suggest(words)
    assert [path.name for path in folder.iterdir()] == [kept.name]
