"""What a listing states, in words: the fields of its kind and its requirements, for a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.listings.kinds import KindField, Type, fields_of
from marketplace.listings.kinds.words import CRITERIA_TITLES, PARTNERSHIP_TYPES, SDGS, TERMS
from marketplace.listings.models import Listing, Requirement
from marketplace.listings.services import RequirementValues
from marketplace.web.labels import LABELS
from marketplace.web.words import country, day, language_name, number
from matching.criteria import CRITERIA
from matching.requirements import convert
from matching.types import Operator

KILO = 1000
# What people call these files; anything else is called by its media type.
FILE_KINDS = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "model/step": "STEP",
    "image/vnd.dxf": "DXF",
}
# Units that are words; signs such as mm and % are the same in every language.
UNITS = {
    "pieces/year": _l("pieces a year"),
    "t/year": _l("t a year"),
    "pieces": _l("pieces"),
    "days": _l("days"),
    "years": _l("years"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement as the page shows it."""

    title: str
    condition: str
    hard: bool
    weight: str
    evidence: str


def stated(listing: Listing) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (heading, [(label, value)]) of the fields of the listing's kind that are filled in."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for of in fields_of(listing.kind, listing.side):
        value = listing.details.get(of.name)
        if value is not None and value != [] and of.type is not Type.CURRENCY:
            groups.setdefault(str(of.group), []).append(
                (str(of.label_for(listing.side)), _words(of, value, listing))
            )
    return list(groups.items())


def _words(of: KindField, value: Any, listing: Listing) -> str:
    if of.type is Type.NUMBER:
        units = {"currency": listing.details.get("currency", ""), "": _unit_beside(of.name, listing)}
        return f"{number(value)} {units.get(of.unit, of.unit)}".strip()
    if of.type in {Type.CHOICE, Type.CHOICES}:
        keys = value if isinstance(value, list) else [value]
        return ", ".join(str(of.choices.get(key, key)) for key in keys)
    if of.type is Type.DATE:
        return day(date.fromisoformat(value))
    if of.type is Type.YES_NO:
        return _("yes") if value else _("no")
    return ", ".join(value) if isinstance(value, list) else str(value)


def _unit_beside(name: str, listing: Listing) -> str:
    """Return the unit that stands in a field of its own."""
    beside = {"flow": "flow_unit", "present_load": "load_unit", "target_load": "load_unit"}
    return str(listing.details.get(beside.get(name, ""), ""))


def requirement_rows(requirements: Sequence[Requirement]) -> list[Row]:
    """Return the requirements in words, those that must be met first."""
    rows = [
        Row(str(CRITERIA_TITLES[row.criterion]), condition(row), row.hard, number(row.weight), row.evidence)
        for row in requirements
        if row.criterion in CRITERIA
    ]
    return sorted(rows, key=lambda row: not row.hard)


def condition(row: Requirement | RequirementValues) -> str:
    """Return one condition in words and in the unit it was typed in, such as “at most 0.05 mm”."""
    words = str(LABELS["Operator"][row.operator.value])
    if row.low is None and row.high is None:
        terms = [_term(row.criterion, term) for term in row.terms]
        if len(terms) == 1 and row.operator in {Operator.ONE_OF, Operator.ALL_OF}:
            return terms[0]
        return f"{words} {_joined(row.operator, terms)}"
    criterion = CRITERIA[row.criterion]
    factor = 1.0 if criterion.money else convert(1.0, row.unit, row.criterion)
    unit = row.unit or ("" if criterion.money else criterion.unit)
    bounds = [number(round(bound / factor, 9)) for bound in (row.low, row.high) if bound is not None]
    return f"{words} {_joined(row.operator, bounds)} {UNITS.get(unit, unit)}".strip()


def _joined(operator: Operator, words: list[str]) -> str:
    return (f" {_('and')} " if operator is Operator.BETWEEN else ", ").join(words)


def _term(criterion: str, term: str) -> str:
    if criterion == "country":
        return country(term)
    if criterion == "language":
        return language_name(term)
    return str(TERMS.get(criterion, {}).get(term, term))


def common(listing: Listing) -> list[tuple[str, str]]:
    """Return (label, value) of the fields that every kind has and that are filled in."""
    quantity = (
        f"{number(listing.quantity_per_year)} {listing.quantity_unit}"
        if listing.quantity_per_year is not None
        else ""
    )
    rows = [
        (_("Quantity a year"), quantity.strip()),
        (
            _("Lead time"),
            _("%(days)s days", days=number(listing.lead_time_days))
            if listing.lead_time_days is not None
            else "",
        ),
        (_("Partners sought in"), ", ".join(country(code) for code in listing.target_countries)),
        (_("Not in"), ", ".join(country(code) for code in listing.excluded_countries)),
        (_("Certificates held"), ", ".join(listing.held_certificates)),
        (
            _("Kinds of partnership"),
            ", ".join(str(PARTNERSHIP_TYPES.get(key, key)) for key in listing.partnership_types),
        ),
        (_("Goals served"), ", ".join(f"{key} {SDGS.get(key, '')}" for key in listing.sdgs)),
        (_("Language"), language_name(listing.language)),
    ]
    return [(label, value) for label, value in rows if value]


def file_words(media_type: str, size: int) -> str:
    """Return what others may know of a file: its kind and its size, such as “PDF, 240 kB”."""
    kind = FILE_KINDS.get(media_type) or media_type.rpartition("/")[2].upper()[:12]
    amount = (
        f"{number(max(1, round(size / KILO)))} kB"
        if size < KILO * KILO
        else f"{number(round(size / KILO / KILO, 1))} MB"
    )
    return f"{kind}, {amount}"
