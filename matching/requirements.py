"""Conditions against facts: MATCH, GAP or UNKNOWN, with what is stated and how near it comes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from matching.certificates import SCHEME_CHARS, Scheme, parse_schemes
from matching.closed import CLOSED, Named, compare_closed, named_in
from matching.criteria import CRITERIA, Criterion, DataType, Direction
from matching.terms import TERM_CHARS, UNKNOWN_CREDIT, Terms, listed, own_terms, worth
from matching.types import Certificate, Condition, Fact, Operator, Outcome

__all__ = ["CRITERIA", "GAP_CREDIT", "UNKNOWN_CREDIT", "convert", "evaluate"]

GAP_CREDIT: Final = 0.8
"""The most a missed condition can earn, just beyond its bound (chosen 2026-11-22)."""
MAX_TERMS: Final = 40
"""Terms and certificates of one fact or condition that are compared."""

GRADED: Final = frozenset({"material"})
"""Free criteria whose numbers are grades: another number of one system is another thing."""

_CURRENCY_CODE: Final = re.compile(r"[A-Z]{3}")
_Verdict = tuple[Outcome, str, float]


def convert(value: float, unit: str, criterion: str) -> float:
    """Return a value in the canonical unit of a criterion.

    Parameters
    ----------
    value
        A finite number.
    unit
        As typed: case, a final full stop and a plural s do not matter. ``""`` means canonical.
        For money a currency code of three letters (ISO 4217); the value stays as it is.
    criterion
        A key of :data:`CRITERIA` whose values are numbers.

    Returns
    -------
    float
        The value in ``CRITERIA[criterion].unit``.

    Raises
    ------
    ValueError
        When the criterion is unknown or not a number, the value is not finite, or the unit
        does not measure it; the message names the units that do.
    """
    known = CRITERIA.get(criterion)
    if known is None:
        raise ValueError(f"There is no criterion {criterion!r}.")
    if known.kind is not DataType.NUMBER:
        raise ValueError(f"{known.title} is not measured by a number.")
    if not math.isfinite(value):
        raise ValueError(f"{known.title} must be a finite number.")
    typed = unit.strip()
    if known.money:
        if not _CURRENCY_CODE.fullmatch(typed.upper()):
            raise ValueError(f"{typed[:20]!r} is not a currency code such as EUR.")
        return float(value)
    if not typed or typed == known.unit:
        return float(value)
    plain = typed.casefold().replace("μ", "µ").rstrip(".")
    factor = known.units.get(plain) or known.units.get(plain.replace("s/", "/").replace("s ", " "))
    factor = factor or known.units.get(plain.removesuffix("s"))
    factor = factor or known.units.get("inch" if plain == "inches" else "foot" if plain == "feet" else "")
    if factor is None:
        accepted = ", ".join(known.units) or "no unit"
        raise ValueError(f"{known.title} is not measured in {typed[:20]!r}; use {accepted}.")
    return float(value) * factor


def evaluate(
    condition: Condition, facts: Mapping[str, Fact], today: date, terms: Terms | None = None
) -> _Verdict:
    """Compare one condition with what the other side states of itself.

    Parameters
    ----------
    condition
        Bounds in the canonical unit. Money carries its currency in ``terms``.
    facts
        By criterion.
    today
        The day on which certificates must be valid.
    terms
        Compares free terms, by the thesaurus that comes with the engine unless another is given.

    Returns
    -------
    tuple of Outcome, str, float
        The outcome, what is stated (fit for display, empty when nothing), and the credit
        from 0 to 1. UNKNOWN when nothing is stated, the two cannot be compared, or nothing in
        them says that the one excludes the other: a GAP is certain.
    """
    criterion = CRITERIA.get(condition.criterion)
    fact = facts.get(condition.criterion)
    if criterion is None or fact is None:
        return Outcome.UNKNOWN, "", UNKNOWN_CREDIT
    if criterion.kind is DataType.NUMBER:
        return _number(condition, fact, criterion)
    if criterion.kind is DataType.CERTIFICATE:
        return _certificate(condition, fact, today)
    if condition.operator in {Operator.ONE_OF, Operator.ALL_OF}:
        return _terms(condition, fact, criterion, terms or own_terms())
    return _ranked(condition, fact, criterion)


def _number(condition: Condition, fact: Fact, criterion: Criterion) -> _Verdict:
    low = fact.low if fact.low is not None else fact.high
    high = fact.high if fact.high is not None else fact.low
    if low is None or high is None:
        return Outcome.UNKNOWN, "", UNKNOWN_CREDIT
    unit = fact.terms[0] if criterion.money and fact.terms else criterion.unit
    stated = f"{_span(low, high)} {'' if unit == 'currency' else unit}".strip()
    if criterion.money and condition.terms and fact.terms and condition.terms[0] != fact.terms[0]:
        return Outcome.UNKNOWN, stated, UNKNOWN_CREDIT
    at_most = condition.operator in {Operator.AT_MOST, Operator.BETWEEN}
    at_least = condition.operator in {Operator.AT_LEAST, Operator.BETWEEN}
    if condition.operator is Operator.BETWEEN:
        # Who holds ±0.01 mm can also make ±0.05 mm; who can make 10,000 can also make 1,000.
        at_least = criterion.direction is not Direction.LOWER
        at_most = criterion.direction is not Direction.HIGHER
    earned = []
    if at_most and condition.high is not None:
        earned.append(1.0 if low <= condition.high else _nearness(condition.high, low, criterion))
    if at_least and condition.low is not None:
        earned.append(1.0 if high >= condition.low else _nearness(high, condition.low, criterion))
    if not earned:
        return Outcome.UNKNOWN, stated, UNKNOWN_CREDIT
    credit = min(earned)
    return (Outcome.MATCH if credit == 1.0 else Outcome.GAP), stated, credit


def _nearness(smaller: float, larger: float, criterion: Criterion) -> float:
    """Return the credit of a missed bound: by the distance where there is a scale, else the ratio."""
    if criterion.scale is not None:
        return GAP_CREDIT * max(0.0, 1.0 - (larger - smaller) / criterion.scale)
    if smaller <= 0:
        return 0.0
    return GAP_CREDIT * (smaller / larger) ** 2


def _ranked(condition: Condition, fact: Fact, criterion: Criterion) -> _Verdict:
    """Compare ordered terms with bounds; the bound is the first term of the condition."""
    stated = ", ".join(fact.terms[:MAX_TERMS])
    if not criterion.ordered:
        return Outcome.UNKNOWN, stated, UNKNOWN_CREDIT
    named = [named_in(criterion.key, term[:TERM_CHARS]) for term in fact.terms[:MAX_TERMS]]
    held = _ranks(named, criterion)
    bounds = _ranks(
        (named_in(criterion.key, term[:TERM_CHARS]) for term in condition.terms[:MAX_TERMS]), criterion
    )
    if not held or not bounds:
        return Outcome.UNKNOWN, stated, UNKNOWN_CREDIT
    misses = []
    if condition.operator is not Operator.AT_MOST:
        misses.append(bounds[0] - max(held))
    if condition.operator is not Operator.AT_LEAST:
        misses.append(min(held) - bounds[-1])
    miss = max(misses)
    if miss <= 0:
        return Outcome.MATCH, stated, 1.0
    if len(fact.terms) > MAX_TERMS or not all(one.whole for one in named):
        return Outcome.UNKNOWN, stated, UNKNOWN_CREDIT
    return Outcome.GAP, stated, GAP_CREDIT * (1.0 - miss / len(criterion.terms))


def _ranks(named: Iterable[Named], criterion: Criterion) -> list[int]:
    return [rank for one in named for rank in sorted(criterion.terms.index(term) for term in one.terms)]


def _terms(condition: Condition, fact: Fact, criterion: Criterion, terms: Terms) -> _Verdict:
    stated = ", ".join(fact.terms[:MAX_TERMS])
    asked = condition.terms[:MAX_TERMS]
    closed = criterion.key in CLOSED
    held = tuple(term[:TERM_CHARS] for term in fact.terms) if closed else listed(fact.terms)
    if not asked or not held:
        return Outcome.UNKNOWN, stated, UNKNOWN_CREDIT
    if closed:
        verdicts = [
            max(
                (compare_closed(criterion.key, term[:TERM_CHARS], other) for other in held[:MAX_TERMS]),
                key=worth,
            )
            for term in asked
        ]
    else:
        graded = criterion.key in GRADED
        verdicts = [terms.met(term, held[:MAX_TERMS], graded=graded) for term in asked]
    if len(held) > MAX_TERMS:
        # What was not read may be what is asked for.
        verdicts = [max(one, (Outcome.UNKNOWN, UNKNOWN_CREDIT), key=worth) for one in verdicts]
    if condition.operator is Operator.ONE_OF:
        outcome, credit = max(verdicts, key=worth)
        return outcome, stated, credit
    # The worst decides: a longer list of needs must never earn more than a shorter one.
    outcome, _ = min(verdicts, key=worth)
    return outcome, stated, min(credit for _, credit in verdicts)


def _certificate(condition: Condition, fact: Fact, today: date) -> _Verdict:
    certificates = [*fact.certificates, *(Certificate(term) for term in fact.terms)]
    asked = [s for term in condition.terms[:MAX_TERMS] for s in parse_schemes(term)]
    if not certificates or not asked:
        return Outcome.UNKNOWN, "", UNKNOWN_CREDIT
    read = certificates[:MAX_TERMS]
    held = [(scheme, c) for c in read for scheme in parse_schemes(c.scheme)]
    answers = [_held(scheme, held, today) for scheme in asked]
    stated = "; ".join(dict.fromkeys(words for _, words in answers if words)) or _names(read)
    choose = max if condition.operator is Operator.ONE_OF else min
    outcome, credit = choose(((o, _CREDITS[o]) for o, _ in answers), key=worth)
    unread = len(certificates) > MAX_TERMS or any(len(c.scheme) > SCHEME_CHARS for c in read)
    if outcome is Outcome.GAP and unread:
        return Outcome.UNKNOWN, stated, UNKNOWN_CREDIT
    return outcome, stated, credit


_CREDITS: Final = {Outcome.MATCH: 1.0, Outcome.UNKNOWN: UNKNOWN_CREDIT, Outcome.GAP: 0.0}


def _held(asked: Scheme, held: Iterable[tuple[Scheme, Certificate]], today: date) -> tuple[Outcome, str]:
    """Return whether a certificate answers, and the words for the best one there is.

    One whose name is of an edition before the one asked for is not known to answer; see
    :meth:`matching.certificates.Scheme.outdates`.
    """
    found: list[tuple[Outcome, date, str]] = []
    for scheme, one in held:
        answers = asked.satisfied_by(scheme)
        last = one.expires or date.max
        if last < today and answers:
            found.append((Outcome.GAP, last, f"{one.scheme}, expired on {last.isoformat()}"))
        elif last >= today and (answers or asked.may_be(scheme)):
            sure = answers and not asked.outdates(scheme)
            words = one.scheme if one.expires is None else f"{one.scheme}, valid until {last.isoformat()}"
            found.append((Outcome.MATCH if sure else Outcome.UNKNOWN, last, words))
    if not found:
        return Outcome.GAP, ""
    outcome, _, words = max(found, key=lambda one: (worth((one[0], 0.0)), one[1]))
    return outcome, words


def _names(certificates: list[Certificate]) -> str:
    return ", ".join(dict.fromkeys(c.scheme for c in certificates))


def _span(low: float, high: float) -> str:
    return _figure(low) if low == high else f"{_figure(low)} to {_figure(high)}"


def _figure(value: float) -> str:
    """Write a number without exponent and without trailing zeros."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if math.isfinite(value) else ""
