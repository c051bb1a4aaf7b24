"""The blueprint that the other files add their routes to, and what their answers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from marketplace.errors import Conflict
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import live_with
from marketplace.web.context import actor, reading

bp = Blueprint("introductions", __name__)
PAGE_SIZE: Final = 20
Answer = str | Response | tuple[str, int]
MINE: Final = "introductions.introduction"
DESK: Final = "introductions.at_desk"


def introductions_to(listing_id: int) -> Sequence[Introduction]:
    """Return the live introductions by which the reader's organisations have approached a listing."""
    if not actor().memberships:
        return []
    with reading() as session:
        return live_with(session, actor(), listing_id)


@bp.record_once
def _for_templates(state: Any) -> None:
    # Pages of lower features lead here, without knowing this one.
    state.app.jinja_env.globals.update(introductions_to=introductions_to)


def done(endpoint: str, reference: str, told: str) -> Response:
    """Lead back to the introduction, and say what has been done."""
    flash(told, "success")
    return redirect(url_for(endpoint, reference=reference), 303)


def too_late(endpoint: str, reference: str, conflict: Conflict, typed: str = "") -> tuple[str, int]:
    """Say what has happened meanwhile, and lead to how it stands now.

    Parameters
    ----------
    typed
        What was written, so that it is not lost.
    """
    page = render_template(
        "introductions/too_late.html",
        message=conflict.message,
        typed=typed,
        address=url_for(endpoint, reference=reference),
    )
    return page, 409
