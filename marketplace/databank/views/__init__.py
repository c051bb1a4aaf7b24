"""The pages of an office's databank."""

from __future__ import annotations

from marketplace.databank.views import benchmarks, checks, export, listed, notes, record, tags
from marketplace.databank.views.blueprint import bp

__all__ = ["benchmarks", "bp", "checks", "export", "listed", "notes", "record", "tags"]
