"""The blueprint that the other files add their routes to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from marketplace.notifications.queries.inbox import unread_count
from marketplace.web.context import actor, reading

bp = Blueprint("notifications", __name__)


def unread_notices() -> int:
    """Return how many notices the reader has not looked at; the navigation shows it."""
    user_id = actor().user_id
    if user_id is None:
        return 0
    with reading() as session:
        return unread_count(session, user_id)


@bp.record_once
def _for_templates(state: Any) -> None:
    state.app.jinja_env.globals["unread_notices"] = unread_notices
