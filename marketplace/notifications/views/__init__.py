"""The inbox, the choice of mails, the administrators' page of mail, and what letters say."""

from __future__ import annotations

from marketplace.notifications.views import inbox, mail, refusal
from marketplace.notifications.views.blueprint import bp

__all__ = ["bp", "inbox", "mail", "refusal"]
