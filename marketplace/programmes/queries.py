"""Programmes as they are looked up, and what belongs to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from marketplace.programmes.models import Enrolment, Programme, ProgrammeOffice

SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Counted:
    """A programme, and how many organisations are enrolled."""

    programme: Programme
    enrolled: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An organisation that is enrolled."""

    reference: str
    name: str
    country: str
    since: datetime


def all_programmes(session: Session) -> Sequence[Counted]:
    """Return every programme, by name."""
    counts: dict[int, int] = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(Enrolment.programme_id, sa.func.count())
            .where(Enrolment.left_at.is_(None))
            .group_by(Enrolment.programme_id)
        )
    }
    rows = session.scalars(sa.select(Programme).order_by(Programme.name, Programme.id).options(*_offices()))
    return [Counted(row, counts.get(row.id, 0)) for row in rows]


def programme_names(session: Session) -> Sequence[tuple[str, str]]:
    """Return code and name of every programme, by name."""
    rows = session.execute(sa.select(Programme.code, Programme.name).order_by(Programme.name, Programme.id))
    return [(row.code, row.name) for row in rows]


def programme_of(session: Session, actor: Actor, code: str, permission: str) -> Programme:
    """Return a programme, for somebody who may do something with it.

    Raises
    ------
    NotFound, Forbidden
        Where there is none; where the actor may not do this.
    """
    found = session.scalar(sa.select(Programme).where(Programme.code == code).options(*_offices()))
    if found is None:
        raise NotFound
    policy.require(actor, permission, found)
    return found


def enrolled_in(session: Session, programme: Programme) -> Sequence[Enrolled]:
    """Return the organisations that are enrolled now, by name, :data:`SHOWN` at most."""
    rows = session.execute(
        sa.select(Organisation.reference, Organisation.name, Organisation.country, Enrolment.since)
        .join(Enrolment, Enrolment.organisation_id == Organisation.id)
        .where(Enrolment.programme_id == programme.id, Enrolment.left_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
        .limit(SHOWN)
    )
    return [Enrolled(row[0] or "", *row[1:]) for row in rows]


def took_part(code: str, organisations: Collection[Any], at: Any = None) -> sa.ColumnElement[bool]:
    """Return whether one of some organisations was enrolled at a moment, as a condition in SQL.

    Parameters
    ----------
    code
        Of the programme; nobody took part in one that does not exist.
    organisations
        Columns with keys of organisations; empty ones are enrolled nowhere.
    at
        A column with the moment; ``None`` for whoever has been enrolled at any time.
    """
    meant = [
        Enrolment.programme_id == sa.select(Programme.id).where(Programme.code == code).scalar_subquery(),
        Enrolment.organisation_id.in_(organisations),
    ]
    if at is not None:
        meant += [Enrolment.since <= at, sa.or_(Enrolment.left_at.is_(None), Enrolment.left_at > at)]
    return sa.exists().where(*meant)


def _offices() -> tuple[Any, ...]:
    return (
        joinedload(Programme.office),
        selectinload(Programme.partners).joinedload(ProgrammeOffice.office),
    )
