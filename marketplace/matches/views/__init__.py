"""Pages of matches: those found, and what would bring more, together or alone."""

from __future__ import annotations

from marketplace.matches.views import found, possible
from marketplace.matches.views.blueprint import bp

__all__ = ["bp", "found", "possible"]
