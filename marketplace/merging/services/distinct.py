"""Saying that two organisations look alike and are not the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.merging.models import Distinct
from marketplace.merging.queries.preview import Pair, pair_of
from marketplace.policy import Actor


def tell_apart(session: Session, actor: Actor, *, first: str, second: str, now: datetime) -> Pair:
    """Write down that two are not the same; a second time changes nothing.

    Parameters
    ----------
    first, second
        References, in any order.
    """
    pair = pair_of(session, actor, first, second)
    policy.require(actor, "organisation:merge", pair)
    low, high = _ordered(pair)
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    new = (
        insert(Distinct)
        .values(organisation_id=low, other_organisation_id=high, by_id=actor.user_id, at=now)
        .on_conflict_do_nothing(index_elements=["organisation_id", "other_organisation_id"])
        .returning(Distinct.organisation_id)
    )
    if session.execute(new).first() is not None:
        _note(session, actor, pair, "organisation:distinct", now)
    return pair


def take_back(session: Session, actor: Actor, *, first: str, second: str, now: datetime) -> Pair:
    """Let two that were told apart be proposed again."""
    pair = pair_of(session, actor, first, second)
    policy.require(actor, "organisation:merge", pair)
    low, high = _ordered(pair)
    gone = sa.delete(Distinct).where(Distinct.organisation_id == low, Distinct.other_organisation_id == high)
    if session.execute(gone.returning(Distinct.organisation_id)).first() is not None:
        _note(session, actor, pair, "organisation:alike", now)
    return pair


def _ordered(pair: Pair) -> tuple[int, int]:
    low, high = sorted([pair.kept.id, pair.merged.id])
    return low, high


def _note(session: Session, actor: Actor, pair: Pair, act: str, now: datetime) -> None:
    low, high = _ordered(pair)
    for one, other in ((low, high), (high, low)):
        audit.note(session, actor.user_id, act, "organisation", one, now, {"other": other})
