"""Legal identifiers, certificates and machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_wtf.file import FileField
from wtforms import DateField, HiddenField, StringField
from wtforms.validators import Optional, StopValidation

from marketplace.organisations.forms.profile import OLDEST_YEAR, line
from marketplace.organisations.identifiers import OTHER, VALUE_LENGTH, schemes_of
from marketplace.organisations.services.certificates import CertificateValues
from marketplace.organisations.services.machines import MachineValues
from marketplace.web.choices import SelectField
from marketplace.web.fields import Form, MeasureField, Needed, PlainText, WholeField, clean_text
from marketplace.web.fields import lazy as _l


class IdentifierForm(Form):
    """One legal identifier."""

    scheme = SelectField(_l("Kind of number"))
    value = StringField(
        _l("Number"), [Needed(_l("Write the number.")), PlainText(VALUE_LENGTH)], filters=[clean_text]
    )

    def offer(self, country: str) -> IdentifierForm:
        """Offer the kinds of number that a country has."""
        words: Mapping[str, str] = {OTHER: _("Another number")}
        self.scheme.choices = [
            (scheme, words.get(scheme, scheme.upper().replace("-", " "))) for scheme in schemes_of(country)
        ]
        return self


class CertificateForm(Form):
    """One certificate."""

    seen = HiddenField()
    scheme = StringField(
        _l("Certificate"),
        [Needed(_l("Write which certificate it is.")), PlainText(120)],
        filters=[clean_text],
        description=_l("Such as ISO 9001, IATF 16949, EN 1090-2, FSSC 22000."),
    )
    scope = line(_l("Scope"), 255, description=_l("What it covers, as the certificate says."))
    body = line(_l("Issued by"), 160)
    number = line(_l("Number"), 80)
    issued_on = DateField(_l("Issued on"), [Optional()])
    expires_on = DateField(
        _l("Valid until"),
        [Optional()],
        description=_l("We remind you before it ends, since matches depend on it."),
    )
    file = FileField(
        _l("The certificate itself"),
        [Optional()],
        description=_l("PDF, PNG or JPEG. Only your colleagues and your office can open it."),
    )

    def validate_expires_on(self, field: Any) -> None:
        """Refuse a certificate that ends before it begins."""
        if field.data and self.issued_on.data and field.data < self.issued_on.data:
            raise StopValidation(_("It cannot end before the day it was issued."))

    def values(self) -> CertificateValues:
        """Return what was typed."""
        return CertificateValues(
            scheme=self.text("scheme"),
            scope=self.text("scope"),
            body=self.text("body"),
            number=self.text("number"),
            issued_on=self.issued_on.data,
            expires_on=self.expires_on.data,
        )


def _millimetres(label_text: Any, **options: Any) -> MeasureField:
    return MeasureField(label_text, [Optional()], low="0.01", high="1000000", places=2, **options)


class MachineForm(Form):
    """One machine, or several equal ones."""

    seen = HiddenField()
    type = StringField(
        _l("What it is"),
        [Needed(_l("Write what kind of machine it is.")), PlainText(120)],
        filters=[clean_text],
        description=_l(
            "Such as CNC lathe, 5-axis machining centre, press brake, injection moulding machine."
        ),
    )
    maker = line(_l("Maker and model"), 120)
    year = WholeField(_l("Built in"), [Optional()], low=OLDEST_YEAR, high=2100)
    quantity = WholeField(
        _l("How many equal ones"), [Needed(_l("Write how many."))], low=1, high=9999, default=1
    )
    axes = WholeField(_l("Axes"), [Optional()], low=1, high=20)
    envelope_x_mm = _millimetres(_l("Working space: length, mm"))
    envelope_y_mm = _millimetres(_l("Working space: width, mm"))
    envelope_z_mm = _millimetres(_l("Working space: height, mm"))
    max_diameter_mm = _millimetres(_l("Largest diameter, mm"))
    max_weight_kg = MeasureField(_l("Heaviest part, kg"), [Optional()], low="0.001", high="1000000", places=3)
    max_force_kn = MeasureField(_l("Force, kN"), [Optional()], low="0.001", high="1000000", places=3)
    tolerance_mm = MeasureField(
        _l("Tolerance it can hold, ± mm"),
        [Optional()],
        low="0.00001",
        high="100",
        places=5,
        description=_l("In series, not on a good day; such as 0.02."),
    )
    shifts = WholeField(_l("Shifts a day"), [Optional()], low=1, high=4)
    hours_per_month = WholeField(_l("Hours a month"), [Optional()], low=0, high=744)
    utilised_percent = WholeField(
        _l("In use, in percent"),
        [Optional()],
        low=0,
        high=100,
        description=_l("What is free is what you can offer."),
    )
    free_from = DateField(_l("Free from"), [Optional()])

    def values(self) -> MachineValues:
        """Return what was typed."""
        typed: dict[str, Any] = {name: self[name].data for name in MachineValues.__dataclass_fields__}
        return MachineValues(**{**typed, "maker": self.text("maker")})
