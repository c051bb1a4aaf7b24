"""The forms of offices."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import Optional, Regexp, StopValidation

from marketplace.accounts.queries import normal_email
from marketplace.offices.models import OfficeKind
from marketplace.offices.services.offices import OfficeValues
from marketplace.web.fields import CountriesField, CountryField, Form, Needed, PlainText, clean_text

KINDS = [
    (OfficeKind.SPX.value, _l("SPX: Subcontracting and Partnership Exchange")),
    (OfficeKind.ITPO.value, _l("ITPO: Investment and Technology Promotion Office")),
]


class Address:
    """Refuse what is no e-mail address."""

    def __call__(self, _form: Any, field: Any) -> None:
        """Check the field's text."""
        if not normal_email(field.data or ""):
            raise StopValidation(_("Write an e-mail address, such as office@example.org."))


class OfficeForm(Form):
    """What an office says of itself."""

    version = HiddenField()
    name = StringField(
        _l("Name"),
        [Needed(_l("Give the office a name.")), PlainText(160)],
        filters=[clean_text],
        description=_l("As people know it, such as “SPX Accra”."),
    )
    country = CountryField(_l("Seat: country"), [Needed(_l("Choose a country."))])
    city = StringField(_l("Seat: city"), [Optional(), PlainText(120)], filters=[clean_text])
    email = StringField(
        _l("E-mail of the office"),
        [Optional(), PlainText(254), Address()],
        filters=[clean_text],
        description=_l("Members may write to it; it is shown on their pages."),
    )
    time_zone = SelectField(
        _l("Time zone"),
        choices=sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC"),
        default="UTC",
    )
    publishes_verified_at_once = BooleanField(
        _l("Publish listings of verified organisations at once"),
        description=_l("Without review, unless the text holds contact details. All others wait for review."),
    )

    def values(self) -> OfficeValues:
        """Return what was typed."""
        return OfficeValues(
            name=self.name.data,
            country=self.country.data,
            city=self.city.data or "",
            email=normal_email(self.email.data or ""),
            time_zone=self.time_zone.data,
            publishes_verified_at_once=self.publishes_verified_at_once.data,
        )


class CoverageForm(Form):
    """Which countries an office covers."""

    countries = CountriesField(
        _l("Countries covered"),
        description=_l("New organisations of these countries belong to this office. One office of each kind may cover a country."),
    )


class NewOfficeForm(OfficeForm, CoverageForm):
    """A new office."""

    code = StringField(
        _l("Code"),
        [
            Needed(_l("Give the office a code.")),
            PlainText(32),
            Regexp(r"^[A-Z0-9]+(-[A-Z0-9]+)*$", message=_l("Capital letters, digits and hyphens, such as SPX-ACC.")),
        ],
        filters=[lambda text: clean_text(text).upper()],
        description=_l("Short and lasting, such as SPX-ACC; it stands in addresses."),
    )
    kind = RadioField(_l("Kind"), choices=KINDS, default=OfficeKind.SPX.value)


class StaffForm(Form):
    """Who is to join the staff."""

    email = StringField(
        _l("E-mail address of the officer"),
        [Needed(_l("Write the address the person logs in with.")), PlainText(254), Address()],
        filters=[clean_text],
        description=_l("The person must have registered and confirmed the address."),
    )
