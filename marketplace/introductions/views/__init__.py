"""Pages of introductions: expressing interest, one's own, and those of the desk."""

from __future__ import annotations

from marketplace.introductions.views import answer, broker, desk, files, hands, interest, mine, propose
from marketplace.introductions.views.blueprint import bp

__all__ = ["answer", "bp", "broker", "desk", "files", "hands", "interest", "mine", "propose"]
