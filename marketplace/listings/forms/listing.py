"""The form of a listing: one page for all kinds, of which only what is needed is open."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms import Form as BaseForm

from marketplace.errors import Invalid
from marketplace.listings.forms.fields import (
    OneSelectField,
    RequirementForm,
    TickField,
    details_form,
    grouped,
)
from marketplace.listings.kinds import FIELDS, Type
from marketplace.listings.kinds.words import PARTNERSHIP_TYPES, SDGS
from marketplace.listings.models import SUMMARY_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Dissemination
from marketplace.listings.queries import Standing, as_engine_listing
from marketplace.listings.services import ListingValues, missing_for_review, read_listing
from marketplace.web.fields import CountryField, Form, LanguageField
from marketplace.web.fields import lazy as _l
from marketplace.web.labels import LABELS
from marketplace.web.words import country
from matching.criteria import CRITERIA
from matching.requirements import convert
from matching.sectors import is_sector, sector_title
from matching.types import Kind, Side
from matching.types import Listing as EngineListing

# What suppliers are given for answers where the buyer says nothing.
ANSWER_TIME: Final = timedelta(days=30)
EMPTY_ROWS: Final = 3
MOST_ROWS: Final = 20
# Digits that survive turning a bound into the unit it was typed in.
SIGNIFICANT: Final = 10

_PLAIN: Final = (
    "side", "kind", "title", "country", "summary", "description", "partner_sought", "language",
    "capabilities", "sectors", "target_countries", "excluded_countries", "held_certificates",
    "partnership_types", "sdgs", "quantity_per_year", "quantity_unit", "lead_time_days", "anonymous",
    "dissemination", "open_for_interest", "valid_until", "response_deadline",
)  # fmt: skip


class ListingForm(Form):
    """What a person says of a listing.

    The fields hold what was typed, as text; :func:`marketplace.listings.services.read_listing`
    judges all of it at once, the same for a form, a file and the API.
    """

    form_key = HiddenField()
    # Of the draft or listing that this form has opened or saved; empty for a new one.
    reference = HiddenField()
    version = HiddenField()
    organisation = OneSelectField(_l("For which organisation"), choices=[])
    side = RadioField(_l("What brings you here"), validate_choice=False, choices=[])
    kind = RadioField(_l("What is it about"), validate_choice=False, choices=[])
    title = StringField(
        _l("Title"),
        description=_l(
            "What is needed or offered, in a few words. For example: 5,000 turned brass fittings a year."
        ),
        render_kw={"maxlength": TITLE_LENGTH, "autocomplete": "off"},
    )
    capabilities = TextAreaField(
        _l("Capabilities"),
        description=_l(
            "Short phrases, up to 20, one a line. For example: CNC turning; brass CW614N; thread rolling."
        ),
        render_kw={"rows": 3, "data-chips": "yes"},
    )
    country = CountryField(_l("Country"))
    sectors = TickField(
        _l("Sectors"), choices=[], description=_l("Proposed from your words; tick up to five.")
    )
    other_sectors = StringField(
        _l("Other sectors"),
        description=_l("Four digits of ISIC Rev.4, such as 2592; several with a semicolon between."),
    )
    summary = TextAreaField(
        _l("Summary"),
        description=_l(
            "Up to 500 characters, for everybody to read. No names, addresses, numbers or links: "
            "contacts are shown when both sides agree."
        ),
        render_kw={"rows": 3, "maxlength": SUMMARY_LENGTH},
    )
    description = TextAreaField(_l("Description"), render_kw={"rows": 6, "maxlength": TEXT_LENGTH})
    partner_sought = TextAreaField(
        _l("The partner sought"),
        description=_l(
            "Type, size and role. For example: a workshop of 10 to 50 people with its own quality control."
        ),
        render_kw={"rows": 3, "maxlength": TEXT_LENGTH},
    )
    language = LanguageField(_l("Language of this text"))
    response_deadline = StringField(_l("Answers wanted by"), render_kw={"type": "date"})
    valid_until = StringField(
        _l("Last day"),
        description=_l("A year from today if you leave it. We write to you 14 days before."),
        render_kw={"type": "date"},
    )
    quantity_per_year = StringField(
        _l("Quantity a year"),
        description=_l("For example 25000."),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    quantity_unit = StringField(
        _l("Counted in"),
        description=_l("pieces, kg, t, m …"),
        render_kw={"list": "units", "autocomplete": "off"},
    )
    lead_time_days = StringField(
        _l("Lead time (days)"),
        description=_l("From order to delivery. For example 30, or 6 weeks."),
        render_kw={"inputmode": "text", "autocomplete": "off"},
    )
    target_countries = StringField(
        _l("Where partners should be"),
        description=_l("Names of countries; leave it empty for anywhere."),
        render_kw={"data-chips": "yes", "list": "countries"},
    )
    excluded_countries = StringField(
        _l("Where they cannot be"), render_kw={"data-chips": "yes", "list": "countries"}
    )
    held_certificates = StringField(
        _l("Certificates you hold for this"),
        description=_l(
            "For example ISO 9001; IATF 16949. Those in your organisation’s profile count already."
        ),
        render_kw={"data-chips": "yes"},
    )
    partnership_types = TickField(
        _l("Kinds of partnership"), choices=list(PARTNERSHIP_TYPES.items()), description=_l("Up to three.")
    )
    sdgs = TickField(
        _l("Sustainable Development Goals"), choices=[(str(number), label) for number, label in SDGS.items()]
    )
    anonymous = BooleanField(
        _l("Keep our name hidden"),
        description=_l("Others see what you need, not who you are, until you agree to meet."),
    )
    dissemination = RadioField(
        _l("Who may read it"), validate_choice=False, choices=[], default=Dissemination.PUBLIC.value
    )
    open_for_interest = BooleanField(_l("Others may express interest"), default=True)
    requirements = FieldList(FormField(RequirementForm), label=_l("Requirements"), max_entries=MOST_ROWS)
    files = MultipleFileField(
        _l("Drawings and other files"),
        description=_l(
            "PDF, pictures, STEP or DXF. Others see only that there is a file and how large it is."
        ),
    )
    remove_files = TickField(_l("Take out"), choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.side.choices = [
            (side.value, str(LABELS["Side"][side.value])) for side in (Side.REQUEST, Side.OFFER)
        ]
        self.kind.choices = [(kind.value, str(LABELS["Kind"][kind.value])) for kind in Kind]
        self.dissemination.choices = [
            (one.value, str(LABELS["Dissemination"][one.value])) for one in Dissemination
        ]
        if not self.form_key.data:
            self.form_key.data = secrets.token_urlsafe(24)

    @property
    def chosen_side(self) -> Side:
        """The side chosen; a request until something else is."""
        return Side(self.side.data) if self.side.data in set(Side) else Side.REQUEST

    @property
    def chosen_kind(self) -> Kind:
        """The kind chosen; subcontracting until something else is."""
        return Kind(self.kind.data) if self.kind.data in set(Kind) else Kind.SUBCONTRACTING

    @property
    def groups(self) -> list[tuple[Any, list[Field]]]:
        """The fields of the chosen kind, under their headings."""
        return grouped(self.chosen_kind, self.chosen_side, self.details_form)

    @property
    def details_form(self) -> BaseForm:
        """The form of the fields of the chosen kind."""
        enclosed: Any = self["details"]
        form: BaseForm = enclosed.form
        return form

    @property
    def organisations(self) -> list[int]:
        """The keys of the organisations that may be chosen."""
        return [int(choice[0]) for choice in self.organisation.choices or ()]

    @property
    def known_version(self) -> int | None:
        """The version that this form was opened on, or has saved; ``None`` for a new one."""
        word = str(self.version.data or "")
        return int(word) if word.isascii() and word.isdigit() and len(word) < SIGNIFICANT else None

    def raw(self) -> dict[str, Any]:
        """Return what was typed, by the names that ``read_listing`` reads."""
        raw = {name: self[name].data for name in _PLAIN}
        others = str(self.other_sectors.data or "").replace(",", ";").split(";")
        raw["sectors"] = [code for code in (*(self.sectors.data or ()), *others) if code.strip()]
        raw["details"] = self["details"].data
        raw["requirements"] = self.requirements.data
        return raw

    def values(self, today: date, *, for_review: bool = False) -> ListingValues | None:
        """Return the checked values, or ``None`` with every problem at its field.

        Parameters
        ----------
        for_review
            Whether everything must be there that the office asks for.
        """
        good = self.validate()
        raw = self.raw()
        if for_review and not raw["response_deadline"]:
            raw["response_deadline"] = self.usual_deadline(today)
        values, problems = read_listing(raw, today)
        if for_review and values is not None:
            seen = {problem.field for problem in problems}
            problems += [problem for problem in missing_for_review(values) if problem.field not in seen]
        for problem in problems:
            self.blame(problem)
        return values if good and not problems else None

    def usual_deadline(self, today: date) -> date | None:
        """Return the day that stands for one left open, where suppliers must be given one."""
        if self.chosen_side is not Side.REQUEST or self.chosen_kind is not Kind.SUBCONTRACTING:
            return None
        usual = today + ANSWER_TIME
        try:
            return min(usual, max(today, date.fromisoformat(self.text("valid_until"))))
        except ValueError:
            return usual

    def blame(self, error: Invalid) -> None:
        """Put a message at the field it names, also inside the details and the requirements."""
        found = _by_name(self._fields.values()).get(error.field)
        if found is None:
            self.form_errors = [*self.form_errors, error.message]
            return
        found.errors = [*found.errors, error.message]
        self.requirements.errors = [entry.errors for entry in self.requirements if entry.errors]

    def engine_listing(self, today: date, standing: Standing | None) -> EngineListing | None:
        """Return what has been typed so far as the engine sees it, whatever is still wrong with it.

        Parameters
        ----------
        standing
            Of the organisation it is for, so that its own listings are left out and its
            certificates count.
        """
        values, _problems = read_listing(self.raw(), today)
        if values is None:
            return None
        return as_engine_listing(
            values,
            listing_id=0,
            capabilities=values.capabilities,
            sectors=values.sectors,
            requirements=values.requirements,
            standing=standing,
            published_at=None,
        )

    def add_rows(self, least: int = EMPTY_ROWS) -> None:
        """Show empty rows for requirements, at least so many in all."""
        while len(self.requirements) < min(least, MOST_ROWS):
            self.requirements.append_entry()

    def offer_sectors(self, codes: Iterable[str]) -> None:
        """Show sectors to tick: those ticked first, then those proposed."""
        shown = dict.fromkeys([*(self.sectors.data or ()), *codes])
        self.sectors.choices = [(code, f"{code} · {sector_title(code)}") for code in shown if is_sector(code)]


def _by_name(fields: Iterable[Field]) -> dict[str, Field]:
    found: dict[str, Field] = {}
    for field in fields:
        found[field.name] = field
        if isinstance(field, FormField):
            found |= _by_name(field.form)
        elif isinstance(field, FieldList):
            found |= _by_name(field.entries)
    return found


def form_class(kind: Kind, side: Side) -> type[ListingForm]:
    """Return the form with the details of a kind on a side."""
    return type("ListingForm", (ListingForm,), {"details": FormField(details_form(kind, side))})


def typed(values: ListingValues) -> dict[str, Any]:
    """Return values as a form holds them: text, in the units they were typed in."""
    data: dict[str, Any] = {name: getattr(values, name) for name in _PLAIN}
    for name in ("side", "kind", "dissemination"):
        data[name] = data[name].value
    for name in ("valid_until", "response_deadline"):
        data[name] = data[name].isoformat() if data[name] else ""
    for name in ("target_countries", "excluded_countries"):
        data[name] = "; ".join(country(code) for code in data[name])
    data["capabilities"] = "\n".join(values.capabilities)
    data["held_certificates"] = "; ".join(values.held_certificates)
    data["sdgs"] = [str(number) for number in values.sdgs]
    data["quantity_per_year"] = figure(values.quantity_per_year)
    data["lead_time_days"] = figure(values.lead_time_days)
    data["details"] = _typed_details(values.kind, values.details)
    data["requirements"] = [_typed_requirement(row) for row in values.requirements]
    return data


def figure(value: float | None) -> str:
    """Return a number as a person types it; ``""`` for none."""
    if value is None:
        return ""
    text = f"{value:.{SIGNIFICANT}g}"
    return f"{value:.0f}" if "e+" in text else text


def _typed_details(kind: Kind, details: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for of in FIELDS[kind]:
        value = details.get(of.name)
        if of.type is Type.TERMS:
            data[of.name] = "; ".join(value or ())
        elif of.type is Type.NUMBER:
            data[of.name] = figure(value)
        elif of.type is Type.YES_NO:
            data[of.name] = "" if value is None else "yes" if value else "no"
        else:
            data[of.name] = value
    return data


def _typed_requirement(row: Any) -> dict[str, Any]:
    criterion = CRITERIA[row.criterion]
    data = {"criterion": row.criterion, "operator": row.operator.value, "unit": row.unit, "hard": row.hard,
            "weight": figure(row.weight), "evidence": row.evidence, "value_to": ""}  # fmt: skip
    if row.low is None and row.high is None:
        split = row.operator.value == "between"
        return data | {
            "value": row.terms[0] if split else "; ".join(row.terms),
            "value_to": row.terms[-1] if split else "",
        }
    factor = 1.0 if criterion.money else convert(1.0, row.unit, row.criterion)
    low, high = (None if bound is None else bound / factor for bound in (row.low, row.high))
    data["value"] = figure(low if low is not None else high)
    if low is not None and high is not None:
        data["value_to"] = figure(high)
    return data
