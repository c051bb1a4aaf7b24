"""Registering, and confirming the address."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from marketplace import clock
from marketplace.accounts.forms import AddressForm, EmptyForm, RegisterForm
from marketplace.accounts.models import Purpose
from marketplace.accounts.queries import link_of_token, normal_email, still_open
from marketplace.accounts.services import passwords, register
from marketplace.accounts.views.blueprint import bp, by_address
from marketplace.web.access import public
from marketplace.web.context import actor, reading, settings, transaction
from marketplace.web.limits import by_ip

MAILED_TO = "mailed_to"


@bp.get("/register")
@public
def registration() -> Any:
    """Show the form."""
    if actor().signed_in:
        return redirect("/me/start")
    form = RegisterForm(formdata=None, email=normal_email(request.args.get("email", "")))
    return render_template("accounts/register.html", form=form)


@bp.post("/register")
@public
@by_ip
@by_address
def register_person() -> Any:
    """Take a registration; the answer does not tell whether the address was known."""
    form = RegisterForm()
    if not form.validate():
        return render_template("accounts/register.html", form=form), 422
    password_hash = passwords.hashed(form.text("password"))
    with transaction() as database:
        register.register(
            database,
            email=form.text("email"),
            name=form.text("name"),
            password_hash=password_hash,
            language=str(get_locale()),
            now=clock.now(),
        )
    session[MAILED_TO] = normal_email(form.text("email"))
    return redirect(url_for("accounts.mail_sent"), 303)


@bp.get("/register/sent")
@public
def mail_sent() -> Any:
    """Say that a mail is on its way."""
    address = session.get(MAILED_TO, "")
    if not address:
        return redirect(url_for("accounts.registration"))
    return render_template(
        "accounts/mail_sent.html", email=address, form=AddressForm(formdata=None, email=address)
    )


@bp.get("/verify")
@public
def verification() -> str:
    """Show the form for another mail."""
    return render_template("accounts/verify_again.html", form=AddressForm(formdata=None))


@bp.post("/verify")
@public
@by_ip
@by_address
def send_again() -> Any:
    """Send the link to confirm an address once more; the answer is the same for every address."""
    form = AddressForm()
    if not form.validate():
        return render_template("accounts/verify_again.html", form=form), 422
    with transaction() as database:
        register.ask_verification(database, email=form.text("email"), now=clock.now())
    session[MAILED_TO] = normal_email(form.text("email"))
    flash(_("If this address waits to be confirmed, another mail is on its way."), "info")
    return redirect(url_for("accounts.mail_sent"), 303)


@bp.get("/verify/<token>")
@public
def confirmation(token: str) -> Any:
    """Show a button: programs that look into mails follow links, but press no buttons."""
    with reading() as database:
        link = link_of_token(database, settings().secret_key, token, Purpose.VERIFY)
    if link is None or not still_open(link, clock.now()):
        return _over()
    return render_template("accounts/verify.html", form=EmptyForm(formdata=None), token=token)


@bp.post("/verify/<token>")
@public
@by_ip
def confirm(token: str) -> Any:
    """Confirm an address."""
    now = clock.now()
    with transaction() as database:
        link = link_of_token(database, settings().secret_key, token, Purpose.VERIFY)
        done = link is not None and register.verify_address(database, link_id=link.id, now=now)
    if not done:
        return _over()
    flash(_("Your address is confirmed. Log in to go on."), "success")
    return redirect(url_for("accounts.login"), 303)


def _over() -> tuple[str, int]:
    text = _("It was used, or is older than three days. Confirmed already? Just log in.")
    return render_template(
        "accounts/link_over.html",
        text=text,
        again=url_for("accounts.verification"),
        action=_("Send me another link"),
    ), 410
