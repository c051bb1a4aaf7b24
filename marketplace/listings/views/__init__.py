"""Pages of listings: posting, one listing, one's own, the officers' desk."""

from __future__ import annotations

from marketplace.listings.views import desk, found, mine, post, show
from marketplace.listings.views.blueprint import bp

__all__ = ["bp", "desk", "found", "mine", "post", "show"]
