"""Conditions and what is stated, as people say them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from marketplace.listings.kinds.words import CRITERIA_TITLES, TERMS
from marketplace.web import words
from matching.criteria import CRITERIA, DataType
from matching.types import Condition, ConditionResult, Operator

# Units that are words; signs such as mm and % are the same in every language.
UNITS: Final[Mapping[str, Any]] = MappingProxyType({
    "pieces": _l("pieces"),
    "pieces/year": _l("pieces a year"),
    "t/year": _l("t a year"),
    "days": _l("days"),
    "years": _l("years"),
})  # fmt: skip
# As matching.requirements writes what is stated: "0.02 mm", "1 to 5 days", "ISO 9001, expired on 2026-01-31".
_FIGURES: Final = re.compile(r"(-?\d+(?:\.\d+)?)(?: to (-?\d+(?:\.\d+)?))?(?: (.+))?")
_VALIDITY: Final = re.compile(r"(.+), (expired on|valid until) (\d{4}-\d{2}-\d{2})")
# Numbers that name something are written without grouping: the year 2014, not 2,014.
_UNGROUPED: Final = frozenset({"year_founded"})
# Tolerances go down to 0.0001 mm; three decimals, as for other numbers, would round them away.
_DECIMALS: Final = "#,##0.######"


def title(criterion: str) -> str:
    """Return the name of a criterion; the key itself where no table knows it."""
    return str(CRITERIA_TITLES.get(criterion, criterion))


def asked(condition: Condition) -> str:
    """Return a condition in words, such as ``Tolerance (±): at most 0.05 mm``."""
    return _("%(criterion)s: %(bound)s", criterion=title(condition.criterion), bound=bound(condition))


def bound(condition: Condition) -> str:
    """Return what a condition asks, without its criterion."""
    known = CRITERIA.get(condition.criterion)
    if known is None or known.kind is not DataType.NUMBER:
        return _named(condition)
    unit = condition.terms[0] if known.money and condition.terms else known.unit if not known.money else ""
    low, high = (_figure(condition.criterion, value, unit) for value in (condition.low, condition.high))
    if condition.operator is Operator.BETWEEN and low and high:
        return _("from %(low)s to %(high)s", low=_figure(condition.criterion, condition.low, ""), high=high)
    if condition.operator is not Operator.AT_MOST and low:
        return _("at least %(low)s", low=low)
    return _("at most %(high)s", high=high)


def stated(result: ConditionResult) -> str:
    """Return what the other side states, with numbers and dates as the reader writes them."""
    key = result.condition.criterion
    known = CRITERIA.get(key)
    if known is None or not result.stated:
        return result.stated
    if known.kind is DataType.CERTIFICATE:
        return "; ".join(_certificate(part) for part in result.stated.split("; "))
    if known.kind is DataType.TERMS:
        return _join([term(key, word) for word in result.stated.split(", ")])
    found = _FIGURES.fullmatch(result.stated)
    if found is None:
        return result.stated
    low, high, unit = found.groups()
    if high is None:
        return _figure(key, float(low), unit or "")
    return _(
        "%(low)s to %(high)s", low=_figure(key, float(low), ""), high=_figure(key, float(high), unit or "")
    )


def expired_on(result: ConditionResult) -> date | None:
    """Return the day on which the certificate asked for ran out, if that is what is wrong."""
    for part in result.stated.split("; "):
        found = _VALIDITY.fullmatch(part)
        if found and found[2] == "expired on":
            return date.fromisoformat(found[3])
    return None


def term(criterion: str, word: str) -> str:
    """Return one term of a criterion in the reader's language, as far as it comes from a closed list."""
    if criterion == "country":
        return words.country(word)
    if criterion == "language":
        return words.language_name(word)
    return str(TERMS.get(criterion, {}).get(word, word))


def _named(condition: Condition) -> str:
    listed = [term(condition.criterion, word) for word in condition.terms]
    if condition.operator is Operator.AT_LEAST:
        return _("at least “%(low)s”", low=_join(listed))
    if condition.operator is Operator.AT_MOST:
        return _("at most “%(high)s”", high=_join(listed))
    if condition.operator is Operator.BETWEEN and len(listed) > 1:
        return _("from “%(low)s” to “%(high)s”", low=listed[0], high=listed[-1])
    if condition.operator is Operator.ONE_OF and len(listed) > 1:
        return _("one of %(terms)s", terms=_join(listed))
    return _join(listed)


def _certificate(part: str) -> str:
    found = _VALIDITY.fullmatch(part)
    if found is None:
        return part
    day = words.day(date.fromisoformat(found[3]))
    if found[2] == "expired on":
        return _("%(scheme)s, expired on %(day)s", scheme=found[1], day=day)
    return _("%(scheme)s, valid until %(day)s", scheme=found[1], day=day)


def _figure(criterion: str, value: float | None, unit: str) -> str:
    if value is None:
        return ""
    pattern = "0" if criterion in _UNGROUPED else _DECIMALS
    figure = format_decimal(value, format=pattern, locale=words.reader())
    return f"{figure} {UNITS.get(unit, unit)}".strip()


def _join(listed: list[str]) -> str:
    return ", ".join(listed)
