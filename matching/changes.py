"""Single changes: a fact that meets a condition, a condition that a fact just meets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from matching.criteria import CRITERIA, Criterion, DataType, Direction
from matching.requirements import evaluate
from matching.terms import Terms
from matching.types import Certificate, Condition, Fact, Operator, Outcome

BOUNDS: Final = 4
"""Bounds, or further terms, that are tried in place of one."""
_LISTS: Final = frozenset({Operator.ONE_OF, Operator.ALL_OF})


def singles(condition: Condition) -> Iterable[Condition]:
    """Return the single conditions of a known criterion that go towards meeting one.

    Each is soft and of weight 1: a number from one bound; of several terms each one, and where all
    are needed also all together.
    """
    criterion = CRITERIA[condition.criterion]
    plain = Condition(condition.criterion, condition.operator)
    if criterion.kind is DataType.NUMBER:
        yield from _number_singles(condition, plain, criterion)
    elif condition.operator in _LISTS or criterion.kind is DataType.CERTIFICATE:
        for term in condition.terms:
            yield replace(plain, operator=Operator.ALL_OF, terms=(term,))
        if condition.operator is not Operator.ONE_OF and len(condition.terms) > 1:
            yield replace(plain, operator=Operator.ALL_OF, terms=condition.terms)
    elif condition.terms:
        most = condition.operator is Operator.AT_MOST
        operator = Operator.AT_MOST if most else Operator.AT_LEAST
        yield replace(plain, operator=operator, terms=condition.terms[-1:] if most else condition.terms[:1])


def _number_singles(condition: Condition, plain: Condition, criterion: Criterion) -> Iterable[Condition]:
    terms = condition.terms[:1] if criterion.money else ()
    between = condition.operator is Operator.BETWEEN
    if between and criterion.direction is Direction.NEITHER:
        yield replace(plain, low=condition.low, high=condition.high, terms=terms)
    elif condition.operator is Operator.AT_MOST or (between and criterion.direction is Direction.LOWER):
        yield replace(plain, operator=Operator.AT_MOST, high=condition.high, terms=terms)
    else:
        yield replace(plain, operator=Operator.AT_LEAST, low=condition.low, terms=terms)


def grant(
    facts: Mapping[str, Fact], condition: Condition, today: date, terms: Terms | None = None
) -> Mapping[str, Fact] | None:
    """Return facts that meet a condition too, and lose nothing; ``None`` where that cannot be.

    Parameters
    ----------
    facts
        By criterion; a span is stretched, terms and certificates are added.
    condition
        Of a known criterion.
    terms
        See :func:`matching.requirements.evaluate`.
    """
    criterion = CRITERIA[condition.criterion]
    held = facts.get(condition.criterion, Fact())
    if criterion.kind is DataType.NUMBER:
        value = condition.low if condition.low is not None else condition.high
        # Nobody can state two currencies at once.
        if value is None or (held.terms and condition.terms and held.terms[:1] != condition.terms[:1]):
            return None
        known = [v for v in (held.low, held.high, value) if v is not None]
        added = Fact(min(known), max(known), held.terms or condition.terms)
    elif criterion.kind is DataType.CERTIFICATE:
        named = tuple(Certificate(term) for term in condition.terms)
        added = replace(held, certificates=(*named, *held.certificates))
    else:
        added = replace(held, terms=tuple(dict.fromkeys((*condition.terms, *held.terms))))
    met = evaluate(condition, {condition.criterion: added}, today, terms)[0] is Outcome.MATCH
    return MappingProxyType({**facts, condition.criterion: added}) if met else None


def looser(
    condition: Condition, stated: Sequence[Mapping[str, Fact]], today: date, terms: Terms | None = None
) -> list[Condition]:
    """Return a condition with its bound moved to what others state beyond it, the slightest first.

    Parameters
    ----------
    condition
        Of any criterion; an unknown one has none.
    stated
        What the others state; only those for whom the condition is a gap count.
    terms
        See :func:`matching.requirements.evaluate`.

    Returns
    -------
    list of Condition
        At most :data:`BOUNDS`.
    """
    criterion = CRITERIA.get(condition.criterion)
    if criterion is None:
        return []
    missed = [facts for facts in stated if evaluate(condition, facts, today, terms)[0] is Outcome.GAP]
    facts = [one[condition.criterion] for one in missed]
    if criterion.kind is DataType.NUMBER:
        return _looser_number(condition, facts)
    if condition.operator is Operator.ALL_OF or criterion.kind is DataType.CERTIFICATE:
        return _fewer(condition) if facts else []
    if condition.operator is Operator.ONE_OF:
        common = Counter(term for fact in facts for term in dict.fromkeys(fact.terms))
        ranked = sorted(common, key=lambda term: (-common[term], term))
        return [replace(condition, terms=(*condition.terms, term)) for term in ranked[:BOUNDS]]
    return _looser_rank(condition, facts, criterion)


def _looser_number(condition: Condition, facts: Iterable[Fact]) -> list[Condition]:
    highs, lows = set(), set()
    for fact in facts:
        low, high = (fact.low, fact.high) if fact.low is not None else (fact.high, fact.high)
        high = low if high is None else high
        if condition.high is not None and low is not None and low > condition.high:
            highs.add(low)
        if condition.low is not None and high is not None and high < condition.low:
            lows.add(high)
    raised = [replace(condition, high=high) for high in sorted(highs)[:BOUNDS]]
    lowered = [replace(condition, low=low) for low in sorted(lows, reverse=True)[:BOUNDS]]
    return (raised + lowered)[:BOUNDS] if not (raised and lowered) else raised[:2] + lowered[:2]


def _fewer(condition: Condition) -> list[Condition]:
    """Return a condition that needs several terms with each of them left out."""
    if len(condition.terms) < 2 or condition.operator is Operator.ONE_OF:  # noqa: PLR2004 - several
        return []
    without = (tuple(t for t in condition.terms if t != left) for left in dict.fromkeys(condition.terms))
    return [replace(condition, terms=terms) for terms in without if terms][:BOUNDS]


def _looser_rank(condition: Condition, facts: Iterable[Fact], criterion: Criterion) -> list[Condition]:
    """Return a bound among ranked terms moved to what is held, rank by rank."""
    if condition.operator is Operator.BETWEEN:
        return []
    most = condition.operator is Operator.AT_MOST
    folded = {term.casefold(): rank for rank, term in enumerate(criterion.terms)}
    ranks = set()
    for fact in facts:
        held = [folded[term.casefold()] for term in fact.terms if term.casefold() in folded]
        if held:
            ranks.add(min(held) if most else max(held))
    moved = sorted(ranks, reverse=not most)[:BOUNDS]
    return [replace(condition, terms=(criterion.terms[rank],)) for rank in moved]
