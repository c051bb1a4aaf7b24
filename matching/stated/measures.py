"""From a figure with its unit to the condition that it is, by what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from matching.criteria import CRITERIA
from matching.requirements import convert
from matching.stated.context import Context
from matching.stated.quantities import Quantities, Quantity
from matching.stated.tokens import Read
from matching.types import Operator, Side

_PARTS: Final = ("part_length_mm", "part_width_mm", "part_height_mm")
_LENGTHS: Final = {
    "tolerance": "tolerance_mm", "roughness": "roughness_um", "length": "part_length_mm",
    "width": "part_width_mm", "height": "part_height_mm", "diameter": "part_diameter_mm",
    "size": "part_length_mm",
}  # fmt: skip
_TOPICS: Final = {
    "length": (*_LENGTHS, "other_roughness", "not_a_part"),
    "mass": ("weight", "not_a_weight"),
    "time": ("lead_time", "payment", "warranty", "term", "payback"),
    "count": ("series", "minimum_order"),
    "percent": ("irr",),
}
_CRITERIA: Final = _LENGTHS | {
    "weight": "part_weight_kg", "lead_time": "lead_time_days", "payback": "payback_years",
    "series": "series_pieces", "minimum_order": "series_pieces", "irr": "irr_percent",
}  # fmt: skip
# What a figure without a word of its own measures where it bounds a part.
_UP_TO: Final = {"length": "part_length_mm", "mass": "part_weight_kg"}
_BARE: Final = {"roughness": "roughness_um", "trl": "trl"}
_PERIODIC: Final = {"count": "quantity_per_year", "mass": "tonnes_per_year"}
# Of a span of sizes the partner must reach the upper end; of others both ends are kept.
_SIZES: Final = frozenset({*_PARTS, "part_diameter_mm"})
_UPPER_END: Final = _SIZES | {"part_weight_kg"}
_AT_MOST: Final = frozenset({"tolerance_mm", "roughness_um", "lead_time_days", "payback_years"})
_BESIDE: Final = 4
_TOUCHING: Final = 2.5
"""As far as a word right after a figure, or before its article."""
_NEAR: Final = 8
_FAR: Final = 1000
# Narrower than what a person may type: one piece is no series, and what takes years is no lead time.
_SANE: Final = {
    "lead_time_days": (0.0, 730.0), "quantity_per_year": (2.0, 1e10), "series_pieces": (2.0, 1e10),
    "tolerance_mm": (0.0001, 10.0),
}  # fmt: skip


class Measured(NamedTuple):
    """A condition found in a figure, with the unit as written and its tokens, both included.

    ``asked_by`` is the side that asks for such a thing, where only one does: a smallest order.
    """

    criterion: str
    operator: Operator
    low: float | None
    high: float | None
    unit: str
    first: int
    last: int
    asked_by: Side | None = None


def measures_in(read: Read, context: Context, *, comma: bool) -> Iterator[Measured]:
    """Yield the conditions that are figures, from left to right."""
    quantities = Quantities(read, comma=comma)
    size_ends = -_FAR
    for quantity in quantities:
        if quantity.sides:
            yield from _sides(quantity)
            size_ends = quantity.last
            continue
        criterion = _criterion(quantity, context, quantities)
        if not criterion and quantity.dimension == "mass" and quantity.first - size_ends <= _BESIDE:
            criterion = "part_weight_kg"  # "up to 500 x 300 mm and 12 kg"
        if criterion in _SIZES:
            size_ends = quantity.last
        if criterion:
            yield from _measured(criterion, quantity, context)


def _sides(quantity: Quantity) -> Iterator[Measured]:
    """Yield length, width and height, as they are written."""
    if quantity.dimension == "length":
        for name, value in zip(_PARTS, quantity.values, strict=False):
            yield from _checked(
                Measured(name, Operator.AT_LEAST, value, None, quantity.unit, quantity.first, quantity.last)
            )


def _criterion(quantity: Quantity, context: Context, quantities: Quantities) -> str:
    """Return what a quantity measures; empty where it is no condition."""
    dimension = quantity.dimension
    if dimension in _PERIODIC:
        quantity.period = quantity.period or _period_before(quantity, context, quantities)
        if quantity.period:
            quantity.unit += f"/{quantity.period}"
            return _PERIODIC[dimension]
    if quantity.signed and dimension in {"length", ""}:
        return _tolerance(quantity, context)
    if dimension in {"people", "persons"}:
        return _people(quantity, context)
    return _by_topic(quantity, context) if dimension else _without_unit(quantity, context)


def _people(quantity: Quantity, context: Context) -> str:
    """Return whether people are a partner's employees; visitors and one's own people are not."""
    place = quantity.first, quantity.last
    if context.nearest("topic", ("self",), *place)[1] <= _NEAR:
        return ""
    firm, _far = context.nearest("topic", ("firm",), *place)
    return "employees" if firm or quantity.dimension == "people" else ""


def _by_topic(quantity: Quantity, context: Context) -> str:
    """Return the criterion by the nearest word that says what the figure is about."""
    place = quantity.first, quantity.last
    topic, far = context.nearest("topic", _TOPICS.get(quantity.dimension, ()), *place)
    if not topic and quantity.dimension == "count":
        series, beside = context.nearest("term", ("series_size",), *place)
        return "series_pieces" if series and beside <= _BESIDE else ""
    if quantity.dimension in _UP_TO and far > _BESIDE and _up_to_of_part(quantity, context):
        return _UP_TO[quantity.dimension]
    if not topic and quantity.dimension == "time" and _is_deadline(quantity, context):
        return "lead_time_days"
    return _CRITERIA.get(topic, "")


def _is_deadline(quantity: Quantity, context: Context) -> bool:
    """Return whether a time alone says by when: "within six weeks", and no answer or bid is awaited."""
    place = quantity.first, quantity.last
    _, far = context.nearest("bound", ("within",), *place)
    return (
        far <= _TOUCHING and quantity.unit != "year" and not context.nearest("topic", ("reply",), *place)[0]
    )


def _up_to_of_part(quantity: Quantity, context: Context) -> bool:
    """Return whether a figure without a word of its own bounds a part: "shafts up to 2 m"."""
    place = quantity.first, quantity.last
    _, far = context.nearest("bound", ("at_most",), *place)
    return far <= _BESIDE and bool(context.nearest("topic", ("part",), *place)[0])


def _tolerance(quantity: Quantity, context: Context) -> str:
    if quantity.dimension:
        return "tolerance_mm"
    topics = ("tolerance", "size", "length", "width", "height", "diameter")
    topic, _far = context.nearest("topic", topics, quantity.first, quantity.last)
    return "tolerance_mm" if topic else ""


def _without_unit(quantity: Quantity, context: Context) -> str:
    """Return the criterion of a bare figure: "Ra 0.8" is in micrometres, "TRL 6" has no unit."""
    topics = ("roughness", "other_roughness", "trl")
    topic, far = context.nearest("topic", topics, quantity.first, quantity.last)
    if far == 1.0:
        quantity.first -= 1  # "Ra 0.8" is the phrase, not "0.8"
    return _BARE.get(topic, "") if far <= _BESIDE else ""


def _period_before(quantity: Quantity, context: Context, quantities: Quantities) -> str:
    """Return the period that stands before a figure: "annual demand: 5,000 pieces"."""
    periods = ("year", "quarter", "month", "week", "day")
    period, far = context.nearest("every", periods, quantity.first, quantity.last)
    if period and far <= _NEAR:
        return period
    for at in range(max(0, quantity.first - _BESIDE), quantity.first):
        per = quantities.period_after(at)
        if per and per[1] <= quantity.first:
            return per[0]
    return ""


def _measured(criterion: str, quantity: Quantity, context: Context) -> Iterator[Measured]:
    operator = Operator.AT_MOST if criterion in _AT_MOST else Operator.AT_LEAST
    low, high = quantity.values[0], quantity.values[-1]
    if criterion == "employees":
        bound, far = context.nearest("bound", ("at_least", "at_most"), quantity.first, quantity.last)
        operator = Operator.AT_MOST if bound == "at_most" and far <= _BESIDE else Operator.AT_LEAST
    if low != high:
        operator = Operator.AT_LEAST if criterion in _UPPER_END else Operator.BETWEEN
        low = high if criterion in _UPPER_END else low
    yield from _checked(
        Measured(
            criterion,
            operator,
            None if operator is Operator.AT_MOST else low,
            None if operator is Operator.AT_LEAST else high,
            quantity.unit if criterion != "employees" else "",
            quantity.first,
            quantity.last,
            _asked_by(criterion, quantity, context),
        )
    )


def _asked_by(criterion: str, quantity: Quantity, context: Context) -> Side | None:
    if criterion != "series_pieces":
        return None
    topic, _far = context.nearest("topic", ("series", "minimum_order"), quantity.first, quantity.last)
    return Side.OFFER if topic == "minimum_order" else None


def _checked(found: Measured) -> Iterator[Measured]:
    """Yield a condition whose bounds are sane; a tolerance of two metres is a misreading."""
    criterion = CRITERIA[found.criterion]
    if found.unit and found.unit not in criterion.units:
        return
    low, high = _SANE.get(found.criterion, (criterion.low or 0.0, criterion.high or float("inf")))
    bounds = (bound for bound in (found.low, found.high) if bound is not None)
    if all(low <= convert(bound, found.unit, found.criterion) <= high for bound in bounds):
        yield found
