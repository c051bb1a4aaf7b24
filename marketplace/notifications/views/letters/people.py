"""Letters about logins and invitations."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from marketplace.accounts.models import Link, Purpose, User
from marketplace.accounts.queries import link_token, still_open
from marketplace.notifications.views.letters import addresses
from marketplace.notifications.views.letters.letter import Letter, Occasion
from marketplace.organisations.models import Invitation
from marketplace.web.context import settings
from marketplace.web.words import day


def exchange() -> str:
    """Return the name under which the exchange itself writes."""
    return _("The Partnership Exchange")


def _open_link(occasion: Occasion, purpose: Purpose) -> str | None:
    """Return the word for the address, or ``None`` where the link was used or is over."""
    link = occasion.session.get(Link, occasion.ids["link"])
    if link is None or link.purpose is not purpose or not still_open(link, occasion.now):
        return None
    return link_token(settings().secret_key, link.id, purpose)


def verification(occasion: Occasion) -> Letter | None:
    """Write to somebody who has registered."""
    token = _open_link(occasion, Purpose.VERIFY)
    if token is None:
        return None
    return Letter(
        subject=_("Confirm your e-mail address"),
        paragraphs=(
            _("Welcome to the Partnership Exchange. Somebody, we hope you, registered with this address."),
            _("Please confirm that it is yours; then you can log in and post what you need or offer."),
        ),
        action=(_("Confirm the address"), url_for("accounts.confirmation", token=token, _external=True)),
        closing=(
            _("The link works once, for three days."),
            _("If it was not you, do nothing: without this step nobody can log in with your address."),
        ),
        why=_("You get this mail because this address was typed into our registration form."),
        signed=exchange(),
    )


def password_reset(occasion: Occasion) -> Letter | None:
    """Write to somebody who has forgotten the password."""
    token = _open_link(occasion, Purpose.RESET)
    if token is None:
        return None
    return Letter(
        subject=_("Set a new password"),
        paragraphs=(_("Somebody, we hope you, has asked for a new password for your login."),),
        action=(_("Set a new password"), url_for("accounts.new_password", token=token, _external=True)),
        closing=(
            _("The link works once, for one hour."),
            _("If it was not you, do nothing: your old password stays as it is."),
        ),
        why=_("You get this mail because a new password was asked for with this address."),
        signed=exchange(),
    )


def address_taken(occasion: Occasion) -> Letter | None:
    """Write to the owner of an address that somebody has tried to register again."""
    if occasion.session.get(User, occasion.ids["user"]) is None:
        return None
    return Letter(
        subject=_("You have a login already"),
        paragraphs=(
            _("Somebody, we hope you, has tried to register with this address. It has a login already."),
            _("If you have forgotten the password, you can set a new one; that also confirms the address."),
        ),
        action=(_("Set a new password"), url_for("accounts.reset", _external=True)),
        closing=(
            _("If it was not you, do nothing: nothing has changed, and nobody was told of your login."),
        ),
        why=_("You get this mail because this address was typed into our registration form."),
        signed=exchange(),
    )


def invitation(occasion: Occasion) -> Letter | None:
    """Write to a colleague who is invited to an organisation."""
    found = occasion.session.get(Invitation, occasion.ids["invitation"])
    if found is None or found.accepted_at or found.withdrawn_at or found.expires_at <= occasion.now:
        return None
    host = occasion.session.get(User, found.invited_by_id)
    words = {"host": host.name if host else exchange(), "organisation": found.organisation.name}
    return Letter(
        subject=_("%(host)s invites you to %(organisation)s", **words),
        paragraphs=(
            _("%(host)s invites you to work for %(organisation)s on the Partnership Exchange.", **words),
            _("There, enterprises post what they offer and need, and the exchange finds who fits whom."),
        ),
        action=(_("Accept the invitation"), addresses.of_invitation(found)),
        closing=(
            _("The invitation is open until %(day)s.", day=day(found.expires_at)),
            _("If you do not know who this is, do nothing."),
        ),
        why=_("You get this mail because %(host)s typed your address.", **words),
        signed=exchange(),
    )
