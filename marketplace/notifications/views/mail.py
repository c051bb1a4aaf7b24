"""The administrators' page of mail: what was kept, what waits, what was set aside."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace import clock
from marketplace.errors import NotFound
from marketplace.notifications.models import DeliveryState
from marketplace.notifications.queries import deliveries, kept
from marketplace.notifications.services.events import retry_event
from marketplace.notifications.services.send import retry_deliveries
from marketplace.notifications.views.blueprint import bp
from marketplace.outbox import set_aside
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, settings, transaction
from marketplace.web.paging import Page, asked_page

PAGE_SIZE = 25


@bp.get("/admin/mail")
@needs("admin:use")
def mail() -> str:
    """List mails: set aside, waiting, and kept as files."""
    number = asked_page()
    with reading() as session:
        trouble = {
            "events": set_aside(session),
            "set_aside": deliveries.in_state(session, DeliveryState.SET_ASIDE),
            "waiting": deliveries.in_state(session, DeliveryState.WAITING),
        }
    rows, total = kept.kept(settings().var, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return render_template(
        "admin/mail.html",
        page=Page(rows, number, PAGE_SIZE, total),
        by_server=bool(settings().smtp_url),
        folder=str(kept.folder(settings().var)),
        **trouble,
    )


@bp.get("/admin/mail/<int(max=2147483647):number>")
@needs("admin:use")
def kept_mail(number: int) -> str:
    """Show one kept mail."""
    return render_template("admin/mail_kept.html", mail=kept.opened(settings().var, number), number=number)


def _retried(count: int) -> Any:
    if count:
        flash(
            ngettext("%(num)s mail is tried again now.", "%(num)s mails are tried again now.", count),
            "success",
        )
    else:
        flash(_("Nothing was left to try again."), "info")
    return redirect(url_for("notifications.mail"), 303)


@bp.post("/admin/mail/deliveries/retry")
@needs("admin:use")
def retry_all_mails() -> Any:
    """Try every mail again that failed."""
    with transaction() as session:
        return _retried(retry_deliveries(session, actor(), delivery_ids=None, now=clock.now()))


@bp.post("/admin/mail/deliveries/<int(max=2147483647):number>/retry")
@needs("admin:use")
def retry_mail(number: int) -> Any:
    """Try one mail again."""
    with transaction() as session:
        return _retried(retry_deliveries(session, actor(), delivery_ids=[number], now=clock.now()))


@bp.post("/admin/mail/events/<int(max=2147483647):number>/retry")
@needs("admin:use")
def retry_one_event(number: int) -> Any:
    """Carry an event out again that was set aside."""
    with transaction() as session:
        if not retry_event(session, actor(), event_id=number, now=clock.now()):
            raise NotFound
    flash(_("The event is tried again now."), "success")
    return redirect(url_for("notifications.mail"), 303)
