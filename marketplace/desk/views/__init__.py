"""Pages of the officers' desk."""

from __future__ import annotations

from marketplace.desk.views import acts, hands, matches, pipeline, today
from marketplace.desk.views.blueprint import bp

__all__ = ["acts", "bp", "hands", "matches", "pipeline", "today"]
