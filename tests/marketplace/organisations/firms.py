"""Invented organisations and their people, for the tests of this folder and of its neighbours."""

from __future__ import annotations

from datetime import UTC, datetime

from marketplace.accounts.models import User
from marketplace.db import Database
from marketplace.offices.models import Office, OfficeCountry, OfficeKind, Officer
from marketplace.organisations.models import MemberRole, Membership, Organisation, OrganisationType
from marketplace.organisations.services.profile import add_organisation
from marketplace.organisations.services.values import Profile
from marketplace.policy import Actor
from tests.marketplace.visitor import add_person

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def add_office(
    database: Database, code: str, *countries: str, kind: OfficeKind = OfficeKind.SPX, officer: str = ""
) -> int:
    """Add an office that covers countries, and a person who works there."""
    user_id = add_person(database, officer) if officer else None
    with database.transaction() as session:
        office = Office(code=code, kind=kind, name=f"{code} office", country=countries[0], created_at=NOW)
        office.countries = [OfficeCountry(country=country, kind=kind) for country in countries]
        session.add(office)
        session.flush()
        if user_id is not None:
            session.add(Officer(user_id=user_id, office_id=office.id, since=NOW))
        return office.id


def add_firm(
    database: Database,
    name: str = "Adom Precision Works Ltd",
    *,
    country: str = "GH",
    city: str = "Kumasi",
    **said: object,
) -> tuple[int, str]:
    """Add an organisation; gives its id and its reference."""
    profile = Profile(name=name, type=OrganisationType.ENTERPRISE, country=country, city=city, **said)  # type: ignore[arg-type]
    with database.transaction() as session:
        organisation = add_organisation(session, profile, now=NOW)
        return organisation.id, str(organisation.reference)


def join(database: Database, organisation_id: int, email: str, role: MemberRole = MemberRole.OWNER) -> int:
    """Add a person who belongs to an organisation."""
    user_id = add_person(database, email)
    with database.transaction() as session:
        session.add(Membership(organisation_id=organisation_id, user_id=user_id, role=role, since=NOW))
    return user_id


def acting(database: Database, user_id: int, *organisations: tuple[int, MemberRole]) -> Actor:
    """Return the actor of a person."""
    with database.reading() as session:
        user = session.get_one(User, user_id)
    return Actor(
        user_id=user_id,
        name=user.name,
        email=user.email,
        memberships={number: role.value for number, role in organisations},
    )


def stored(database: Database, organisation_id: int) -> Organisation:
    """Return an organisation as it is now."""
    with database.reading() as session:
        return session.get_one(Organisation, organisation_id)
