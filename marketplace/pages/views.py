"""The landing page, help, the dashboard, and what machines ask for."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from marketplace import clock, policy
from marketplace.notifications.queries.inbox import unread_count
from marketplace.organisations.queries.found import organisation_of
from marketplace.pages import queries
from marketplace.pages.queries.history import history
from marketplace.pages.wording import told, whose
from marketplace.web.access import needs, public
from marketplace.web.context import actor, part, reading
from marketplace.web.paging import Page, asked_page

bp = Blueprint("pages", __name__)
NEWEST: Final = 6
HISTORY_SIZE: Final = 50
# What is personal or only for staff is of no use to a search engine.
PRIVATE: Final = ("/me", "/inbox", "/desk", "/admin", "/post", "/login", "/register")


@bp.record
def _give_to_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["unread_notices"] = unread_notices


def unread_notices() -> int:
    """Count for the head of a page."""
    user_id = actor().user_id
    if user_id is None:
        return 0
    with reading() as session:
        return unread_count(session, user_id)


@bp.get("/")
@public
def landing() -> str:
    """Say in one screen what this is, with live numbers."""
    now = clock.now()
    with reading() as session:
        figures = part(queries.KeptFigures).now(session, now)
        newest = queries.newest(session, actor(), now.date(), NEWEST)
    return render_template("pages/landing.html", figures=figures, newest=newest)


@bp.get("/me")
@needs("account:use")
def dashboard() -> AnyResponse | str:
    """Say what to do next: to members here, to staff without an organisation at their place of work."""
    who, now = actor(), clock.now()
    if not who.memberships:
        place = "/desk" if who.is_officer else "/admin"
        return redirect(place) if policy.allowed(who, "desk:use") else render_template("pages/welcome.html")
    with reading() as session:
        found = queries.dashboard(session, who, now)
    return render_template("pages/dashboard.html", home=found)


@bp.get("/help")
@public
def guide() -> str:
    """Explain how it works."""
    return render_template("pages/help.html")


@bp.get("/healthz")
@public
def health() -> Response:
    """Answer when the database answers."""
    with reading() as session:
        queries.alive(session)
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Tell search engines what is not for them."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE)]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@bp.get("/favicon.ico")
@public
def favicon() -> AnyResponse:
    """Lead browsers that ask without looking at the page to the one icon."""
    return redirect(url_for("static", filename="icons/favicon.svg"), code=301)


@bp.get("/me/organisation/<reference>/history")
@needs("organisation:belong")
def organisation_history(reference: str) -> str:
    """Show what was done to an organisation, to its listings and with its contacts."""
    number = asked_page()
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "organisation:belong")
        entries, total = history(
            session, organisation, offset=(number - 1) * HISTORY_SIZE, limit=HISTORY_SIZE
        )
    return render_template(
        "pages/history.html",
        organisation=organisation,
        page=Page(entries, number, HISTORY_SIZE, total),
        told=told,
        whose=whose,
    )
