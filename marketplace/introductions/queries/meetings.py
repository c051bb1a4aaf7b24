"""Meetings of an introduction: the one that is being arranged, and those before it."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.introductions.models import Introduction, Meeting
from marketplace.introductions.models.meeting import OPEN
from marketplace.introductions.queries.speakers import sides_spoken_for
from marketplace.introductions.states import By
from marketplace.offices.models import Office
from marketplace.organisations.models import MemberRole, Membership
from marketplace.policy import Actor

UTC_NAME = "UTC"


def meetings_of(session: Session, introduction_id: int) -> Sequence[Meeting]:
    """Return every proposal to meet, the newest first."""
    return session.scalars(
        sa.select(Meeting)
        .where(Meeting.introduction_id == introduction_id)
        .order_by(Meeting.number.desc())
        .options(selectinload(Meeting.times))
    ).all()


def last_meeting(session: Session, introduction_id: int) -> Meeting | None:
    """Return the newest proposal to meet."""
    return next(iter(meetings_of(session, introduction_id)), None)


def open_number(meetings: Sequence[Meeting]) -> int:
    """Return the number of the proposal that is open; 0 for none.  Only the newest can be."""
    return next((row.number for row in meetings if row.state in OPEN), 0)


def meeting_by_number(session: Session, introduction: Introduction, number: int) -> Meeting:
    """Return one proposal to meet.

    Raises
    ------
    NotFound
        Where there is none of this number.
    """
    found = session.scalar(
        sa.select(Meeting)
        .where(Meeting.introduction_id == introduction.id, Meeting.number == number)
        .options(selectinload(Meeting.times))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def zone_of_side(session: Session, introduction: Introduction, side: By) -> ZoneInfo:
    """Return the time zone in which a side lives: its person's, else that of its office."""
    organisation_id, office, said_yes_id = (
        (
            introduction.proposer_organisation_id,
            introduction.proposer_office,
            introduction.proposer_accepted_by_id,
        )
        if side is By.PROPOSER
        else (
            introduction.other_organisation_id,
            introduction.other_office,
            introduction.other_accepted_by_id,
        )
    )
    person = session.scalar(
        sa.select(User.time_zone)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.role.in_([MemberRole.OWNER, MemberRole.EDITOR]),
            # Who has never chosen one has this one.
            User.time_zone != UTC_NAME,
        )
        .order_by(sa.case((User.id == said_yes_id, 0), else_=1), User.id)
        .limit(1)
    )
    return ZoneInfo(person or _zone_of_office(office))


def zone_of_reader(session: Session, introduction: Introduction, actor: Actor) -> ZoneInfo:
    """Return the time zone in which somebody reads and types times.

    One's own; whoever has never chosen one lives where the side does for which they speak, and an
    officer where the office is.
    """
    if actor.time_zone != UTC_NAME:
        return ZoneInfo(actor.time_zone)
    sides = sides_spoken_for(actor, introduction)
    if sides:
        return zone_of_side(session, introduction, sides[0])
    office = session.get(Office, actor.office_id) if actor.office_id is not None else None
    return ZoneInfo(_zone_of_office(office))


def _zone_of_office(office: Office | None) -> str:
    return office.time_zone if office is not None else UTC_NAME
