"""What officers write on the page of one organisation."""

from __future__ import annotations

import re
from datetime import date
from typing import cast

from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.databank.models import NOTE_LENGTH
from marketplace.organisations.forms.profile import WebAddress, web_address
from marketplace.organisations.models import (
    AGAINST_LENGTH,
    EVIDENCE_LENGTH,
    FINDINGS_LENGTH,
    LINK_LENGTH,
    Check,
    CheckResult,
)
from marketplace.organisations.services.benchmarks import WHOLE, BenchmarkValues
from marketplace.organisations.services.verification import CheckValues
from marketplace.web.choices import SelectMultipleField
from marketplace.web.fields import Form, Needed, PlainText, WholeField, clean_lines, clean_text
from marketplace.web.fields import lazy as _l
from marketplace.web.words import label

PARTED = re.compile(r"[,;\n]")
TYPED_LENGTH = 400


class CheckForm(Form):
    """What was checked, and what came of it."""

    checks = SelectMultipleField(
        _l("What you have checked"),
        [Needed(_l("Choose what you have checked."))],
        choices=lambda: [(check.value, label(check)) for check in Check],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Several at once, where the same evidence speaks for them."),
    )
    result = RadioField(
        _l("What came of it"),
        [InputRequired(_l("Say what came of it."))],
        choices=lambda: [(result.value, label(result)) for result in CheckResult],
        default=CheckResult.CONFIRMED.value,
    )
    checked_on = DateField(_l("Checked on"), [InputRequired(_l("Say on which day you looked."))])
    valid_until = DateField(
        _l("Counts until"),
        [Optional()],
        description=_l("Leave it open where nothing ends by itself."),
    )
    evidence = TextAreaField(
        _l("What you saw"),
        [Optional(), PlainText(EVIDENCE_LENGTH, lines=True)],
        filters=[clean_lines],
        description=_l("Such as “register entry BN-2291, printed; the owner showed the lease”."),
        render_kw={"rows": 3},
    )
    link = StringField(_l("Link"), [Optional(), PlainText(LINK_LENGTH), WebAddress()], filters=[web_address])
    file = FileField(_l("File"), [Optional()])

    def values(self) -> CheckValues:
        """Return what was typed."""
        return CheckValues(
            checks=tuple(Check(word) for word in self.checks.data or ()),
            result=CheckResult(self.text("result")),
            checked_on=cast("date", self.checked_on.data),
            valid_until=self.valid_until.data,
            evidence=self.text("evidence"),
            evidence_link=self.text("link"),
        )


class BenchmarkForm(Form):
    """How the organisation performs among its peers."""

    benchmarked_on = DateField(_l("Measured on"), [InputRequired(_l("Say on which day you measured it."))])
    against = StringField(
        _l("Compared with"),
        [Needed(_l("Say with whom it was compared.")), PlainText(AGAINST_LENGTH)],
        filters=[clean_text],
        description=_l("Such as “14 machining shops of the region, questionnaire of 2026”."),
    )
    better_than = WholeField(
        _l("Does better than … of 100"),
        [Optional()],
        low=0,
        high=WHOLE,
        description=_l("Of those that it was compared with; leave it open where nothing was counted."),
    )
    findings = TextAreaField(
        _l("What you found"),
        [Optional(), PlainText(FINDINGS_LENGTH, lines=True)],
        filters=[clean_lines],
        description=_l("What is strong, what could be better, and which support would help."),
        render_kw={"rows": 3},
    )

    def values(self) -> BenchmarkValues:
        """Return what was typed."""
        return BenchmarkValues(
            benchmarked_on=cast("date", self.benchmarked_on.data),
            against=self.text("against"),
            better_than=self.better_than.data,
            findings=self.text("findings"),
        )


class NoteForm(Form):
    """A note for the staff of the office."""

    version = HiddenField()
    words = TextAreaField(
        _l("Note"),
        [Needed(_l("Write something first.")), PlainText(NOTE_LENGTH, lines=True)],
        filters=[clean_lines],
        render_kw={"rows": 3},
    )


class TagsForm(Form):
    """Tags, with commas between."""

    words = StringField(
        _l("More tags"),
        [Needed(_l("Write a tag, or several with commas between.")), PlainText(TYPED_LENGTH)],
        filters=[clean_text],
        description=_l("With commas between; such as “export ready, fair 2026”."),
        render_kw={"list": "known-tags", "autocomplete": "off"},
    )

    def typed(self) -> list[str]:
        """Return the words that were typed."""
        return [clean_text(word) for word in PARTED.split(self.text("words"))]
