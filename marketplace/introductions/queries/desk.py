"""What an office has before it: introductions by whose turn it is."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import loads
from marketplace.introductions.queries.seats import seats
from marketplace.introductions.states import ENDED, LIVE, By, IntroductionState, Origin
from marketplace.introductions.wording import name_of, standing
from marketplace.offices.models import Officer
from marketplace.offices.queries import StaffMember, staff_of
from marketplace.organisations.models import Membership
from marketplace.policy import Actor


class Shelf(enum.StrEnum):
    """Where an introduction lies on the desk."""

    # An officer of this office is to act.
    OURS = "ours"
    # The other office is.
    THEIRS = "theirs"
    # A side is to answer.
    ASKED = "asked"
    # The sides know each other.
    TOGETHER = "together"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Handled:
    """An introduction as an officer sees it: with the names of both sides.

    Parameters
    ----------
    officers
        Names of those who have it in hand.
    """

    id: int
    reference: str
    state: IntroductionState
    origin: Origin
    proposer: str
    other: str
    title: str
    standing: str
    officers: tuple[str, ...]
    due_at: datetime | None
    changed_at: datetime
    total: float | None


def brokered(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that an introduction is the actor's to broker."""
    mine = sorted(actor.memberships)
    sides = (Introduction.proposer_organisation_id, Introduction.other_organisation_id)
    apart = [sa.or_(side.is_(None), side.not_in(mine)) for side in sides]
    return sa.and_(policy.brokered_by(actor, Introduction), *apart)


def on_shelf(actor: Actor, shelf: Shelf) -> sa.ColumnElement[bool]:
    """Return the condition that an introduction lies on a shelf of the actor's desk."""
    proposed = Introduction.state == IntroductionState.PROPOSED
    vetted = Introduction.state == IntroductionState.VETTED
    if shelf is Shelf.OURS:
        if actor.is_admin:
            return sa.or_(proposed, vetted)
        return sa.or_(
            sa.and_(proposed, Introduction.proposer_office_id == actor.office_id),
            sa.and_(vetted, Introduction.other_office_id == actor.office_id),
        )
    if shelf is Shelf.THEIRS:
        return sa.and_(sa.or_(proposed, vetted), ~sa.func.coalesce(on_shelf(actor, Shelf.OURS), sa.false()))
    states = {
        Shelf.ASKED: (IntroductionState.SENT,),
        Shelf.TOGETHER: (
            IntroductionState.ACCEPTED,
            IntroductionState.MEETING_HELD,
            IntroductionState.NEGOTIATING,
        ),
        Shelf.ENDED: ENDED,
    }[shelf]
    return Introduction.state.in_(states)


def desk_introductions(
    session: Session, actor: Actor, shelf: Shelf, *, offset: int, limit: int
) -> list[Handled]:
    """Return what lies on a shelf; what ends first is on top, and what ended last.

    Parameters
    ----------
    offset, limit
        Of the window.
    """
    wanted = (brokered(actor), on_shelf(actor, shelf))
    order = (
        (Introduction.due_at, Introduction.id)
        if shelf in {Shelf.OURS, Shelf.THEIRS, Shelf.ASKED}
        else (Introduction.changed_at.desc(), Introduction.id.desc())
    )
    # In two steps: in one, the database joins and sorts whole rows before it takes a window of them.
    keys = session.scalars(
        sa.select(Introduction.id).where(*wanted).order_by(*order).offset(offset).limit(limit)
    ).all()
    rows = session.scalars(
        sa.select(Introduction).where(Introduction.id.in_(keys)).order_by(*order).options(*loads())
    ).all()
    return [handled(actor, row) for row in rows]


def shelf_counts(session: Session, actor: Actor) -> Mapping[Shelf, int]:
    """Count what lies on each shelf, in one query."""
    columns = [sa.func.count(Introduction.id).filter(on_shelf(actor, shelf)) for shelf in Shelf]
    row = session.execute(sa.select(*columns).where(brokered(actor))).one()
    return dict(zip(Shelf, row, strict=True))


def handled(actor: Actor, introduction: Introduction) -> Handled:
    """Return an introduction as the actor, who brokers it, sees it."""
    officers = {
        officer.name
        for officer in (introduction.proposer_officer, introduction.other_officer)
        if officer is not None
    }
    return Handled(
        id=introduction.id,
        reference=introduction.reference or "",
        state=introduction.state,
        origin=introduction.origin,
        proposer=name_of(introduction, By.PROPOSER),
        other=name_of(introduction, By.OTHER),
        title=introduction.other_listing.title,
        standing=standing(introduction, seats(actor, introduction)[0]),
        officers=tuple(sorted(officers)),
        due_at=introduction.due_at,
        changed_at=introduction.changed_at,
        total=introduction.total,
    )


def candidates(session: Session, actor: Actor, introduction: Introduction) -> Sequence[StaffMember]:
    """Return who may have an introduction in hand for the actor's office, by name."""
    offices = {introduction.proposer_office_id, introduction.other_office_id} - {None}
    if not actor.is_admin:
        offices &= {actor.office_id}
    sides = [introduction.proposer_organisation_id, introduction.other_organisation_id]
    partial = set(
        session.scalars(
            sa.select(Membership.user_id).where(Membership.organisation_id.in_([key for key in sides if key]))
        )
    )
    found = [person for office in sorted(offices, key=str) for person in staff_of(session, int(office or 0))]
    return [person for person in found if person.user_id not in partial]


def in_hand_count(session: Session, user_id: int) -> int:
    """Count the live introductions that an officer has in hand."""
    officer = sa.or_(Introduction.proposer_officer_id == user_id, Introduction.other_officer_id == user_id)
    live = Introduction.state.in_(LIVE)
    return session.scalar(sa.select(sa.func.count(Introduction.id)).where(officer, live)) or 0


def officer_by_id(session: Session, user_id: int) -> Officer | None:
    """Return somebody on the staff of an office."""
    return session.get(Officer, user_id)
