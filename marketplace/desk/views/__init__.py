"""Pages of the officers' desk."""

from __future__ import annotations

from marketplace.desk.views import acts, pipeline, today
from marketplace.desk.views.blueprint import bp

__all__ = ["acts", "bp", "pipeline", "today"]
