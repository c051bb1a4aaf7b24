"""In whose hands an introduction is: giving it to a colleague, and an officer who leaves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.errors import Invalid
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.seats import seats
from marketplace.introductions.services.move import THING, too_late
from marketplace.introductions.states import LIVE, By
from marketplace.offices.models import Officer
from marketplace.organisations.models import Membership
from marketplace.policy import Actor


def reassign(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    *,
    officer_id: int | None,
    version: int | None,
    now: datetime,
) -> None:
    """Give an introduction into the hands of a colleague, or back to the whole office.

    Parameters
    ----------
    officer_id
        The user's key; ``None`` for any officer of the actor's office.

    Raises
    ------
    Conflict
        Where it has ended, or somebody else has just changed it.
    Invalid
        For ``officer``, who has to work for one of the two offices and to belong to neither side.
    """
    policy.require(actor, "introduction:reassign", introduction)
    office_id = actor.office_id if officer_id is None else _office_of(session, introduction, officer_id)
    columns = [
        name
        for name, office in (
            ("proposer_officer_id", introduction.proposer_office_id),
            ("other_officer_id", introduction.other_office_id),
        )
        if office == office_id or (officer_id is None and actor.is_admin)
    ]
    conditions = [Introduction.id == introduction.id, Introduction.state.in_(LIVE)]
    if version is not None:
        conditions.append(Introduction.version == version)
    values: dict[str, Any] = dict.fromkeys(columns, officer_id)
    given = session.scalar(
        sa.update(Introduction)
        .where(*conditions)
        .values(version=Introduction.version + 1, **values)
        .returning(Introduction.version)
        .execution_options(synchronize_session=False)
    )
    if given is None:
        raise too_late(session, actor, introduction)
    session.refresh(introduction)
    facts = {"by": seats(actor, introduction)[0].value, "officer": officer_id}
    audit.note(session, actor.user_id, "introduction:reassign", THING, introduction.id, now, facts)
    if officer_id not in {None, actor.user_id}:
        ids = {"introduction": introduction.id, "officer": officer_id}
        key = f"introduction:{introduction.id}:{given}"
        outbox.record(session, "IntroductionReassigned", ids, at=now, key=key)


def _office_of(session: Session, introduction: Introduction, officer_id: int) -> int:
    """Return the office of an officer who may have the introduction in hand."""
    officer = session.get(Officer, officer_id)
    sides = [introduction.proposer_organisation_id, introduction.other_organisation_id]
    partial = session.scalar(
        sa.select(Membership.user_id).where(
            Membership.user_id == officer_id, Membership.organisation_id.in_([side for side in sides if side])
        )
    )
    offices = {introduction.proposer_office_id, introduction.other_office_id}
    if officer is None or officer.office_id not in offices or partial is not None:
        raise Invalid("officer", _("Choose somebody of the two offices who is not a side."), "unknown")
    return officer.office_id


def hand_over(session: Session, actor: Actor, officer: Officer, *, to_id: int | None, now: datetime) -> int:
    """Give all that an officer has in hand to a colleague, or back to the whole office.

    Parameters
    ----------
    to_id
        The user's key; ``None`` for any officer of the office.

    Returns
    -------
    int
        How many introductions.

    Raises
    ------
    NotFound
        Where the officer works for another office.
    Invalid
        For ``officer``, who has to be a colleague.
    """
    policy.require(actor, "introduction:hand_over", officer)
    if to_id is not None:
        colleague = session.get(Officer, to_id)
        if colleague is None or colleague.office_id != officer.office_id or to_id == officer.user_id:
            raise Invalid("officer", _("Choose a colleague of the same office."), "unknown")
    given = _give(session, actor, officer.user_id, to_id, now)
    if given and to_id is not None:
        ids = {"introductions": given, "officer": to_id}
        key = f"handed_over:{officer.user_id}:{to_id}:{now.isoformat()}"
        outbox.record(session, "IntroductionsHandedOver", ids, at=now, key=key)
    return len(given)


def release(session: Session, user_id: int, *, now: datetime) -> int:
    """Give back to the office what somebody has in hand who does not work there any more.

    Returns
    -------
    int
        How many introductions.
    """
    return len(_give(session, None, user_id, None, now))


def _give(
    session: Session, actor: Actor | None, from_id: int, to_id: int | None, now: datetime
) -> Sequence[int]:
    """Write the new hands into every live introduction, and note each in the audit."""
    still_there = sa.select(Officer.office_id).where(Officer.user_id == from_id)
    given: set[int] = set()
    for column, office in (
        (Introduction.proposer_officer_id, Introduction.proposer_office_id),
        (Introduction.other_officer_id, Introduction.other_office_id),
    ):
        mine = [column == from_id, Introduction.state.in_(LIVE)]
        if actor is None:
            # Whoever is back meanwhile, or works for the other of the two offices, keeps what is theirs.
            mine.append(sa.or_(office.is_(None), office.not_in(still_there)))
        elif to_id is not None:
            mine.append(~_takes_part(to_id))
        given |= set(
            session.scalars(
                sa.update(Introduction)
                .where(*mine)
                .values({column.key: to_id, "version": Introduction.version + 1})
                .returning(Introduction.id)
                .execution_options(synchronize_session=False)
            )
        )
    for key in sorted(given):
        facts = {"by": By.EXCHANGE.value if actor is None else _seat(session, actor, key), "officer": to_id}
        user_id = actor.user_id if actor else None
        audit.note(session, user_id, "introduction:hand_over", THING, key, now, facts)
    return sorted(given)


def _takes_part(user_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a person belongs to one of the sides: they get no introduction of it."""
    sides = [Introduction.proposer_organisation_id, Introduction.other_organisation_id]
    return sa.exists().where(Membership.user_id == user_id, Membership.organisation_id.in_(sides))


def _seat(session: Session, actor: Actor, introduction_id: int) -> str:
    introduction = session.get_one(Introduction, introduction_id)
    return next(iter(seats(actor, introduction)), By.PROPOSER_OFFICE).value
