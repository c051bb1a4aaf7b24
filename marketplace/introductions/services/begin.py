"""Writing a new introduction into the table; a live one of the same two is not doubled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.introductions.models import Introduction
from marketplace.introductions.services.move import time_limit, write_down
from marketplace.introductions.states import By, IntroductionState, Limit, Origin, Transition
from marketplace.listings.models import Listing
from marketplace.matches.models import Match
from marketplace.organisations.queries.found import hold_organisations
from marketplace.policy import Actor
from matching.types import Side


def begin(
    session: Session,
    actor: Actor,
    row: Transition,
    by: By,
    *,
    now: datetime,
    **values: Any,
) -> Introduction | None:
    """Take the first step of the table.

    Parameters
    ----------
    values
        The columns of the two sides, and what was written.

    Returns
    -------
    Introduction or None
        ``None`` where a live one is there already.

    Raises
    ------
    Conflict
        Where the record of one side has been merged into another meanwhile.
    """
    hold_organisations(session, values["proposer_organisation_id"], values["other_organisation_id"])
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    offices = [values["other_office_id"], values["proposer_office_id"]]
    if row.limit is Limit.OFFICER:
        offices = offices[1:] if row.to is IntroductionState.PROPOSED else offices[:1]
    written = session.scalar(
        insert(Introduction)
        .values(
            state=row.to,
            version=1,
            proposed_by_id=actor.user_id,
            proposed_at=now,
            changed_at=now,
            vetted_at=now if values["origin"] is Origin.OFFICE else None,
            sent_at=now if row.to is IntroductionState.SENT else None,
            **time_limit(session, row.limit, offices, now),
            **values,
        )
        .on_conflict_do_nothing()
        .returning(Introduction.id)
    )
    if written is None:
        return None
    introduction = session.get_one(Introduction, written)
    introduction.reference = f"INT-{now.year}-{written:05d}"
    session.flush()
    write_down(session, actor, introduction, row, by, None, now)
    return introduction


def stored_match(session: Session, one: Listing, two: Listing | None) -> Match | None:
    """Return the stored match of two listings, for keeping its score with the introduction."""
    if two is None:
        return None
    request, offer = (two, one) if one.side is Side.OFFER else (one, two)
    return session.scalar(sa.select(Match).where(Match.request_id == request.id, Match.offer_id == offer.id))
