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
    """Return the tables, such as ``office`` and ``listing``, each as a list of mappings."""
    tables: Table = {}
    for name in (
        "organisations.toml", "databank.toml", "listings.toml", "introductions.toml", "past.toml",
        "programmes.toml",
    ):  # fmt: skip
        tables |= tomllib.loads((HERE / name).read_text(encoding="utf-8"))
    return tables
