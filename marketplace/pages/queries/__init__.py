"""Reading for the pages around the features."""

from __future__ import annotations

from marketplace.pages.queries.dashboard import Dashboard, Own, dashboard
from marketplace.pages.queries.front import Administered, Figures, administered, alive, figures, newest

__all__ = [
    "Administered",
    "Dashboard",
    "Figures",
    "Own",
    "administered",
    "alive",
    "dashboard",
    "figures",
    "newest",
]
