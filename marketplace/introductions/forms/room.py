"""The forms of what the two sides and their offices do together: write, meet, and agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import gettext as _
from flask_babel import ngettext
from flask_wtf.file import FileField
from wtforms import DateField, DateTimeLocalField, HiddenField, MultipleFileField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from marketplace.errors import Invalid
from marketplace.introductions.forms.steps import LONGEST_VERSION, StepForm
from marketplace.introductions.models import TEXT_LENGTH, PartnershipType, ValueBand
from marketplace.introductions.models.meeting import MOST_TIMES, PLACE_LENGTH, REASON_LENGTH
from marketplace.introductions.models.message import MESSAGE_LENGTH
from marketplace.introductions.models.outcome import MOST_JOBS
from marketplace.introductions.services.agree import AgreementValues
from marketplace.listings.kinds.words import PARTNERSHIP_TYPES
from marketplace.web.choices import SelectField
from marketplace.web.fields import CurrencyField, Form, PlainText, WholeField, clean_lines, clean_text
from marketplace.web.fields import lazy as _l
from marketplace.web.words import label
from marketplace.web.zones import UTC_NAME

MINUTES: Final = (30, 60, 90, 120, 240)
LOCAL: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


def number_in(text: str) -> int:
    """Return a hidden field's number; -1 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_VERSION else -1


class MessageForm(Form):
    """A message to everybody who knows of the introduction."""

    # Made anew for each form: the same form sent twice is one message.
    once = HiddenField()
    # Whether the page said that both sides read it.
    to_all = HiddenField()
    message = TextAreaField(
        _l("Your message"),
        [PlainText(MESSAGE_LENGTH, lines=True)],
        filters=[clean_lines],
        render_kw={"rows": 4},
    )
    files = MultipleFileField(_l("Files"), description=_l("PDF, pictures, STEP, DXF, Excel, Word or text."))


class _Moment(DateTimeLocalField):
    """Date and time, as the clocks of some zone show them."""

    def process_formdata(self, valuelist: Any) -> None:
        """Read it; a browser that knows no such field sends what was typed."""
        if not any(valuelist):
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write the day and the time like 2027-03-15 14:30.")) from None


def _moment() -> _Moment:
    return _Moment(_l("Time"), format=LOCAL)


class MeetingForm(Form):
    """Up to five times, how long, and where."""

    answering = HiddenField()
    # In which zone the times were typed, as the page said.
    zone = HiddenField()
    time_1 = _moment()
    time_2 = _moment()
    time_3 = _moment()
    time_4 = _moment()
    time_5 = _moment()
    minutes = SelectField(_l("How long"), default="60", validate_choice=False)
    place = StringField(
        _l("Where, or by which means"),
        [PlainText(PLACE_LENGTH)],
        filters=[clean_text],
        description=_l("For example: by video, we send the link; or our works in Kumasi."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.minutes.choices = [
            (str(count), ngettext("%(num)s minute", "%(num)s minutes", count)) for count in MINUTES
        ]
        for number, field in enumerate(self.time_fields(), start=1):
            field.label.text = _("Time %(number)s", number=number)

    def time_fields(self) -> list[Any]:
        """Return the fields of the times."""
        return [self[f"time_{number}"] for number in range(1, MOST_TIMES + 1)]

    def times(self) -> list[datetime]:
        """Return the moments that were typed, as the clocks of the form's zone show them.

        Raises
        ------
        Invalid
            For an hour that does not exist there, since clocks are put forward.
        """
        key = self.text("zone")
        zone = ZoneInfo(key if key in available_timezones() else UTC_NAME)
        found = []
        for field in self.time_fields():
            if field.data is not None:
                moment = field.data.replace(tzinfo=zone)
                if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != field.data:
                    raise Invalid(
                        field.name,
                        _("Clocks are put forward then: this hour does not exist. Choose another."),
                        "gap",
                    )
                found.append(moment.astimezone(UTC))
        return found

    def blame(self, error: Invalid) -> None:
        """Put what is wrong with the times at the first of them."""
        named = {"times": "time_1"}.get(error.field, error.field)
        super().blame(Invalid(named, error.message, error.code))


class CallOffForm(Form):
    """Why an agreed meeting is called off."""

    reason = StringField(
        _l("Why"),
        [PlainText(REASON_LENGTH)],
        filters=[clean_text],
        description=_l(
            "For example: our engineer is ill; we propose other times. Read by both sides and offices."
        ),
    )


class AgreementForm(StepForm):
    """What was agreed."""

    type = SelectField(_l("Kind of partnership"), default="", validate_choice=False)
    agreed_on = DateField(_l("Agreed on"), [InputRequired(_l("Say on which day it was agreed."))])
    value_band = SelectField(_l("Worth in a year, about"), default="", validate_choice=False)
    currency = CurrencyField(_l("Currency"), [Optional()])
    jobs = WholeField(
        _l("New jobs, on both sides together"),
        [Optional()],
        low=0,
        high=MOST_JOBS,
        description=_l("As far as you know today."),
    )
    note = TextAreaField(
        _l("In your words"),
        [PlainText(TEXT_LENGTH, lines=True)],
        filters=[clean_lines],
        description=_l("Read by both sides and their offices."),
        render_kw={"rows": 3},
    )
    file = FileField(
        _l("Evidence"),
        [Optional()],
        description=_l("Such as the signed page. Only both offices and your own side can open it."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.type.choices = [
            ("", _("Choose …")),
            *((key, str(word)) for key, word in PARTNERSHIP_TYPES.items()),
        ]
        self.value_band.choices = [("", _("Choose …")), *((band.value, label(band)) for band in ValueBand)]

    def values(self) -> AgreementValues:
        """Return what was typed; a word that is none of those offered counts as nothing."""
        kind, band = self.text("type"), self.text("value_band")
        return AgreementValues(
            type=PartnershipType(kind) if kind in set(PartnershipType) else None,
            agreed_on=self.agreed_on.data,
            value_band=ValueBand(band) if band in set(ValueBand) else None,
            currency=self.text("currency"),
            jobs=self.jobs.data,
            note=self.text("note"),
        )
