"""Forms for coming in, and for one's own login."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask_babel import get_babel
from flask_babel import gettext as _
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import StopValidation

from marketplace.accounts.models import EMAIL_LENGTH, NAME_LENGTH
from marketplace.accounts.queries import normal_email
from marketplace.accounts.services.passwords import LONGEST, SHORTEST
from marketplace.web.choices import SelectField
from marketplace.web.fields import Form, Needed, PlainText, clean_text
from marketplace.web.fields import lazy as _l
from marketplace.web.words import language_name

REASON_LENGTH = 500
# Zones that are places; the others are for machines.
REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def site_languages() -> list[tuple[str, str]]:
    """Return the languages in which the exchange speaks."""
    found = {str(locale) for locale in get_babel().instance.list_translations()} | {"en"}
    return sorted((code, language_name(code)) for code in found)


@lru_cache(maxsize=1)
def time_zones() -> tuple[tuple[str, str], ...]:
    """Return the time zones that are places, by region and city."""
    names = sorted(name for name in available_timezones() if name.startswith(REGIONS))
    return (("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names))


class EmailAddress:
    """Refuse what is no e-mail address."""

    def __init__(self) -> None:
        self.field_flags = {"maxlength": EMAIL_LENGTH}

    def __call__(self, _form: Any, field: Any) -> None:
        """Check the spelling; whether it exists only a mail can tell."""
        if field.data and not normal_email(field.data):
            raise StopValidation(_("This is not an e-mail address. It looks like name@example.org."))


class GoodPassword:
    """Refuse passwords that are too short, too long, or the person's own name or address."""

    def __init__(self) -> None:
        self.field_flags = {"minlength": SHORTEST, "maxlength": LONGEST}

    def __call__(self, form: Any, field: Any) -> None:
        """Check the password against the rest of the form."""
        password = field.data or ""
        if len(password) < SHORTEST:
            raise StopValidation(
                _(
                    "Use at least %(shortest)s characters. Four unrelated words are easy to remember.",
                    shortest=SHORTEST,
                )
            )
        if len(password) > LONGEST:
            raise StopValidation(_("Use at most %(longest)s characters.", longest=LONGEST))
        others = {(form[name].data or "").casefold() for name in ("email", "name") if name in form}
        if password.casefold() in others or len(set(password)) == 1:
            raise StopValidation(_("This is too easy to guess. Four unrelated words are easy to remember."))


def email_field() -> EmailField:
    """Return a field for an address."""
    return EmailField(
        _l("E-mail address"),
        [Needed(_l("Write the e-mail address.")), PlainText(EMAIL_LENGTH), EmailAddress()],
        filters=[clean_text],
    )


def name_field() -> StringField:
    """Return a field for a person's name."""
    return StringField(
        _l("Your name"),
        [Needed(_l("Write your name, as colleagues know you.")), PlainText(NAME_LENGTH)],
        filters=[clean_text],
    )


def new_password_field(label: Any) -> PasswordField:
    """Return a field for a password that is being chosen."""
    return PasswordField(
        label,
        [Needed(_l("Choose a password.")), GoodPassword()],
        description=_l("At least %(shortest)s characters; four unrelated words are good.", shortest=SHORTEST),
    )


class RegisterForm(Form):
    """Registration."""

    name = name_field()
    email = email_field()
    password = new_password_field(_l("Password"))


class LoginForm(Form):
    """Login."""

    email = email_field()
    password = PasswordField(_l("Password"), [Needed(_l("Write your password."))])
    remember = BooleanField(_l("Stay logged in on this device"))
    next = HiddenField()


class AddressForm(Form):
    """An address to which a mail shall go."""

    email = email_field()


class NewPasswordForm(Form):
    """A new password, reached by a link."""

    password = new_password_field(_l("New password"))


class EmptyForm(Form):
    """Nothing but the protection against forged requests."""


class ProfileForm(Form):
    """One's own login."""

    name = name_field()
    language = SelectField(_l("Language of the pages and mails"), choices=site_languages)
    time_zone = SelectField(
        _l("Time zone"),
        choices=time_zones,
        description=_l("Dates and deadlines are shown as they fall where you are."),
    )


class PasswordForm(Form):
    """A new password for who knows the old one."""

    old_password = PasswordField(_l("Password until now"), [Needed(_l("Write the password you have now."))])
    password = new_password_field(_l("New password"))


class SuspendForm(Form):
    """Why somebody is shut out."""

    reason = StringField(
        _l("Reason"),
        [Needed(_l("Write why; it is kept in the record.")), PlainText(REASON_LENGTH)],
        filters=[clean_text],
    )
