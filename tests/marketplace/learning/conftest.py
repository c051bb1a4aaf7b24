"""The small world of introductions, on both kinds of database."""

from __future__ import annotations

from tests.marketplace.introductions.conftest import world

__all__ = ["world"]
