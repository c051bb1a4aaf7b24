"""Reading for the pages around the features."""

from __future__ import annotations

from marketplace.pages.queries.dashboard import Dashboard, Own, dashboard
from marketplace.pages.queries.front import Figures, KeptFigures, alive, figures, newest

__all__ = [
    "Dashboard",
    "Figures",
    "KeptFigures",
    "Own",
    "alive",
    "dashboard",
    "figures",
    "newest",
]
