"""Pages for coming in, for one's own login, and for the administrators of people."""

from __future__ import annotations

from marketplace.accounts.views import administration, entrance, password, profile, registration, users
from marketplace.accounts.views.blueprint import bp

__all__ = ["administration", "bp", "entrance", "password", "profile", "registration", "users"]
