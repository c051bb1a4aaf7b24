"""A side's answer: yes, which needs the other's yes to open the contacts, or no with a reason."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.db import UtcDateTime
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.seats import DECLINES, open_row
from marketplace.introductions.services.move import (
    move,
    no_side_is_suspended,
    read_reason,
    too_late,
    write_down,
)
from marketplace.introductions.states import REVEALED, By, IntroductionState, Reason, row
from marketplace.listings.models import Listing
from marketplace.policy import Actor


def accept_introduction(session: Session, actor: Actor, introduction: Introduction, *, now: datetime) -> bool:
    """Say yes for a side.

    The one UPDATE that finds both consents also opens the contacts, so that two sides who say yes
    in the same moment are both right, and the second of them opens.

    Returns
    -------
    bool
        Whether this was new; a second yes of the same side changes nothing.

    Raises
    ------
    Conflict
        Where it has ended meanwhile.
    """
    policy.require(actor, "introduction:accept", introduction)
    side = _side(actor, introduction)
    own, theirs = Introduction.other_accepted_at, Introduction.proposer_accepted_at
    columns = {"other_accepted_at": now, "other_accepted_by_id": actor.user_id}
    if side is By.PROPOSER:
        own, theirs = theirs, own
        columns = {"proposer_accepted_at": now, "proposer_accepted_by_id": actor.user_id}
    _hold_listings(session, introduction)
    both = theirs.is_not(None)
    moment = sa.literal(now, UtcDateTime())
    taken = session.scalar(
        sa.update(Introduction)
        .where(
            Introduction.id == introduction.id,
            Introduction.state == IntroductionState.SENT,
            own.is_(None),
            no_side_is_suspended(),
        )
        .values(
            state=sa.case(
                (both, sa.literal(IntroductionState.ACCEPTED, Introduction.state.type)),
                else_=Introduction.state,
            ),
            version=Introduction.version + 1,
            changed_at=now,
            revealed_at=sa.case((both, moment), else_=None),
            due_at=sa.case((both, None), else_=Introduction.due_at),
            remind_half_at=sa.case((both, None), else_=Introduction.remind_half_at),
            remind_last_at=sa.case((both, None), else_=Introduction.remind_last_at),
            **columns,
        )
        .returning(Introduction.state)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        return _said_before(session, actor, introduction, side)
    session.refresh(introduction)
    opened = taken is IntroductionState.ACCEPTED
    if opened:
        _answer_listings(session, introduction, now)
    step = row("accept" if opened else "consent")
    write_down(session, actor, introduction, step, side, IntroductionState.SENT, now)
    return True


def _hold_listings(session: Session, introduction: Introduction) -> None:
    """Take both listings before the introduction, always in one order: nobody waits for each other."""
    session.execute(
        sa.select(Listing.id)
        .where(_are_of(introduction))
        .order_by(Listing.id)
        .with_for_update(key_share=True)
    )


def _answer_listings(session: Session, introduction: Introduction, now: datetime) -> None:
    """Note that the listings were answered, unless another introduction has answered them before."""
    session.execute(
        sa.update(Listing)
        .where(_are_of(introduction), Listing.answered_at.is_(None))
        .values(answered_at=now)
        .execution_options(synchronize_session=False)
    )


def _are_of(introduction: Introduction) -> sa.ColumnElement[bool]:
    """Return the condition for the listings of an introduction; a proposer may have named none."""
    keys = (introduction.proposer_listing_id, introduction.other_listing_id)
    return Listing.id.in_([key for key in keys if key is not None])


def _side(actor: Actor, introduction: Introduction) -> By:
    """Return for which side the actor answers; of somebody's two, the one that has not answered yet."""
    answers = policy.answers_as_other(actor, introduction)
    if policy.answers_as_proposer(actor, introduction) and (not answers or introduction.proposer_awaited):
        return By.PROPOSER
    return By.OTHER


def _said_before(session: Session, actor: Actor, introduction: Introduction, side: By) -> bool:
    conflict = too_late(session, actor, introduction)
    said = introduction.proposer_accepted_at if side is By.PROPOSER else introduction.other_accepted_at
    if said is None or introduction.state not in {IntroductionState.SENT, *REVEALED}:
        raise conflict
    return False


def decline_introduction(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    *,
    reason: Reason | None,
    words: str,
    version: int | None,
    now: datetime,
) -> None:
    """Say no: for a side that is asked, or as the office whose turn it is.

    A side that has said yes may still say no while the other has not answered.

    Parameters
    ----------
    words
        More about the reason, for the offices; never for the other side.

    Raises
    ------
    Conflict
        Where it is not the actor's turn any more.
    Invalid
        For ``reason`` or ``words``.
    """
    policy.require(actor, "introduction:decline", introduction)
    found = open_row(actor, introduction, DECLINES)
    if found is None:
        raise too_late(session, actor, introduction)
    step, by = found
    given = read_reason(step, reason, words)
    move(session, actor, introduction, step, by, now=now, version=version, **given)
