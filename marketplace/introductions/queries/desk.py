"""What an office has before it: introductions by whose turn it is."""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.db import kept
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import card_rows
from marketplace.introductions.queries.seats import seats
from marketplace.introductions.states import ENDED, LIVE, By, IntroductionState, Origin
from marketplace.introductions.wording import name_of, stage, standing
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
    stage
        The state in words, with the name of the office where one is to act.
    officers
        Names of those who have it in hand.
    """

    id: int
    reference: str
    state: IntroductionState
    stage: str
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
    return sa.and_(policy.brokered_by(actor, Introduction), *_apart(actor))


def _apart(actor: Actor) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that neither side is the actor's own."""
    mine = sorted(actor.memberships)
    sides = (Introduction.proposer_organisation_id, Introduction.other_organisation_id)
    return [sa.or_(side.is_(None), side.not_in(mine)) for side in sides] if mine else []


_STATES: Final[Mapping[Shelf, tuple[IntroductionState, ...]]] = MappingProxyType(
    {
        Shelf.OURS: (IntroductionState.PROPOSED, IntroductionState.VETTED),
        Shelf.THEIRS: (IntroductionState.PROPOSED, IntroductionState.VETTED),
        Shelf.ASKED: (IntroductionState.SENT,),
        Shelf.TOGETHER: (
            IntroductionState.ACCEPTED,
            IntroductionState.MEETING_HELD,
            IntroductionState.NEGOTIATING,
        ),
        Shelf.ENDED: ENDED,
    }
)


def _ways(actor: Actor, shelf: Shelf) -> list[sa.ColumnElement[bool]]:
    """Return the ways in which an introduction can lie on a shelf, each of which an index answers.

    In one condition, the database would read all that the office has ever had.
    """
    first, second = policy.offices_of(actor, Introduction)
    proposed = Introduction.state == IntroductionState.PROPOSED
    vetted = Introduction.state == IntroductionState.VETTED
    if shelf is Shelf.OURS:
        return [sa.and_(proposed, first), sa.and_(vetted, second)]
    if shelf is Shelf.THEIRS:
        # Where there is no office it is not known whose it is, and then it is not the actor's.
        not_first, not_second = (~sa.func.coalesce(office, sa.false()) for office in (first, second))
        return [sa.and_(proposed, second, not_first), sa.and_(vetted, first, not_second)]
    return [
        sa.and_(Introduction.state == state, office) for state in _STATES[shelf] for office in (first, second)
    ]


def desk_introductions(
    session: Session, actor: Actor, shelf: Shelf, *, offset: int, limit: int
) -> list[Handled]:
    """Return what lies on a shelf; what ends first is on top, and what ended last.

    Parameters
    ----------
    offset, limit
        Of the window.
    """
    keys = session.scalars(_window(actor, shelf, offset, limit)).all()
    rows = {row.id: row for row in card_rows(session, keys)}
    return [handled(actor, rows[key]) for key in keys]


@kept
def _window(actor: Actor, shelf: Shelf, offset: int, limit: int) -> sa.Select[Any]:
    awaited = shelf in {Shelf.OURS, Shelf.THEIRS, Shelf.ASKED}
    at = Introduction.due_at if awaited else Introduction.changed_at
    # In two steps: in one, the database joins and sorts whole rows before it takes a window of them.
    firsts = [
        sa.select(Introduction.id, at.label("at"))
        .where(way, *_apart(actor))
        .order_by(*_in_order(at, Introduction.id, awaited=awaited))
        .limit(offset + limit)
        .subquery()
        for way in _ways(actor, shelf)
    ]
    found = sa.union(*(sa.select(first.c.id, first.c.at) for first in firsts)).subquery()
    return (
        sa.select(found.c.id)
        .order_by(*_in_order(found.c.at, found.c.id, awaited=awaited))
        .offset(offset)
        .limit(limit)
    )


def _in_order(at: Any, key: Any, *, awaited: bool) -> tuple[Any, Any]:
    return (at, key) if awaited else (at.desc(), key.desc())


@kept
def _counts(actor: Actor) -> sa.CompoundSelect[Any]:
    """Return how many there are by state, of each of the two offices and of both."""
    first, second = policy.offices_of(actor, Introduction)
    ends = {"first": first, "second": second, "both": sa.and_(first, second)}
    return sa.union_all(
        *(
            sa.select(sa.literal(name, sa.String()), Introduction.state, sa.func.count())
            .where(end, *_apart(actor))
            .group_by(Introduction.state)
            for name, end in ends.items()
        )
    )


def shelf_counts(session: Session, actor: Actor) -> Mapping[Shelf, int]:
    """Count what lies on each shelf, in one query."""
    counts: defaultdict[str, Counter[IntroductionState]] = defaultdict(Counter)
    for name, state, count in session.execute(_counts(actor)):
        counts[name][state] = count
    ours = counts["first"][IntroductionState.PROPOSED] + counts["second"][IntroductionState.VETTED]
    # What both ends of are with the office was counted twice.
    every = counts["first"] + counts["second"]
    every.subtract(counts["both"])
    found = {shelf: sum(every[state] for state in states) for shelf, states in _STATES.items()}
    return found | {Shelf.OURS: ours, Shelf.THEIRS: found[Shelf.THEIRS] - ours}


def handled(actor: Actor, introduction: Introduction) -> Handled:
    """Return an introduction as the actor, who brokers it, sees it."""
    officers = {
        officer.name
        for officer in (introduction.proposer_officer, introduction.other_officer)
        if officer is not None
    }
    seat = seats(actor, introduction)[0]
    return Handled(
        id=introduction.id,
        reference=introduction.reference or "",
        state=introduction.state,
        stage=stage(introduction, seat),
        origin=introduction.origin,
        proposer=name_of(introduction, By.PROPOSER),
        other=name_of(introduction, By.OTHER),
        title=introduction.other_listing.title,
        standing=standing(introduction, seat),
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
