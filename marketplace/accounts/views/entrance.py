"""Logging in and out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.accounts.forms import AddressForm, LoginForm
from marketplace.accounts.models import User
from marketplace.accounts.queries import user_by_email
from marketplace.accounts.services import entrance, passwords
from marketplace.accounts.views.blueprint import bp, by_address
from marketplace.policy import Actor
from marketplace.web.access import public
from marketplace.web.context import actor, reading, transaction
from marketplace.web.fields import stray_character
from marketplace.web.limits import by_ip
from marketplace.web.login import Login

# Where the rest of the exchange decides what a person should see first.
START = "/me/start"
LONGEST_TARGET = 2000


def local_target(target: str | None) -> str:
    """Return a path of this site to go to after the login; :data:`START` for anything else."""
    word = target or ""
    inside = word.startswith("/") and not word.startswith(("//", "/\\")) and len(word) <= LONGEST_TARGET
    if not inside or stray_character(word) or "\\" in word:
        return START
    parts = urlsplit(word)
    return START if parts.scheme or parts.netloc else word


def enter(user_id: int, session_key: str, *, remember: bool = False) -> None:
    """Begin a session in this browser; nothing of an earlier one stays."""
    session.clear()
    login_user(Login(Actor(user_id=user_id), session_key), remember=remember)


@bp.get("/login")
@public
def login() -> Any:
    """Show the form."""
    target = local_target(request.args.get("next"))
    if actor().signed_in:
        return redirect(target)
    form = LoginForm(formdata=None, next="" if target == START else target)
    return render_template("accounts/login.html", form=form)


@bp.post("/login")
@public
@by_ip
@by_address
def log_in() -> Any:
    """Take a login."""
    form = LoginForm()
    if not form.validate():
        return render_template("accounts/login.html", form=form), 422
    with reading() as database:
        user = user_by_email(database, form.text("email"))
    if not passwords.matches(user.password_hash if user else None, form.text("password")) or user is None:
        form.form_errors = [_("The e-mail address or the password is not right. Both were left as they are.")]
        return render_template("accounts/login.html", form=form), 422
    return _answer_right_password(user, form)


def _answer_right_password(user: User, form: LoginForm) -> Any:
    if user.suspended_at is not None:
        form.form_errors = [
            _("This login is suspended. Write to your office if you think that is a mistake.")
        ]
        return render_template("accounts/login.html", form=form), 403
    if user.verified_at is None:
        again = AddressForm(formdata=None, email=user.email)
        return render_template("accounts/unverified.html", form=again, email=user.email), 403
    renewed = passwords.hashed(form.text("password")) if passwords.outdated(user.password_hash) else None
    with transaction() as database:
        key = entrance.log_in(
            database, user_id=user.id, old_hash=user.password_hash, new_hash=renewed, now=clock.now()
        )
    if key is None:
        form.form_errors = [_("This login was changed a moment ago. Try again.")]
        return render_template("accounts/login.html", form=form), 409
    enter(user.id, key, remember=bool(form.remember.data))
    return redirect(local_target(form.text("next")), 303)


@bp.post("/logout")
@public
def logout() -> Response:
    """End the session in this browser."""
    logout_user()
    # Flask-Login leaves the word here that removes its cookie after the answer.
    kept = session.get("_remember")
    session.clear()
    if kept is not None:
        session["_remember"] = kept
    flash(_("You are logged out."), "info")
    return redirect(url_for("accounts.login"), 303)
