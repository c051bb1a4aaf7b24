"""The profile of an organisation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from wtforms import EmailField, HiddenField, StringField, TextAreaField
from wtforms.validators import Optional, Regexp, StopValidation

from marketplace.accounts.forms import EmailAddress
from marketplace.accounts.queries import normal_email
from marketplace.organisations.models import EmployeeBand, OrganisationType, TurnoverBand
from marketplace.organisations.services.values import LISTS, NAMES, Profile
from marketplace.web.choices import SelectField
from marketplace.web.fields import (
    AtMost,
    CountryField,
    CurrencyField,
    Form,
    LanguagesField,
    Needed,
    PlainText,
    SectorsField,
    WholeField,
    clean_lines,
    clean_text,
)
from marketplace.web.fields import lazy as _l
from marketplace.web.words import label

OLDEST_YEAR = 1500
MOST_NAMES = 10
LONGEST_NAME = 255
MOST_SECTORS = 5
MOST_LANGUAGES = 12
# Telephone numbers as people write them; whether one can be called nobody can tell from here.
PHONE = r"^\+?[0-9][0-9 ()./-]{4,38}$"
SAID = {"": None, "yes": True, "no": False}


class WebAddress:
    """Refuse what is no address of a web page; others (``javascript:``) are no place to send people to."""

    def __call__(self, _form: Any, field: Any) -> None:
        """Check the address."""
        if not field.data:
            return
        try:
            parts = urlsplit(field.data)
            good = (
                parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and " " not in field.data
            )
        except ValueError:
            good = False
        if not good:
            raise StopValidation(
                _("This is not the address of a website. It looks like https://www.example.org.")
            )


def web_address(text: str | None) -> str:
    """Return a typed address, with the scheme that people leave out."""
    clean = clean_text(text)
    return (
        clean
        if not clean or "://" in clean or clean.casefold().startswith("javascript:")
        else f"https://{clean}"
    )


def line(label_text: Any, longest: int, **options: Any) -> StringField:
    """Return an optional field for one line of text."""
    return StringField(label_text, [Optional(), PlainText(longest)], filters=[clean_text], **options)


def lines(label_text: Any, longest: int, **options: Any) -> TextAreaField:
    """Return an optional field for several lines of text."""
    return TextAreaField(
        label_text, [Optional(), PlainText(longest, lines=True)], filters=[clean_lines], **options
    )


def _choices(kind: Any) -> Any:
    return lambda: [("", _("Not said")), *((member.value, label(member)) for member in kind)]


def _said(label_text: Any) -> SelectField:
    """Return a field for yes, no, or nothing said."""
    return SelectField(
        label_text, choices=lambda: [("", _("Not said")), ("yes", _("Yes")), ("no", _("No"))], default=""
    )


class CreateForm(Form):
    """What is needed to begin."""

    name = StringField(
        _l("Name of the organisation"),
        [Needed(_l("Write the name.")), PlainText(LONGEST_NAME)],
        filters=[clean_text],
        description=_l("As it is registered, with its legal form."),
    )
    type = SelectField(
        _l("What it is"),
        choices=lambda: [(kind.value, label(kind)) for kind in OrganisationType],
        default=OrganisationType.ENTERPRISE.value,
    )
    country = CountryField(_l("Country"), [Needed(_l("Choose the country."))])
    city = line(_l("Town"), 120)
    website = StringField(
        _l("Website"),
        [Optional(), PlainText(255), WebAddress()],
        filters=[web_address],
        description=_l("Shown to nobody outside before both sides agree."),
    )
    description = lines(
        _l("What do you do?"),
        4000,
        description=_l(
            "In your own words, such as “We turn and mill stainless parts up to 400 mm for food machinery, "
            "in series of 50 to 5,000.”"
        ),
    )

    def profile(self) -> Profile:
        """Return what was typed."""
        return Profile(
            name=self.text("name"),
            type=OrganisationType(self.text("type")),
            country=self.text("country"),
            city=self.text("city"),
            website=self.text("website"),
            description=self.text("description"),
        )


class ProfileForm(CreateForm):
    """Everything that an organisation says of itself."""

    version = HiddenField()
    other_names = TextAreaField(
        _l("Other names"),
        [Optional(), PlainText(2000, lines=True)],
        filters=[clean_lines],
        description=_l("Earlier names, trade names, the name in another alphabet; one a line."),
    )
    region = line(_l("Region"), 80)
    founded_year = WholeField(_l("Founded in"), [Optional()], low=OLDEST_YEAR, high=9999)
    sectors = SectorsField(
        _l("Sectors"), [Optional(), AtMost(MOST_SECTORS)], description=_l("Up to five classes of ISIC Rev.4.")
    )
    products = lines(
        _l("Products"), 1000, description=_l("Such as “pump housings, shafts, flanges DN 50–400”.")
    )
    languages = LanguagesField(_l("Languages you work in"), [Optional(), AtMost(MOST_LANGUAGES)])
    references_text = lines(
        _l("References"), 2000, description=_l("Customers or projects that you may name.")
    )
    employees = SelectField(_l("People employed"), choices=_choices(EmployeeBand), default="")
    turnover = SelectField(_l("Yearly turnover"), choices=_choices(TurnoverBand), default="")
    turnover_currency = CurrencyField(_l("Currency of the turnover"), [Optional()])
    export_percent = WholeField(_l("Share exported, in percent"), [Optional()], low=0, high=100)
    women_led = _said(_l("Led by women"))
    youth_led = _said(_l("Led by people under 35"))
    rural = _said(_l("In a rural area"))
    address = line(_l("Address"), 255)
    email = EmailField(
        _l("E-mail address of the organisation"),
        [Optional(), PlainText(254), EmailAddress()],
        filters=[clean_text],
    )
    phone = StringField(
        _l("Telephone"),
        [
            Optional(),
            PlainText(40),
            Regexp(PHONE, message=_l("Write it with the country's code, such as +233 20 123 4567.")),
        ],
        filters=[clean_text],
    )

    def validate_founded_year(self, field: Any) -> None:
        """Refuse a year that has not come yet."""
        if field.data and self.this_year and field.data > self.this_year:
            raise StopValidation(_("This year has not come yet."))

    def validate_other_names(self, field: Any) -> None:
        """Refuse too many names, and names that are too long."""
        names = [name for name in (field.data or "").split("\n") if name.strip()]
        if len(names) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in names):
            raise StopValidation(_("At most ten names, of at most 255 characters each."))

    def validate_turnover(self, field: Any) -> None:
        """Ask for the currency where there is an amount."""
        if field.data and not self.turnover_currency.data:
            raise StopValidation(_("Choose the currency too."))

    this_year = 0

    @classmethod
    def of(cls, profile: Profile, version: int) -> ProfileForm:
        """Return the form filled from a profile."""
        said: dict[str, Any] = {name: getattr(profile, name) for name in NAMES}
        for name in LISTS - {"other_names"}:
            said[name] = list(said[name])
        said["other_names"] = "\n".join(profile.other_names)
        for name in ("women_led", "youth_led", "rural"):
            said[name] = next(word for word, value in SAID.items() if value is said[name])
        for name in ("type", "employees", "turnover"):
            said[name] = said[name].value if said[name] is not None else ""
        return cls(formdata=None, data={**said, "version": str(version)})

    def profile(self) -> Profile:
        """Return what was typed."""
        typed: dict[str, Any] = {name: self[name].data for name in NAMES}
        for name in ("women_led", "youth_led", "rural"):
            typed[name] = SAID[typed[name] or ""]
        names = (clean_text(name) for name in self.text("other_names").split("\n"))
        return Profile(
            **{
                **typed,
                "type": OrganisationType(typed["type"]),
                "employees": EmployeeBand(typed["employees"]) if typed["employees"] else None,
                "turnover": TurnoverBand(typed["turnover"]) if typed["turnover"] else None,
                "turnover_currency": typed["turnover_currency"] or "",
                "email": normal_email(typed["email"] or ""),
                "other_names": tuple(dict.fromkeys(name for name in names if name)),
                "sectors": tuple(typed["sectors"]),
                "languages": tuple(typed["languages"]),
            }
        )


def version_of(form: Form) -> int:
    """Return the version that a form was opened with; -1 for what is none."""
    word = form.text("version")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else -1  # noqa: PLR2004 (fits an int)
