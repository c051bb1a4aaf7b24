"""The table of measurable criteria: what can be asked of a partner, in which unit, how compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class DataType(StrEnum):
    """What the value of a criterion is."""

    NUMBER = "number"
    TERMS = "terms"
    CERTIFICATE = "certificate"


class Direction(StrEnum):
    """Which way a number (or an ordered term) is better for the one who asks."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that can be asked and stated.

    Parameters
    ----------
    key
        Stable name, used in :class:`matching.types.Condition` and as the key of facts.
    title
        English, for translation by the caller.
    kind
        Number, terms or certificate.
    unit
        Canonical unit; ``""`` for pure numbers and terms, ``"currency"`` for money.
    units
        Accepted unit, lower case → factor to the canonical unit.
    direction
        Which way is better; it decides how spans are read.
    low, high
        Sane range in the canonical unit, for checking what people type.
    terms
        The closed list of terms, in rank order where ``ordered``; empty when any term will do.
    scale
        The gap at which a missed bound earns nothing; ``None``: nearness is a ratio.
    """

    key: str
    title: str
    kind: DataType
    unit: str = ""
    units: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    direction: Direction = Direction.NEITHER
    low: float | None = None
    high: float | None = None
    terms: tuple[str, ...] = ()
    ordered: bool = False
    scale: float | None = None

    @property
    def money(self) -> bool:
        """Whether the unit is a currency."""
        return self.unit == CURRENCY


CURRENCY: Final = "currency"

# Exact by definition: the international inch and pound (1959), SI prefixes.
LENGTH_MM: Final[Mapping[str, float]] = MappingProxyType({
    "mm": 1.0, "millimetre": 1.0, "millimeter": 1.0, "cm": 10.0, "centimetre": 10.0,
    "centimeter": 10.0, "dm": 100.0, "m": 1000.0, "metre": 1000.0, "meter": 1000.0,
    "in": 25.4, "inch": 25.4, '"': 25.4, "ft": 304.8, "foot": 304.8,
    "µm": 0.001, "um": 0.001, "micron": 0.001,
})  # fmt: skip
LENGTH_UM: Final[Mapping[str, float]] = MappingProxyType({
    "µm": 1.0, "um": 1.0, "micron": 1.0, "mm": 1000.0, "nm": 0.001,
    "µin": 0.0254, "uin": 0.0254, "microinch": 0.0254,
})  # fmt: skip
MASS_KG: Final[Mapping[str, float]] = MappingProxyType({
    "kg": 1.0, "kilogram": 1.0, "g": 0.001, "gram": 0.001, "mg": 1e-6, "t": 1000.0,
    "tonne": 1000.0, "lb": 0.45359237, "lbs": 0.45359237, "pound": 0.45359237,
    "oz": 0.028349523125,
})  # fmt: skip
# The mean Gregorian year has 365.2425 days, its month a twelfth of that.
DAYS_PER_YEAR: Final = 365.2425
DURATION_DAYS: Final[Mapping[str, float]] = MappingProxyType({
    "day": 1.0, "d": 1.0, "week": 7.0, "wk": 7.0, "month": DAYS_PER_YEAR / 12,
    "year": DAYS_PER_YEAR,
})  # fmt: skip
DURATION_YEARS: Final[Mapping[str, float]] = MappingProxyType({
    "year": 1.0, "yr": 1.0, "y": 1.0, "month": 1 / 12,
})  # fmt: skip


def _per_year(amounts: Mapping[str, float]) -> Mapping[str, float]:
    """Return every amount per year, quarter, month, week and day, in both ways of writing."""
    times = {"year": 1.0, "quarter": 4.0, "month": 12.0, "week": DAYS_PER_YEAR / 7,
             "day": DAYS_PER_YEAR}  # fmt: skip
    return MappingProxyType({
        f"{name}{joint}{period}": factor * count
        for name, factor in amounts.items()
        for joint in ("/", " per ", " a ")
        for period, count in times.items()
    } | dict(amounts))  # fmt: skip


PIECES: Final[Mapping[str, float]] = MappingProxyType(
    {"piece": 1.0, "pc": 1.0, "pcs": 1.0, "unit": 1.0, "part": 1.0}
)
PIECES_PER_YEAR: Final = _per_year(PIECES)
TONNES_PER_YEAR: Final = _per_year({"t": 1.0, "tonne": 1.0, "kg": 0.001})
PERCENT: Final[Mapping[str, float]] = MappingProxyType({"%": 1.0, "percent": 1.0})

# Incoterms 2020, International Chamber of Commerce, publication 723.
INCOTERMS: Final = ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")
# Grades of ISO 286-1:2010, the finest first; IT01 and IT0 are for gauges and left out.
IT_GRADES: Final = tuple(f"IT{grade}" for grade in range(1, 19))
SERIES_SIZES: Final = ("prototype", "small", "medium", "large")
STAGES: Final = (
    "concept", "under development", "lab tested", "available for demonstration", "on the market",
)  # fmt: skip
IPR_STATUSES: Final = (
    "none", "secret know-how", "patent applied", "patent granted", "copyright", "trademark",
)  # fmt: skip
CONTRIBUTION_KINDS: Final = (
    "equity", "loan", "joint venture", "technology", "management", "market access", "buy-back",
    "equipment",
)  # fmt: skip
STUDY_STATUSES: Final = ("idea", "pre-feasibility", "feasibility", "bankable")
INSPECTIONS: Final = (
    "CMM", "FAI", "PPAP level 1", "PPAP level 2", "PPAP level 3", "PPAP level 4", "PPAP level 5",
)  # fmt: skip


def _number(
    key: str,
    title: str,
    unit: str,
    units: Mapping[str, float],
    direction: Direction,
    span: tuple[float, float],
    scale: float | None = None,
) -> Criterion:
    return Criterion(key, title, DataType.NUMBER, unit, units, direction, *span, scale=scale)


def _terms(key: str, title: str, terms: tuple[str, ...] = (), better: Direction | None = None) -> Criterion:
    """Describe a criterion of terms; ``better`` is the way in which ranked ones are."""
    ordered = better is not None
    return Criterion(
        key, title, DataType.TERMS, direction=better or Direction.NEITHER, terms=terms, ordered=ordered
    )


_NO_UNITS: Final[Mapping[str, float]] = MappingProxyType({})
_LOWER, _HIGHER, _NEITHER = Direction.LOWER, Direction.HIGHER, Direction.NEITHER

_TABLE: Final = (
    _number("tolerance_mm", "Tolerance (±)", "mm", LENGTH_MM, _LOWER, (0.0001, 100)),
    _terms("it_grade", "Tolerance grade", IT_GRADES, _LOWER),
    _number("roughness_um", "Surface roughness Ra", "µm", LENGTH_UM, _LOWER, (0.001, 1000)),
    _number("part_length_mm", "Part length", "mm", LENGTH_MM, _HIGHER, (0.01, 200_000)),
    _number("part_width_mm", "Part width", "mm", LENGTH_MM, _HIGHER, (0.01, 200_000)),
    _number("part_height_mm", "Part height", "mm", LENGTH_MM, _HIGHER, (0.01, 200_000)),
    _number("part_diameter_mm", "Part diameter", "mm", LENGTH_MM, _HIGHER, (0.01, 200_000)),
    _number("part_weight_kg", "Part weight", "kg", MASS_KG, _HIGHER, (0.000001, 1_000_000)),
    _number("quantity_per_year", "Quantity per year", "pieces/year", PIECES_PER_YEAR, _HIGHER,
            (1, 1e10)),
    _number("tonnes_per_year", "Tonnes per year", "t/year", TONNES_PER_YEAR, _HIGHER, (0.001, 1e9)),
    _number("lead_time_days", "Lead time", "days", DURATION_DAYS, _LOWER, (0, 3650)),
    _number("series_pieces", "Pieces in one order", "pieces", PIECES, _HIGHER, (1, 1e10)),
    _terms("series_size", "Series size", SERIES_SIZES),
    _terms("material", "Material"),
    _terms("process", "Process"),
    Criterion("certificate", "Certificate", DataType.CERTIFICATE),
    _terms("inspection", "Inspection", INSPECTIONS),
    _terms("drawing_format", "Drawing format"),
    _terms("tooling", "Tooling owned by", ("buyer", "supplier")),
    _terms("incoterm", "Incoterm", INCOTERMS),
    _number("trl", "Technology readiness level", "", _NO_UNITS, _HIGHER, (1, 9), 3.0),
    _terms("development_stage", "Stage of development", STAGES, _HIGHER),
    _terms("ipr_status", "Intellectual property", IPR_STATUSES),
    _number("total_cost", "Total cost", CURRENCY, _NO_UNITS, _NEITHER, (0, 1e15)),
    _number("contribution_sought", "Contribution sought", CURRENCY, _NO_UNITS, _NEITHER, (0, 1e15)),
    _terms("contribution_kind", "Kind of contribution", CONTRIBUTION_KINDS),
    _terms("study_status", "Status of the study", STUDY_STATUSES, _HIGHER),
    _number("irr_percent", "Internal rate of return", "%", PERCENT, _HIGHER, (-100, 1000)),
    _number("payback_years", "Payback period", "years", DURATION_YEARS, _LOWER, (0, 100)),
    _number("employees", "Employees", "", _NO_UNITS, _HIGHER, (1, 10_000_000)),
    _number("year_founded", "Year founded", "", _NO_UNITS, _NEITHER, (1000, 2200), 10.0),
    _terms("country", "Country"),
    _terms("language", "Language"),
    _terms("women_led", "Women-led", ("yes", "no")),
)  # fmt: skip

CRITERIA: Final[Mapping[str, Criterion]] = MappingProxyType({c.key: c for c in _TABLE})
