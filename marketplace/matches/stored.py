"""The engine's score as JSON and back: what a match keeps of the reasons it was found for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matching.types import (
    Condition,
    ConditionResult,
    Contribution,
    Meeting,
    Operator,
    Outcome,
    Score,
    Side,
)


def score_as_json(score: Score) -> dict[str, Any]:
    """Return a score as plain values, all of it."""
    return {
        "request": score.request_id,
        "offer": score.offer_id,
        "total": score.total,
        "sides": [score.for_request, score.for_offer],
        "contributions": [[c.name, c.weight, c.value, c.points] for c in score.contributions],
        "meetings": [[m.asked, m.offered, m.similarity, m.how] for m in score.meetings],
        "conditions": [_result_as_json(result) for result in score.conditions],
        "sectors": list(score.sector_pair) if score.sector_pair else None,
        "excluded_by": list(score.excluded_by),
    }


def score_from_json(kept: Mapping[str, Any]) -> Score:
    """Return the score that :func:`score_as_json` was given.

    Raises
    ------
    KeyError
        Where the values are not a score.
    """
    pair = kept["sectors"]
    for_request, for_offer = kept["sides"]
    return Score(
        request_id=kept["request"],
        offer_id=kept["offer"],
        total=kept["total"],
        for_request=for_request,
        for_offer=for_offer,
        contributions=tuple(Contribution(*row) for row in kept["contributions"]),
        meetings=tuple(Meeting(*row) for row in kept["meetings"]),
        conditions=tuple(_result_from_json(row) for row in kept["conditions"]),
        sector_pair=(pair[0], pair[1], pair[2]) if pair else None,
        excluded_by=tuple(kept["excluded_by"]),
    )


def _result_as_json(result: ConditionResult) -> dict[str, Any]:
    condition = result.condition
    return {
        "asked_by": result.asked_by.value,
        "criterion": condition.criterion,
        "operator": condition.operator.value,
        "low": condition.low,
        "high": condition.high,
        "terms": list(condition.terms),
        "hard": condition.hard,
        "weight": condition.weight,
        "outcome": result.outcome.value,
        "stated": result.stated,
        "credit": result.credit,
    }


def _result_from_json(kept: Mapping[str, Any]) -> ConditionResult:
    condition = Condition(
        criterion=kept["criterion"],
        operator=Operator(kept["operator"]),
        low=kept["low"],
        high=kept["high"],
        terms=tuple(kept["terms"]),
        hard=kept["hard"],
        weight=kept["weight"],
    )
    return ConditionResult(
        asked_by=Side(kept["asked_by"]),
        condition=condition,
        outcome=Outcome(kept["outcome"]),
        stated=kept["stated"],
        credit=kept["credit"],
    )
