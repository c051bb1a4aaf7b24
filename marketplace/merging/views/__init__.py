"""The pages of duplicates: pairs that look alike, merging them, and undoing it."""

from __future__ import annotations

from marketplace.merging.views import duplicates, merge, undo
from marketplace.merging.views.blueprint import bp

__all__ = ["bp", "duplicates", "merge", "undo"]
