"""What is read of offices."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from marketplace.accounts.models import User
from marketplace.errors import NotFound
from marketplace.offices.models import OFFICER_DAYS, SIDE_DAYS, Office, OfficeCountry, OfficeKind, Officer
from marketplace.offices.working_days import Calendar
from marketplace.policy import Actor, require

CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person on an office's staff."""

    user_id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast an office works: when, and how many working days people have.

    Parameters
    ----------
    officer_days, side_days
        For an officer to look at an introduction; for a side to answer it.
    """

    calendar: Calendar = field(default_factory=Calendar)
    officer_days: int = OFFICER_DAYS
    side_days: int = SIDE_DAYS


def all_offices(session: Session) -> Sequence[Office]:
    """Return every office with its countries, by name."""
    return list(
        session.scalars(sa.select(Office).options(selectinload(Office.countries)).order_by(Office.name))
    )


def office_to_edit(session: Session, actor: Actor, code: str) -> Office:
    """Return an office that the actor may edit.

    Raises
    ------
    NotFound
        Where there is none, or it is not the actor's.
    """
    office = None
    if CODE.fullmatch(code):
        office = session.scalar(
            sa.select(Office)
            .where(Office.code == code)
            .options(selectinload(Office.countries), selectinload(Office.holidays))
        )
    if office is None:
        raise NotFound
    require(actor, "office:edit", office)
    return office


def office_of(session: Session, actor: Actor) -> Office | None:
    """Return the office the actor works for."""
    return None if actor.office_id is None else session.get(Office, actor.office_id)


def staff_of(session: Session, office_id: int) -> Sequence[StaffMember]:
    """Return who works for an office, by name."""
    rows = session.execute(
        sa.select(User.id, User.name, User.email)
        .join(Officer, Officer.user_id == User.id)
        .where(Officer.office_id == office_id)
        .order_by(User.name, User.id)
    )
    return [StaffMember(row.id, row.name, row.email) for row in rows]


def office_names(session: Session) -> Mapping[int, str]:
    """Return the name of every office by its id."""
    return {row.id: row.name for row in session.execute(sa.select(Office.id, Office.name))}


def covering_office_id(session: Session, country: str) -> int | None:
    """Return the office an organisation of a country belongs to.

    An SPX that covers the country comes first, then an ITPO; where nobody covers it, the oldest
    office takes it, so that no listing waits for ever.
    """
    spx_first = sa.case((OfficeCountry.kind == OfficeKind.SPX, 0), else_=1)
    covering = session.scalar(
        sa.select(OfficeCountry.office_id)
        .where(OfficeCountry.country == country)
        .order_by(spx_first)
        .limit(1)
    )
    return covering if covering is not None else session.scalar(sa.select(sa.func.min(Office.id)))


def pace_of(session: Session, office_id: int | None) -> Pace:
    """Return how fast an office works; for none, what an office is made with."""
    return paces_of(session, {office_id}).get(office_id) or Pace()


def paces_of(session: Session, office_ids: Collection[int | None]) -> Mapping[int | None, Pace]:
    """Return how fast offices work, in two queries however many there are; those unknown are left out."""
    wanted = [key for key in office_ids if key is not None]
    if not wanted:
        return {}
    rows = session.scalars(
        sa.select(Office).where(Office.id.in_(wanted)).options(selectinload(Office.holidays))
    )
    return {office.id: _pace(office) for office in rows}


def _pace(office: Office) -> Pace:
    return Pace(
        Calendar(
            office.time_zone,
            frozenset(int(figure) for figure in office.weekend),
            frozenset(holiday.date for holiday in office.holidays),
        ),
        office.officer_days,
        office.side_days,
    )
