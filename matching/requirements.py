"""Conditions against facts: MATCH, GAP or UNKNOWN, with what is stated and how near it comes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from matching.certificates import Scheme, parse_schemes
from matching.criteria import CRITERIA, Criterion, DataType, Direction
from matching.lexical import similarity
from matching.normalise import Phrase, phrase
from matching.types import Certificate, Condition, Fact, Operator, Outcome

__all__ = ["CRITERIA", "GAP_CREDIT", "TERM_MATCH", "UNKNOWN_CREDIT", "convert", "evaluate"]

UNKNOWN_CREDIT: Final = 0.5
"""Credit of a condition nobody answered: between a gap and a match (chosen 2026-11-22)."""
GAP_CREDIT: Final = 0.8
"""The most a missed condition can earn, just beyond its bound (chosen 2026-11-22)."""
TERM_GAP_CREDIT: Final = 0.4
"""The most a term that is not the one asked for can earn: less than an unknown one."""
TERM_MATCH: Final = 0.85
"""Similarity from which two terms say the same (chosen 2026-11-22)."""
MAX_TERMS: Final = 40
"""Terms and certificates of one fact or condition that are compared."""

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


def evaluate(condition: Condition, facts: Mapping[str, Fact], today: date) -> _Verdict:
    """Compare one condition with what the other side states of itself.

    Parameters
    ----------
    condition
        Bounds in the canonical unit. Money carries its currency in ``terms``.
    facts
        By criterion.
    today
        The day on which certificates must be valid.

    Returns
    -------
    tuple of Outcome, str, float
        The outcome, what is stated (fit for display, empty when nothing), and the credit
        from 0 to 1. UNKNOWN when nothing is stated or the two cannot be compared.
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
        return _terms(condition, fact, criterion)
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
    ranks = {_plain(term): rank for rank, term in enumerate(criterion.terms)}
    held = [ranks[_plain(t)] for t in fact.terms[:MAX_TERMS] if _plain(t) in ranks]
    bounds = [ranks[_plain(t)] for t in condition.terms if _plain(t) in ranks]
    if not criterion.ordered or not held or not bounds:
        return Outcome.UNKNOWN, stated, UNKNOWN_CREDIT
    misses = []
    if condition.operator is not Operator.AT_MOST:
        misses.append(bounds[0] - max(held))
    if condition.operator is not Operator.AT_LEAST:
        misses.append(min(held) - bounds[-1])
    miss = max(misses)
    if miss <= 0:
        return Outcome.MATCH, stated, 1.0
    return Outcome.GAP, stated, GAP_CREDIT * (1.0 - miss / len(criterion.terms))


def _terms(condition: Condition, fact: Fact, criterion: Criterion) -> _Verdict:
    stated = ", ".join(fact.terms[:MAX_TERMS])
    asked = condition.terms[:MAX_TERMS]
    held = fact.terms[:MAX_TERMS]
    if not asked or not held:
        return Outcome.UNKNOWN, stated, UNKNOWN_CREDIT
    compare = _closed if criterion.terms or criterion.key in {"country", "language"} else _free
    verdicts = [max((compare(term, other) for other in held), key=_worth) for term in asked]
    if condition.operator is Operator.ONE_OF:
        outcome, credit = max(verdicts, key=_worth)
        return outcome, stated, credit
    # The worst decides: a longer list of needs must never earn more than a shorter one.
    outcome, _ = min(verdicts, key=_worth)
    return outcome, stated, min(credit for _, credit in verdicts)


def _worth(verdict: tuple[Outcome, float]) -> tuple[int, float]:
    """Rank verdicts: a match before what is not known before a gap."""
    order = {Outcome.GAP: 0, Outcome.UNKNOWN: 1, Outcome.MATCH: 2}
    return order[verdict[0]], verdict[1]


def _closed(asked: str, held: str) -> tuple[Outcome, float]:
    same = _plain(asked) == _plain(held)
    return (Outcome.MATCH, 1.0) if same else (Outcome.GAP, 0.0)


def _free(asked: str, held: str) -> tuple[Outcome, float]:
    """Compare two free terms; a grade asked for and not stated is unknown, not a match."""
    wanted, stated = phrase(asked), phrase(held)
    near = similarity(wanted, stated)
    if near >= TERM_MATCH:
        missing = _grades(wanted) - _grades(stated)
        if missing and not _grades(stated):
            return Outcome.UNKNOWN, UNKNOWN_CREDIT
        return (Outcome.GAP, TERM_GAP_CREDIT * near) if missing else (Outcome.MATCH, 1.0)
    return Outcome.GAP, TERM_GAP_CREDIT * near


def _grades(of: Phrase) -> set[str]:
    return {token.key for token in of.tokens if token.exact}


def _certificate(condition: Condition, fact: Fact, today: date) -> _Verdict:
    certificates = [*fact.certificates, *(Certificate(term) for term in fact.terms)][:MAX_TERMS]
    asked = [s for term in condition.terms[:MAX_TERMS] for s in parse_schemes(term)]
    if not certificates or not asked:
        return Outcome.UNKNOWN, "", UNKNOWN_CREDIT
    held = [(scheme, c) for c in certificates for scheme in parse_schemes(c.scheme)]
    answers = [_held(scheme, held, today) for scheme in asked]
    stated = "; ".join(dict.fromkeys(words for _, words in answers if words))
    met = sum(valid for valid, _ in answers)
    enough = met >= 1 if condition.operator is Operator.ONE_OF else met == len(asked)
    if enough:
        return Outcome.MATCH, stated, 1.0
    return Outcome.GAP, stated or _names(certificates), 0.0


def _held(asked: Scheme, held: list[tuple[Scheme, Certificate]], today: date) -> tuple[bool, str]:
    """Return whether a valid certificate answers, and the words for the best one there is."""
    answers = [c for scheme, c in held if asked.satisfied_by(scheme)]
    if not answers:
        return False, ""
    best = max(answers, key=lambda c: c.expires or date.max)
    if best.expires is None:
        return True, best.scheme
    if best.expires < today:
        return False, f"{best.scheme}, expired on {best.expires.isoformat()}"
    return True, f"{best.scheme}, valid until {best.expires.isoformat()}"


def _names(certificates: list[Certificate]) -> str:
    return ", ".join(dict.fromkeys(c.scheme for c in certificates))


def _plain(term: str) -> str:
    return " ".join(term.casefold().replace("-", " ").split())


def _span(low: float, high: float) -> str:
    return _figure(low) if low == high else f"{_figure(low)} to {_figure(high)}"


def _figure(value: float) -> str:
    """Write a number without exponent and without trailing zeros."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if math.isfinite(value) else ""
