"""The forms of offices."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.accounts.forms import EmailAddress, time_zones
from marketplace.accounts.queries import normal_email
from marketplace.offices.models import (
    HOLIDAY_NAME,
    LARGEST_MOST_LIVE,
    MOST_DAYS,
    MOST_LIVE,
    OFFICER_DAYS,
    SIDE_DAYS,
    WEEKEND,
    OfficeKind,
)
from marketplace.offices.queries import CODE
from marketplace.offices.services.offices import OfficeValues
from marketplace.offices.working_days import DAYS_OF_A_WEEK
from marketplace.web.choices import SelectField, SelectMultipleField
from marketplace.web.fields import (
    CountriesField,
    CountryField,
    Form,
    Needed,
    PlainText,
    WholeField,
    clean_text,
)
from marketplace.web.fields import lazy as _l
from marketplace.web.words import reader

LONGEST_VERSION = 9
KINDS = [
    (OfficeKind.SPX.value, _l("SPX: Subcontracting and Partnership Exchange")),
    (OfficeKind.ITPO.value, _l("ITPO: Investment and Technology Promotion Office")),
]


class WeekdaysField(SelectMultipleField):
    """Days of the week, as ISO figures."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, choices=weekdays, **options)


class LeavesADay:
    """Refuse a week without a working day."""

    def __call__(self, _form: Any, field: Any) -> None:
        """Count the days."""
        if len(set(field.data or ())) >= DAYS_OF_A_WEEK:
            raise ValidationError(_("Leave at least one day to work on."))


def weekdays() -> list[tuple[str, str]]:
    """Return the days of the week in the reader's language, Monday first."""
    names = reader().days["stand-alone"]["wide"]
    return [(str(number + 1), names[number]) for number in range(DAYS_OF_A_WEEK)]


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
        [Optional(), PlainText(254), EmailAddress()],
        filters=[clean_text],
        description=_l("Where members of its countries can write for help."),
    )
    time_zone = SelectField(
        _l("Time zone"),
        choices=time_zones,
        default="UTC",
    )
    publishes_verified_at_once = BooleanField(
        _l("Publish listings of verified organisations at once"),
        description=_l("Without review, unless the text holds contact details. All others wait for review."),
    )

    officer_days = WholeField(
        _l("Working days an officer has to look at an introduction"),
        [Needed(_l("Say how many."))],
        low=1,
        high=MOST_DAYS,
        default=OFFICER_DAYS,
    )
    side_days = WholeField(
        _l("Working days a side has to answer"),
        [Needed(_l("Say how many."))],
        low=1,
        high=MOST_DAYS,
        default=SIDE_DAYS,
        description=_l(
            "Both are reminded at half-time and on the day before the last. Then silence ends it."
        ),
    )
    weekend = WeekdaysField(_l("Days of the week without work"), [LeavesADay()], default=list(WEEKEND))

    most_live = WholeField(
        _l("Live introductions of a company that are enough"),
        [Needed(_l("Say how many."))],
        low=1,
        high=LARGEST_MOST_LIVE,
        default=MOST_LIVE,
        description=_l("A company with more is held back from the matches to broker until some have ended."),
    )

    def opened_at(self) -> int:
        """Return the version that the form was opened with; -1 for what is none."""
        word = self.text("version")
        return int(word) if word.isascii() and word.isdigit() and len(word) <= LONGEST_VERSION else -1

    def values(self) -> OfficeValues:
        """Return what was typed."""
        return OfficeValues(
            name=self.text("name"),
            country=self.text("country"),
            city=self.text("city"),
            email=normal_email(self.text("email")),
            time_zone=self.text("time_zone"),
            publishes_verified_at_once=bool(self.publishes_verified_at_once.data),
            officer_days=self.officer_days.data or OFFICER_DAYS,
            side_days=self.side_days.data or SIDE_DAYS,
            most_live=self.most_live.data or MOST_LIVE,
            weekend="".join(sorted(set(self.weekend.data or ()))),
        )


class CoverageForm(Form):
    """Which countries an office covers."""

    countries = CountriesField(
        _l("Countries covered"),
        description=_l(
            "New organisations of these countries belong to it; one office of each kind a country."
        ),
    )


class NewOfficeForm(OfficeForm, CoverageForm):
    """A new office."""

    code = StringField(
        _l("Code"),
        [
            Needed(_l("Give the office a code.")),
            PlainText(32),
            Regexp(CODE.pattern + r"\Z", message=_l("Capital letters, digits and hyphens, such as SPX-ACC.")),
        ],
        filters=[lambda text: clean_text(text).upper()],
        description=_l("Short and lasting, such as SPX-ACC; it stands in addresses."),
    )
    kind = RadioField(_l("Kind"), choices=lambda: KINDS, default=OfficeKind.SPX.value)


class HolidayForm(Form):
    """A day on which the office does not work."""

    day = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])
    celebrated = StringField(
        _l("What is celebrated"),
        [Optional(), PlainText(HOLIDAY_NAME)],
        filters=[clean_text],
        description=_l("Such as “Independence Day”."),
    )


class StaffForm(Form):
    """Who is to join the staff."""

    email = StringField(
        _l("E-mail address of the officer"),
        [Needed(_l("Write the address the person logs in with.")), PlainText(254), EmailAddress()],
        filters=[clean_text],
        description=_l("The person must have registered and confirmed the address."),
        # The office's own address stands on the same page.
        id="officer-email",
    )
