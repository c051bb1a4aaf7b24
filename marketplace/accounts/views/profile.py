"""One's own login."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.accounts.forms import PasswordForm, ProfileForm
from marketplace.accounts.models import User
from marketplace.accounts.services import passwords, profile
from marketplace.accounts.views.blueprint import bp
from marketplace.accounts.views.entrance import enter
from marketplace.errors import NotFound
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction
from marketplace.web.limits import by_ip


def _page(profile_form: ProfileForm | None = None, password_form: PasswordForm | None = None) -> str:
    who = actor()
    own = {"name": who.name, "language": who.language, "time_zone": who.time_zone}
    return render_template(
        "accounts/profile.html",
        profile=profile_form or ProfileForm(formdata=None, data=own),
        password=password_form or PasswordForm(formdata=None),
    )


@bp.get("/me/account")
@needs("account:use")
def own_account() -> str:
    """Show one's own login."""
    return _page()


@bp.post("/me/account")
@needs("account:use")
def change_profile() -> Any:
    """Change name, language and time zone."""
    form = ProfileForm()
    if not form.validate():
        return _page(profile_form=form), 422
    with transaction() as database:
        profile.change_profile(
            database,
            actor(),
            name=form.text("name"),
            language=form.text("language"),
            time_zone=form.text("time_zone"),
            now=clock.now(),
        )
    flash(_("Saved."), "success")
    return redirect(url_for("accounts.own_account"), 303)


@bp.post("/me/account/password")
@needs("account:use")
@by_ip
def change_password() -> Any:
    """Change the password."""
    form = PasswordForm()
    who = actor()
    with reading() as database:
        user = database.get(User, who.user_id)
    if user is None:
        raise NotFound
    right = form.validate()
    if right and not passwords.matches(user.password_hash, form.text("old_password")):
        form.old_password.errors = [_("This is not the password you have now.")]
        right = False
    if not right:
        return _page(password_form=form), 422
    new = passwords.hashed(form.text("password"))
    with transaction() as database:
        key = profile.change_password(
            database, who, old_hash=user.password_hash, password_hash=new, now=clock.now()
        )
    enter(user.id, key)
    flash(_("Your password is changed. Other browsers are logged out."), "success")
    return redirect(url_for("accounts.own_account"), 303)
