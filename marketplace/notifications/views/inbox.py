"""A person's notices, and the choice of mails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.notifications.models import Delivery
from marketplace.notifications.queries.inbox import notices, silences
from marketplace.notifications.queries.kinds import KINDS, OF_OFFICES, OPTIONAL
from marketplace.notifications.services.inbox import choose_mails, mark_all_read
from marketplace.notifications.views import letters
from marketplace.notifications.views.blueprint import bp
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction
from marketplace.web.paging import Page, asked_page

PAGE_SIZE = 20
# Of a column of four bytes.
LARGEST_KEY = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it reads today; what it told may be over."""

    title: str
    text: str
    action: tuple[str, str] | None
    at: datetime
    unread: bool


def _notice(session: Session, delivery: Delivery, now: datetime) -> Notice:
    letter = (
        letters.write(session, delivery.kind, delivery.ids, actor(), now) if delivery.kind in KINDS else None
    )
    unread = delivery.read_at is None
    if letter is None:
        title = str(KINDS[delivery.kind].label) if delivery.kind in KINDS else _("Notice")
        return Notice(
            title, _("This is over; there is nothing left to do."), None, delivery.created_at, unread
        )
    return Notice(letter.subject, letter.paragraphs[0], letter.action, delivery.created_at, unread)


@bp.get("/inbox")
@needs("account:use")
def inbox() -> str:
    """Show the notices, newest first."""
    number, now, who = asked_page(), clock.now(), actor()
    with reading() as session:
        rows, total = notices(session, who.user_id or 0, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        shown = [_notice(session, row, now) for row in rows]
    return render_template(
        "notifications/inbox.html",
        page=Page(shown, number, PAGE_SIZE, total),
        newest=max((row.id for row in rows), default=0),
    )


@bp.post("/inbox/read")
@needs("account:use")
def read_all() -> Any:
    """Mark everything that was on the page, and what is older, as read."""
    up_to = min(request.form.get("up_to", 0, type=int), LARGEST_KEY)
    with transaction() as session:
        mark_all_read(session, actor(), up_to=up_to, now=clock.now())
    return redirect(url_for("notifications.inbox"), 303)


def _offered() -> list[str]:
    staff = actor().is_officer or actor().is_admin
    return [name for name in OPTIONAL if staff or name not in OF_OFFICES]


@bp.get("/me/mail")
@needs("account:use")
def mails() -> str:
    """Show which mails the person gets."""
    with reading() as session:
        silent = silences(session, actor().user_id or 0)
    choices = [(name, KINDS[name].label, name not in silent) for name in _offered()]
    return render_template("notifications/mails.html", choices=choices)


@bp.post("/me/mail")
@needs("account:use")
def choose() -> Any:
    """Keep which mails the person wants."""
    wanted = frozenset(request.form.getlist("kind"))
    with transaction() as session:
        choose_mails(session, actor(), offered=_offered(), wanted=wanted, now=clock.now())
    flash(_("Saved."), "success")
    return redirect(url_for("notifications.mails"), 303)
