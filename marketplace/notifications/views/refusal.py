"""Ending the mails of one kind, from the mail itself: no login, one click."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from marketplace import clock
from marketplace.errors import NotFound
from marketplace.notifications.queries.kinds import KINDS
from marketplace.notifications.services.inbox import restore, silence
from marketplace.notifications.views.blueprint import bp
from marketplace.notifications.views.letters.envelope import read_refusal
from marketplace.web.access import public
from marketplace.web.context import settings, transaction


def _named(token: str) -> tuple[int, str]:
    found = read_refusal(settings().secret_key, token)
    if found is None or found[1] not in KINDS:
        raise NotFound
    return found


@bp.get("/unsubscribe/<token>")
@public
def refusal(token: str) -> str:
    """Show a button: programs that look into mails follow links, but press no buttons."""
    _user_id, kind = _named(token)
    return render_template("notifications/refusal.html", token=token, label=KINDS[kind].label, done=None)


@bp.post("/unsubscribe/<token>")
@public
def refuse(token: str) -> Any:
    """End the mails, or send them again: pressed on the page, or by a mail program (RFC 8058).

    A mail program holds no session, so there is no token against forgery either; the signed
    address is one nobody else can make up.
    """
    user_id, kind = _named(token)
    again = request.form.get("again") == "yes"
    with transaction() as session:
        change = restore if again else silence
        if not change(session, user_id=user_id, kind=kind, now=clock.now()):
            raise NotFound
    return render_template(
        "notifications/refusal.html", token=token, label=KINDS[kind].label, done="again" if again else "ended"
    )


@bp.record_once
def _without_session(state: Any) -> None:
    state.app.extensions["csrf"].exempt(refuse)
