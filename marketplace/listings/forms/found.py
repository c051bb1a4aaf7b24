"""Conditions found in what a person has written: proposed beside the form, taken over when confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from math import ceil, isclose
from typing import Any, Final

from marketplace.listings.forms.listing import MOST_ROWS, ListingForm, figure
from marketplace.listings.kinds import KindField, Type, fields_of
from marketplace.listings.services import ListingValues, RequirementValues, read_listing
from matching.certificates import parse_schemes
from matching.criteria import CRITERIA, DataType, Direction
from matching.requirements import convert
from matching.stated import Force, Proposal, conditions_in
from matching.types import Side

EVERYTHING: Final = "*"
"""Taken as a key: all that is proposed."""
MOST: Final = 12
"""Proposals shown at a time; more would be a second form."""
IGNORED_MOST: Final = 60
"""Keys of unwanted ones that are carried along."""

_TEXTS: Final = ("title", "capabilities", "summary", "description", "partner_sought")
# These units are signs that every reader knows; others are written out, and turned into the usual one.
_KEPT_UNITS: Final = frozenset(
    {"mm", "cm", "dm", "m", "in", "ft", "µm", "µin", "kg", "g", "lb", "oz", "t", "%"}
)
_DAYS: Final = "lead_time_days"


@dataclass(frozen=True, slots=True)
class Found:
    """One condition found, and what confirming it writes into the form.

    Parameters
    ----------
    key
        Equal for the same condition, however it is worded.
    row
        The condition, with the unit in which it is shown.
    phrase
        As written, in the field whose label is ``source``.
    field
        Name of the field that it fills; empty for a row of the requirements.
    value
        What is written into the field.
    """

    key: str
    row: RequirementValues
    phrase: str
    source: Any
    field: str = ""
    value: str = ""

    @property
    def counted_in(self) -> str:
        """The unit of a yearly quantity, which stands in a field of its own."""
        return {"quantity_per_year": "pieces", "tonnes_per_year": "t"}.get(self.row.criterion, "")

    @property
    def typed(self) -> dict[str, str]:
        """The condition as a person types it into a row."""
        bounds = [bound for bound in (self.row.low, self.row.high) if bound is not None]
        unit = self.row.unit or CRITERIA[self.row.criterion].unit
        factor = convert(1.0, self.row.unit, self.row.criterion) if bounds else 1.0
        values = [figure(bound / factor) for bound in bounds] or ["; ".join(self.row.terms)]
        return {
            "criterion": self.row.criterion,
            "operator": self.row.operator.value,
            "value": values[0],
            "value_to": values[1] if len(values) > 1 else "",
            "unit": unit if bounds else "",
        }


def found_in(form: ListingForm, today: date, ignored: Iterable[str] = ()) -> list[Found]:
    """Return the conditions in the texts of a form that it does not hold yet.

    Parameters
    ----------
    form
        As it was sent, whatever else is wrong with it.
    today
        For reading the form's days.
    ignored
        Keys of those that its author does not want.

    Returns
    -------
    list of Found
        At most :data:`MOST`, in the order of the texts.
    """
    # What is wrong elsewhere in the form does not matter here; what is good of it is known.
    values, _problems = read_listing(form.raw(), today)
    if values is None:
        return []
    left_out = set(ignored)
    found: dict[str, Found] = {}
    for proposal, source, about_partner in _proposals(form):
        key = proposal.key
        if key in found or key in left_out or len(found) >= MOST:
            continue
        one = _as_found(form, proposal, source, about_partner=about_partner)
        if one is not None and not _known(one, values):
            found[key] = one
    return list(found.values())


def take(form: ListingForm, proposed: Iterable[Found], must: Iterable[str]) -> int:
    """Write what its author confirms into the form; answers how much of it there was room for.

    Parameters
    ----------
    proposed
        From :func:`found_in`.
    must
        Keys of those that must be met.
    """
    hard = set(must)
    return sum(
        _fill(form, one) if one.field else _add_row(form, one, hard=one.key in hard) for one in proposed
    )


def _proposals(form: ListingForm) -> Iterator[tuple[Proposal, Any, bool]]:
    """Yield proposals with the label of their text, and whether it speaks of the partner."""
    language = str(form.language.data or "")
    for name in _TEXTS:
        for proposal in conditions_in(str(form[name].data or ""), language):
            yield proposal, form[name].label.text, name == "partner_sought"
    for of in fields_of(form.chosen_kind, form.chosen_side):
        if of.type is Type.LONG_TEXT:
            field = form.details_form[of.name]
            for proposal in conditions_in(str(field.data or ""), language):
                yield proposal, field.label.text, False


def _as_found(form: ListingForm, proposal: Proposal, source: Any, *, about_partner: bool) -> Found | None:
    """Return what confirming a proposal writes: what an offer says of itself goes into its own fields."""
    if proposal.asked_by is not None and proposal.asked_by is not form.chosen_side:
        return None
    row = _row(proposal)
    asks = form.chosen_side is Side.REQUEST or about_partner or proposal.asked_by is form.chosen_side
    if asks:
        return Found(proposal.key, row, proposal.phrase, source)
    field = _field_of(form, row.criterion)
    return Found(proposal.key, row, proposal.phrase, source, field, _stated(row)) if field else None


def _row(proposal: Proposal) -> RequirementValues:
    condition = proposal.condition
    low, high = condition.low, condition.high
    if condition.criterion == _DAYS:
        # A month has 30.4 days; people count whole ones.
        low, high = (None if bound is None else float(ceil(bound - 0.01)) for bound in (low, high))
    return RequirementValues(
        condition.criterion,
        condition.operator,
        low=low,
        high=high,
        terms=condition.terms,
        unit=proposal.unit if proposal.unit in _KEPT_UNITS else "",
        hard=proposal.force is Force.HARD,
    )


def _field_of(form: ListingForm, criterion: str) -> str:
    """Return the field in which an offer states a criterion of itself; empty where there is none."""
    common = {
        _DAYS: _DAYS, "certificate": "held_certificates", "quantity_per_year": "quantity_per_year",
        "tonnes_per_year": "quantity_per_year",
    }  # fmt: skip
    if criterion in common:
        return common[criterion]
    of = _kind_field(form.chosen_kind, form.chosen_side, criterion)
    return f"details-{of.name}" if of else ""


def _kind_field(kind: Any, side: Side, criterion: str) -> KindField | None:
    return next((of for of in fields_of(kind, side) if of.criterion == criterion), None)


def _stated(row: RequirementValues) -> str:
    """Return what an offer states, as it is typed: the better end of a span, but the later day."""
    if row.low is None and row.high is None:
        return "; ".join(row.terms)
    lower = CRITERIA[row.criterion].direction is Direction.LOWER and row.criterion != _DAYS
    first, last = (row.low, row.high) if lower else (row.high, row.low)
    return figure(first if first is not None else last)


def _known(one: Found, values: ListingValues) -> bool:
    """Return whether the form holds a condition already, or another figure in its place."""
    criterion = CRITERIA[one.row.criterion]
    rows = [row for row in values.requirements if row.criterion == criterion.key]
    if not one.field and any(
        criterion.kind is DataType.NUMBER or _holds(row.terms, one.row.terms) for row in rows
    ):
        return True
    of = _kind_field(values.kind, values.side, criterion.key)
    held = values.details.get(of.name) if of else None
    if criterion.key == _DAYS:
        held = values.lead_time_days
    elif criterion.key in {"quantity_per_year", "tonnes_per_year"}:
        held = _quantity(values, criterion.key)
    elif criterion.key == "certificate" and one.field:
        held = values.held_certificates
    if held is None:
        # A yearly amount in another unit stands in the same field.
        return one.field == "quantity_per_year" and values.quantity_per_year is not None
    if isinstance(held, (int, float)):
        return bool(one.field) or any(
            bound is not None and isclose(bound, held, rel_tol=1e-6) for bound in (one.row.low, one.row.high)
        )
    return _holds((held,) if isinstance(held, str) else tuple(held), one.row.terms)


def _quantity(values: ListingValues, criterion: str) -> float | None:
    if values.quantity_per_year is None:
        return None
    try:
        return convert(values.quantity_per_year, values.quantity_unit, criterion)
    except ValueError:
        return None


def _holds(held: Iterable[str], asked: Iterable[str]) -> bool:
    """Return whether every term asked is among those held; "ISO 9001:2015" holds "ISO 9001"."""
    known = {name for term in held for name in (term.casefold(), *parse_schemes(term))}
    return all(term.casefold() in known or known.issuperset(parse_schemes(term)) for term in asked)


def _fill(form: ListingForm, one: Found) -> bool:
    field = form.details_form[one.field.removeprefix("details-")] if "-" in one.field else form[one.field]
    if one.row.terms and field.type == "TickField":
        field.data = list(dict.fromkeys([*(field.data or ()), *one.row.terms]))
    elif one.row.terms and field.type != "OneSelectField":
        field.data = "\n".join(filter(None, (str(field.data or "").strip(), *one.row.terms)))
    else:
        field.data = one.value
    if one.counted_in:
        form.quantity_unit.data = one.counted_in
    return True


def _add_row(form: ListingForm, one: Found, *, hard: bool) -> bool:
    """Write a condition into the first empty row, or into a new one while one fits."""
    empty = (
        entry.form
        for entry in form.requirements
        if not any(entry.form[name].data for name in ("criterion", "value", "evidence"))
    )
    row = next(empty, None)
    if row is None and len(form.requirements) < MOST_ROWS:
        row = form.requirements.append_entry().form
    if row is None:
        return False
    for name, value in one.typed.items():
        row[name].data = value
    row.hard.data = hard
    return True
