"""People, as administrators see them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.accounts.forms import EmptyForm, SuspendForm
from marketplace.accounts.models import User
from marketplace.accounts.queries import users_found
from marketplace.accounts.services import profile
from marketplace.accounts.views.blueprint import bp
from marketplace.errors import NotFound
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction
from marketplace.web.fields import asked_text
from marketplace.web.paging import Page, asked_page

PAGE_SIZE = 50


@bp.get("/admin/users")
@needs("admin:use")
def users() -> str:
    """List people."""
    text, number = asked_text("q"), asked_page()
    with reading() as database:
        rows, total = users_found(database, text, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    page = Page(rows, number, PAGE_SIZE, total)
    return render_template("admin/users.html", page=page, text=text)


@bp.get("/admin/users/<int(max=2147483647):user_id>")
@needs("admin:use")
def user(user_id: int) -> str:
    """Show one person, with what an administrator can do."""
    return _page(user_id, SuspendForm(formdata=None))


def _page(user_id: int, form: SuspendForm) -> str:
    with reading() as database:
        found = database.get(User, user_id)
    if found is None:
        raise NotFound
    return render_template("admin/user.html", user=found, form=form, plain=EmptyForm(formdata=None))


@bp.post("/admin/users/<int(max=2147483647):user_id>/suspend")
@needs("admin:use")
def suspend_user(user_id: int) -> Any:
    """Shut a person out."""
    form = SuspendForm()
    if not form.validate():
        return _page(user_id, form), 422
    with transaction() as database:
        profile.suspend_user(database, actor(), user_id=user_id, reason=form.text("reason"), now=clock.now())
    flash(_("Suspended; every browser of this person is logged out."), "success")
    return redirect(url_for("accounts.user", user_id=user_id), 303)


@bp.post("/admin/users/<int(max=2147483647):user_id>/readmit")
@needs("admin:use")
def readmit_user(user_id: int) -> Response:
    """Let a person in again."""
    with transaction() as database:
        profile.readmit_user(database, actor(), user_id=user_id, now=clock.now())
    flash(_("This person can log in again."), "success")
    return redirect(url_for("accounts.user", user_id=user_id), 303)


@bp.post("/admin/users/<int(max=2147483647):user_id>/admin")
@needs("admin:use")
def promote_user(user_id: int) -> Response:
    """Make a person an administrator."""
    with transaction() as database:
        profile.set_admin(database, actor(), user_id=user_id, is_admin=True, now=clock.now())
    flash(_("This person is an administrator now."), "success")
    return redirect(url_for("accounts.user", user_id=user_id), 303)


@bp.post("/admin/users/<int(max=2147483647):user_id>/admin/end")
@needs("admin:use")
def demote_user(user_id: int) -> Response:
    """Make an administrator an ordinary person."""
    with transaction() as database:
        profile.set_admin(database, actor(), user_id=user_id, is_admin=False, now=clock.now())
    flash(_("This person is no longer an administrator."), "success")
    return redirect(url_for("accounts.user", user_id=user_id), 303)
