"""Who of an office has how much in hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.introductions.models import Introduction
from marketplace.introductions.states import LIVE
from marketplace.offices.models import Officer
from marketplace.offices.queries import StaffMember, staff_of
from marketplace.policy import Actor


@dataclass(frozen=True, slots=True)
class InHand:
    """An officer with the number of live introductions in their hands."""

    person: StaffMember
    count: int


@dataclass(frozen=True, slots=True)
class Hands:
    """An office's staff, and how many live introductions nobody of it has in hand."""

    officers: Sequence[InHand]
    nobodys: int


def hands_of_office(session: Session, actor: Actor) -> Hands:
    """Return who of the actor's office has how much in hand, in three queries."""
    office_id = actor.office_id or 0
    people = staff_of(session, office_id)
    counts = _counts(session, office_id)
    return Hands([InHand(person, counts.get(person.user_id, 0)) for person in people], counts.get(None, 0))


def colleague(session: Session, actor: Actor, user_id: int) -> Officer | None:
    """Return an officer of the actor's office."""
    found = session.get(Officer, user_id)
    return found if found is not None and found.office_id == actor.office_id else None


def _counts(session: Session, office_id: int) -> Mapping[int | None, int]:
    """Count live introductions by who has them in hand; one that a person holds at both ends counts once."""
    ends = [
        sa.select(Introduction.id.label("id"), officer.label("officer_id")).where(
            office == office_id, Introduction.state.in_(LIVE)
        )
        for office, officer in (
            (Introduction.proposer_office_id, Introduction.proposer_officer_id),
            (Introduction.other_office_id, Introduction.other_officer_id),
        )
    ]
    both = sa.union(*ends).subquery()
    rows = session.execute(sa.select(both.c.officer_id, sa.func.count()).group_by(both.c.officer_id))
    return {row[0]: row[1] for row in rows}
