"""A new password for who has forgotten the old one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from flask_login import logout_user

from marketplace import clock
from marketplace.accounts.forms import AddressForm, NewPasswordForm
from marketplace.accounts.models import Purpose
from marketplace.accounts.queries import link_of_token, normal_email, still_open
from marketplace.accounts.services import entrance, passwords
from marketplace.accounts.views.blueprint import bp, by_address
from marketplace.web.access import public
from marketplace.web.context import reading, settings, transaction
from marketplace.web.limits import by_ip

ASKED_FOR = "reset_asked_for"


@bp.get("/reset")
@public
def reset() -> str:
    """Show the form."""
    return render_template("accounts/reset.html", form=AddressForm(formdata=None))


@bp.post("/reset")
@public
@by_ip
@by_address
def ask_reset() -> Any:
    """Send a link; the answer is the same for every address."""
    form = AddressForm()
    if not form.validate():
        return render_template("accounts/reset.html", form=form), 422
    with transaction() as database:
        entrance.ask_reset(database, email=form.text("email"), now=clock.now())
    session[ASKED_FOR] = normal_email(form.text("email"))
    return redirect(url_for("accounts.reset_sent"), 303)


@bp.get("/reset/sent")
@public
def reset_sent() -> Any:
    """Say that a mail is on its way."""
    if not session.get(ASKED_FOR):
        return redirect(url_for("accounts.reset"))
    return render_template("accounts/reset_sent.html", email=session[ASKED_FOR])


@bp.get("/reset/<token>")
@public
def new_password(token: str) -> Any:
    """Show the form for the new password."""
    with reading() as database:
        link = link_of_token(database, settings().secret_key, token, Purpose.RESET)
    if link is None or not still_open(link, clock.now()):
        return _over()
    return render_template("accounts/new_password.html", form=NewPasswordForm(formdata=None), token=token)


@bp.post("/reset/<token>")
@public
@by_ip
def set_password(token: str) -> Any:
    """Set the new password; every browser is logged out."""
    form = NewPasswordForm()
    if not form.validate():
        return render_template("accounts/new_password.html", form=form, token=token), 422
    password_hash = passwords.hashed(form.text("password"))
    now = clock.now()
    with transaction() as database:
        link = link_of_token(database, settings().secret_key, token, Purpose.RESET)
        done = link is not None and entrance.reset_password(
            database, link_id=link.id, password_hash=password_hash, now=now
        )
    if not done:
        return _over()
    logout_user()
    flash(_("Your new password is set. Log in with it."), "success")
    return redirect(url_for("accounts.login"), 303)


def _over() -> tuple[str, int]:
    return render_template(
        "accounts/link_over.html",
        text=_("It was used already, or it is older than an hour."),
        again=url_for("accounts.reset"),
        action=_("Send me another link"),
    ), 410
