"""The forms of programmes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final, cast

from flask_babel import gettext as _
from wtforms import DateField, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.offices.models import Office
from marketplace.offices.queries import CODE
from marketplace.programmes.models import AIM_LENGTH, NAME_LENGTH
from marketplace.programmes.services import ProgrammeValues
from marketplace.web.choices import SelectMultipleField
from marketplace.web.fields import (
    CountriesField,
    Form,
    Needed,
    PlainText,
    SectorsField,
    clean_lines,
    clean_text,
)
from marketplace.web.fields import lazy as _l

LONGEST_VERSION: Final = 9
MOST_AT_ONCE: Final = 200
_PARTED: Final = re.compile(r"[;\n]")


class ProgrammeForm(Form):
    """What a programme is about."""

    version = HiddenField()
    name = StringField(
        _l("Name"),
        [Needed(_l("Give the programme a name.")), PlainText(NAME_LENGTH)],
        filters=[clean_text],
        description=_l("Such as “Garment partnership, East Africa”."),
    )
    aim = TextAreaField(
        _l("What it is to achieve"),
        [Optional(), PlainText(AIM_LENGTH, lines=True)],
        filters=[clean_lines],
        render_kw={"rows": 4},
    )
    countries = CountriesField(_l("Countries"), [Optional()])
    sectors = SectorsField(_l("Sectors"), [Optional()])
    starts_on = DateField(_l("Begins on"), [InputRequired(_l("Say on which day it begins."))])
    ends_on = DateField(
        _l("Ends on"), [Optional()], description=_l("Leave it open where no end is decided yet.")
    )
    partners = SelectMultipleField(
        _l("Offices that take part"),
        [Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("They enrol companies of theirs; your own office leads it."),
    )

    def offer(self, offices: Sequence[Office], leading: int | None) -> None:
        """Fill the list of offices with the others."""
        self.partners.choices = [(office.code, office.name) for office in offices if office.id != leading]

    def opened_at(self) -> int:
        """Return the version that the form was opened with; -1 for what is none."""
        word = self.text("version")
        return int(word) if word.isascii() and word.isdigit() and len(word) <= LONGEST_VERSION else -1

    def values(self) -> ProgrammeValues:
        """Return what was typed."""
        return ProgrammeValues(
            name=self.text("name"),
            aim=self.text("aim"),
            countries=tuple(self.countries.data or ()),
            sectors=tuple(self.sectors.data or ()),
            starts_on=cast("date", self.starts_on.data),
            ends_on=self.ends_on.data,
            partners=tuple(self.partners.data or ()),
        )


class NewProgrammeForm(ProgrammeForm):
    """A new programme."""

    code = StringField(
        _l("Code"),
        [
            Needed(_l("Give the programme a code.")),
            PlainText(32),
            Regexp(CODE.pattern + r"\Z", message=_l("Capital letters, digits and hyphens, such as BPP-ET.")),
        ],
        filters=[lambda text: clean_text(text).upper()],
        description=_l("Short and lasting, such as BPP-ET; it stands in addresses and reports."),
    )


class EnrolForm(Form):
    """Which organisations are to take part."""

    named = TextAreaField(
        _l("Organisations"),
        [Needed(_l("Write a reference or a name.")), PlainText(20_000, lines=True)],
        filters=[clean_lines],
        description=_l("References such as ORG-2026-00012, or whole names; one a line."),
        render_kw={"rows": 3},
    )

    def validate_named(self, field: TextAreaField) -> None:
        """Refuse more than can be looked up at once."""
        if len(self.words()) > MOST_AT_ONCE:
            raise ValidationError(_("At most %(most)s at once.", most=MOST_AT_ONCE))

    def words(self) -> list[str]:
        """Return the references and names, each once."""
        typed = (clean_text(word) for word in _PARTED.split(self.text("named")))
        return list(dict.fromkeys(word for word in typed if word))
