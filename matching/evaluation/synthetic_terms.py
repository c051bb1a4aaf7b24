"""What synthetic listings say beside their phrases: countries, conditions, facts, stock sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import combinations
from types import MappingProxyType
from typing import Final

from matching.types import Certificate, Condition, Fact, Operator, Side

COUNTRIES: Final = (
    "DE", "PL", "IN", "TR", "IT", "CN", "FR", "ES", "CZ", "VN", "PT", "RO", "BR", "MX", "MA", "TN",
    "EG", "ZA", "KE", "US", "GB", "NL", "AT", "HU", "SK", "BG", "RS", "UA", "SE", "FI", "DK", "BE",
    "CH", "SI", "HR", "LT", "LV", "EE", "GR", "ID", "TH", "MY", "PH", "BD", "PK", "LK", "NG", "GH",
    "ET", "SN", "CI", "UG", "TZ", "RW", "CO", "PE", "CL", "AR", "UZ", "KZ", "GE", "AM", "JO",
)  # fmt: skip
"""The commonest first (ISO 3166-1 alpha-2)."""

_TYPES: Final = (
    "subcontracting", "joint venture", "licence", "distribution", "co-production", "technical assistance",
)  # fmt: skip
PARTNERSHIPS: Final = tuple(
    frozenset(chosen) for many in (0, 1, 1, 2, 3) for chosen in combinations(_TYPES, many)
)
"""Sets of partnership types; one type alone is commoner."""

SYLLABLES: Final = (
    "bra", "cor", "dun", "fel", "gor", "hix", "jal", "kev", "lom", "mur", "nap", "oth", "pry", "quo", "ruz",
    "sij", "tav", "urb", "vix", "wod", "yel", "zam",
)  # fmt: skip
"""Of which words are made that nobody wrote before."""

_SCHEMES: Final = (
    "ISO 9001", "ISO 14001", "IATF 16949", "ISO 13485", "EN 9100", "ISO 45001", "ISO 3834", "EN 1090",
)  # fmt: skip
_BOUNDS: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "tolerance_mm": (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5),
        "roughness_um": (0.4, 0.8, 1.6, 3.2, 6.3),
        "lead_time_days": (7, 14, 21, 28, 42, 60, 90),
    }
)
_FLOORS: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "part_length_mm": (50, 100, 300, 500, 1000, 3000),
        "part_weight_kg": (0.5, 2, 10, 50, 500),
        "quantity_per_year": (100, 1000, 5000, 20_000, 100_000),
        "employees": (5, 10, 25, 50, 100),
    }
)


def _all_conditions() -> tuple[Condition, ...]:
    """Return conditions as people set them; one in four is hard."""
    found = [
        Condition(name, Operator.AT_MOST, high=bound, weight=float(weight))
        for name, bounds in _BOUNDS.items()
        for bound in bounds
        for weight in (1, 2)
    ]
    found += [
        Condition(name, Operator.AT_LEAST, low=bound, weight=float(weight))
        for name, bounds in _FLOORS.items()
        for bound in bounds
        for weight in (1, 3)
    ]
    found += [Condition("certificate", Operator.ALL_OF, terms=(scheme,)) for scheme in _SCHEMES]
    found += [Condition("certificate", Operator.ONE_OF, terms=pair) for pair in combinations(_SCHEMES[:4], 2)]
    return tuple(
        Condition(c.criterion, c.operator, c.low, c.high, c.terms, at % 4 == 3, c.weight)  # noqa: PLR2004
        for at, c in enumerate(found)
    )


def _all_facts() -> tuple[tuple[str, Fact], ...]:
    """Return facts as people state them: numbers, spans and certificates, some of them expired."""
    found = [(name, Fact(low=bound, high=bound * 10)) for name, bounds in _BOUNDS.items() for bound in bounds]
    found += [(name, Fact(low=1.0, high=bound)) for name, bounds in _FLOORS.items() for bound in bounds]
    ends = (None, date(2025, 6, 30), date(2026, 12, 31), date(2028, 3, 31))
    found += [
        ("certificate", Fact(certificates=tuple(Certificate(scheme, end) for scheme in schemes)))
        for many in (1, 2)
        for schemes in combinations(_SCHEMES, many)
        for end in ends
    ]
    return tuple(found)


CONDITIONS: Final = _all_conditions()
"""Conditions, of which a listing has up to three."""
FACTS: Final = _all_facts()
"""Facts, of which a listing has up to four."""

OPENINGS: Final[Mapping[Side, tuple[str, ...]]] = MappingProxyType(
    {
        Side.OFFER: (
            "We offer",
            "Our company makes",
            "We have free capacity for",
            "Our services",
            "We supply",
        ),
        Side.REQUEST: (
            "We are looking for",
            "Wanted",
            "We need a partner for",
            "We buy",
            "Partner sought for",
        ),
    }
)
CLOSINGS: Final = (
    "Long-term cooperation is preferred.", "Please send drawings.", "Small and large orders.",
    "Delivery all over Europe.", "We have thirty years of experience.", "Own quality department.",
    "Family business.", "Prices on request.", "Samples can be sent.", "We speak English and German.",
    "We export most of our production.", "Short lead times.", "", "", "",
)  # fmt: skip
