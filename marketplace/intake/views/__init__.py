"""Pages of imports."""

from __future__ import annotations

from marketplace.intake.views import columns, files, new, show
from marketplace.intake.views.blueprint import bp

__all__ = ["bp", "columns", "files", "new", "show"]
