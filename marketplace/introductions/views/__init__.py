"""Pages of introductions: expressing interest, one's own, and those of the desk."""

from __future__ import annotations

from marketplace.introductions.views import (
    answer,
    broker,
    desk,
    files,
    follow_up,
    hands,
    interest,
    mine,
    propose,
    together,
)
from marketplace.introductions.views.blueprint import bp

__all__ = [
    "answer",
    "bp",
    "broker",
    "desk",
    "files",
    "follow_up",
    "hands",
    "interest",
    "mine",
    "propose",
    "together",
]
