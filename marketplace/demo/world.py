"""The demo's files, read and checked."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Table = dict[str, Any]


@lru_cache(maxsize=1)
def world() -> Table:
    """Return ``office``, ``organisation``, ``listing`` and ``introduction`` tables as lists of mappings."""
    tables: Table = {}
    for name in ("organisations.toml", "listings.toml", "introductions.toml", "databank.toml"):
        tables |= tomllib.loads((HERE / name).read_text(encoding="utf-8"))
    return tables
