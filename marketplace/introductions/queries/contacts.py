"""How each of the two sides can be reached; asked for only where both have said yes."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.belonged import belonged
from marketplace.offices.models import Office
from marketplace.organisations.models import MemberRole, Membership, Organisation


@dataclass(frozen=True, slots=True)
class Contacts:
    """How a side can be reached.

    Parameters
    ----------
    reference
        Of the organisation; ``""`` for a listing that an office holds.
    person, person_email
        Who has said yes, as long as the person is there; then an owner.
    """

    name: str
    reference: str
    country: str
    city: str
    address: str
    person: str
    person_email: str
    email: str
    phone: str
    website: str


def contacts_of(session: Session, introduction: Introduction) -> tuple[Contacts, Contacts]:
    """Return the contacts of the proposer's side and of the other side.

    Who may read them is decided by ``introduction:contacts``, before.
    """
    proposer = _of_side(
        session,
        (introduction.proposer_organisation_id, introduction.proposer_as_id),
        introduction.proposer_named,
        introduction.proposer_office,
        introduction.proposer_accepted_by_id,
    )
    other = _of_side(
        session,
        (introduction.other_organisation_id, introduction.other_as_id),
        introduction.other_named,
        introduction.other_office,
        introduction.other_accepted_by_id,
    )
    return proposer, other


def _of_side(
    session: Session,
    side: tuple[int | None, int | None],
    organisation: Organisation | None,
    office: Office | None,
    said_yes_id: int | None,
) -> Contacts:
    if organisation is None:
        return _of_office(office)
    person = session.execute(
        sa.select(User.name, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(
            belonged(*side),
            Membership.role.in_([MemberRole.OWNER, MemberRole.EDITOR]),
            User.suspended_at.is_(None),
        )
        .order_by(
            sa.case((User.id == said_yes_id, 0), else_=1),
            sa.case((Membership.role == MemberRole.OWNER, 0), else_=1),
            User.id,
        )
        .limit(1)
    ).first()
    return Contacts(
        name=organisation.name,
        reference=organisation.reference or "",
        country=organisation.country,
        city=organisation.city,
        address=organisation.address,
        person=person.name if person else "",
        person_email=person.email if person else "",
        email=organisation.email,
        phone=organisation.phone,
        website=organisation.website,
    )


def _of_office(office: Office | None) -> Contacts:
    return Contacts(
        name=office.name if office else "",
        reference="",
        country=office.country if office else "",
        city=office.city if office else "",
        address="",
        person="",
        person_email="",
        email=office.email if office else "",
        phone="",
        website="",
    )
