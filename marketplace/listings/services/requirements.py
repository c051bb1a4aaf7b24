"""Reading requirements: one measurable condition a row, in the criterion's canonical unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import gettext as _

from marketplace.errors import Invalid
from marketplace.listings.kinds import reading
from marketplace.listings.kinds.field import read_currency
from marketplace.listings.kinds.words import CRITERIA_TITLES, TERMS
from marketplace.listings.services.codes import read_country, read_language
from matching.criteria import CRITERIA, Criterion, DataType, Direction
from matching.requirements import convert
from matching.types import Operator

MOST: Final = 20
UNIT_LENGTH: Final = 16
EVIDENCE_LENGTH: Final = 255
WEIGHT: Final = (0.1, 10.0)
_NUMBER_OPERATORS: Final = (Operator.AT_MOST, Operator.AT_LEAST, Operator.BETWEEN)
_TERM_OPERATORS: Final = (Operator.ONE_OF, Operator.ALL_OF)
_RANK_OPERATORS: Final = (*_TERM_OPERATORS, *_NUMBER_OPERATORS)
_USUAL: Final = {
    Direction.LOWER: Operator.AT_MOST,
    Direction.HIGHER: Operator.AT_LEAST,
    Direction.NEITHER: Operator.BETWEEN,
}


@dataclass(frozen=True, slots=True)
class RequirementValues:
    """A checked requirement; see ``models.Requirement``."""

    criterion: str
    operator: Operator
    low: float | None = None
    high: float | None = None
    terms: tuple[str, ...] = ()
    unit: str = ""
    hard: bool = False
    weight: float = 1.0
    evidence: str = ""


def operators_of(criterion: Criterion) -> tuple[Operator, ...]:
    """Return the ways in which a criterion can be compared, the usual one first."""
    if criterion.kind is DataType.NUMBER:
        usual = _USUAL[criterion.direction]
        return (usual, *(operator for operator in _NUMBER_OPERATORS if operator is not usual))
    if criterion.kind is DataType.CERTIFICATE:
        return (Operator.ALL_OF, Operator.ONE_OF)
    if criterion.ordered:
        usual = _USUAL[criterion.direction]
        return (usual, *(operator for operator in _RANK_OPERATORS if operator is not usual))
    return _TERM_OPERATORS


def read_requirements(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[tuple[RequirementValues, ...], list[Invalid]]:
    """Check requirements.

    Parameters
    ----------
    rows
        Each with ``criterion``, ``operator`` (empty: the usual one), ``value``, ``value_to`` (for
        ``between``), ``unit`` (empty: canonical, or typed behind the value), ``hard``, ``weight``
        and ``evidence``.  Rows without a criterion and a value are left out.

    Returns
    -------
    tuple
        What may be stored, and what is wrong, under ``requirements-<row>-<field>``.
    """
    kept: list[RequirementValues] = []
    problems: list[Invalid] = []
    for number, row in enumerate(rows):
        if not any(
            str(row.get(name) or "").strip() for name in ("criterion", "value", "value_to", "evidence")
        ):
            continue
        try:
            kept.append(_read(f"requirements-{number}-", row))
        except Invalid as problem:
            problems.append(problem)
    if len(kept) > MOST:
        problems.append(
            Invalid(
                "requirements",
                _("At most %(most)s requirements fit; keep those that decide.", most=MOST),
                "too_many",
            )
        )
    return tuple(kept), problems


def _read(prefix: str, row: Mapping[str, Any]) -> RequirementValues:
    criterion = _criterion(prefix + "criterion", row.get("criterion"))
    operator = _operator(prefix + "operator", row.get("operator"), criterion)
    if not str(row.get("value") if row.get("value") is not None else "").strip():
        raise Invalid(prefix + "value", _("Write what you ask for, or take the criterion out."), "missing")
    weight, _unit = reading.read_number(prefix + "weight", row.get("weight") or 1)
    if not WEIGHT[0] <= weight <= WEIGHT[1]:
        raise Invalid(
            prefix + "weight", _("The weight is a number from 0.1 to 10; 1 is usual."), "out_of_range"
        )
    evidence = reading.read_text(prefix + "evidence", row.get("evidence") or "", EVIDENCE_LENGTH, lines=False)
    shared: dict[str, Any] = {"hard": bool(row.get("hard")), "weight": weight, "evidence": evidence}
    if criterion.kind is DataType.NUMBER:
        return _read_bounds(prefix, row, criterion, operator, shared)
    terms = _read_terms(prefix + "value", row["value"], criterion)
    if operator is Operator.BETWEEN:
        terms += _read_terms(prefix + "value_to", row.get("value_to"), criterion)
    return RequirementValues(criterion.key, operator, terms=tuple(terms), **shared)


def _criterion(field: str, raw: Any) -> Criterion:
    word = str(raw or "").strip()
    if not word:
        raise Invalid(field, _("Choose what is measured."), "missing")
    for key, criterion in CRITERIA.items():
        if word.casefold() in {key, criterion.title.casefold(), str(CRITERIA_TITLES[key]).casefold()}:
            return criterion
    raise Invalid(
        field,
        _("“%(word)s” is not a criterion that the engine can compare.", word=word[:40]),
        "unknown_criterion",
    )


def _operator(field: str, raw: Any, criterion: Criterion) -> Operator:
    possible = operators_of(criterion)
    word = str(raw or "").strip().casefold().replace(" ", "_")
    if not word:
        return possible[0]
    if word not in set(Operator) or Operator(word) not in possible:
        known = ", ".join(operator.value.replace("_", " ") for operator in possible)
        raise Invalid(
            field,
            _(
                "%(title)s is compared by: %(operators)s.",
                title=CRITERIA_TITLES[criterion.key],
                operators=known,
            ),
            "unknown_operator",
        )
    return Operator(word)


def _read_bounds(
    prefix: str, row: Mapping[str, Any], criterion: Criterion, operator: Operator, shared: Mapping[str, Any]
) -> RequirementValues:
    unit = reading.read_text(prefix + "unit", row.get("unit") or "", UNIT_LENGTH, lines=False)
    first, unit = _read_bound(prefix + "value", row["value"], unit, criterion)
    second = first
    if operator is Operator.BETWEEN:
        if not str(row.get("value_to") if row.get("value_to") is not None else "").strip():
            raise Invalid(prefix + "value_to", _("“Between” needs a second value."), "missing")
        second, unit = _read_bound(prefix + "value_to", row["value_to"], unit, criterion)
        if first > second:
            raise Invalid(
                prefix + "value_to", _("The second value must not be smaller than the first."), "order"
            )
    return RequirementValues(
        criterion.key,
        operator,
        low=None if operator is Operator.AT_MOST else first,
        high=None if operator is Operator.AT_LEAST else second,
        # The engine compares amounts of one currency only, and finds it here.
        terms=(unit,) if criterion.money else (),
        unit=unit,
        **shared,
    )


def _read_bound(field: str, raw: Any, unit: str, criterion: Criterion) -> tuple[float, str]:
    number, typed = reading.read_number(field, raw)
    unit = typed or unit
    if criterion.money:
        return number, read_currency(field, unit)
    try:
        value = convert(number, unit, criterion.key)
    except ValueError:
        units = ", ".join([criterion.unit, *(name for name in criterion.units if name.isascii())][:6])
        raise Invalid(
            field,
            _("“%(unit)s” is not a unit for this. Use %(units)s.", unit=unit[:20], units=units or _("none")),
            "unknown_unit",
        ) from None
    if (criterion.low is not None and value < criterion.low) or (
        criterion.high is not None and value > criterion.high
    ):
        raise Invalid(
            field,
            _(
                "This must lie between %(low)s and %(high)s %(unit)s.",
                low=f"{criterion.low:g}",
                high=f"{criterion.high:g}",
                unit=criterion.unit,
            ).rstrip(" ."),
            "out_of_range",
        )
    return value, unit


def _read_terms(field: str, raw: Any, criterion: Criterion) -> list[str]:
    words = reading.read_terms(field, raw)
    if not words:
        raise Invalid(field, _("Write what you ask for, or take the criterion out."), "missing")
    if criterion.key == "country":
        return [read_country(field, word) for word in words]
    if criterion.key == "language":
        return [read_language(field, word) for word in words]
    return [_closed(field, word, criterion) for word in words] if criterion.terms else words


def _closed(field: str, word: str, criterion: Criterion) -> str:
    for term in criterion.terms:
        if word.casefold() in {term.casefold(), str(TERMS[criterion.key][term]).casefold()}:
            return term
    raise Invalid(
        field,
        _("“%(word)s” is not one of: %(choices)s.", word=word[:40], choices=", ".join(criterion.terms)),
        "unknown_choice",
    )
