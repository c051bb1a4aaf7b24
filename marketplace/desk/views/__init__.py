"""Pages of the officers' desk."""

from __future__ import annotations

from marketplace.desk.views import acts, matches, pipeline, today
from marketplace.desk.views.blueprint import bp

__all__ = ["acts", "bp", "matches", "pipeline", "today"]
