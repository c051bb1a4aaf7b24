"""Draws docs/reference/introductions.md anew, from the table that the code runs on."""

from __future__ import annotations

from pathlib import Path

from marketplace.introductions.states.drawing import drawing

PAGE = Path(__file__).resolve().parents[1] / "docs/reference/introductions.md"

PAGE.write_text(drawing(), encoding="utf-8")
