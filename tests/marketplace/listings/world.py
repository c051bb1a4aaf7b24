"""An office, two firms and their people, and short ways to make listings in tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit import AuditEntry
from marketplace.db import Database
from marketplace.listings.models import Listing
from marketplace.listings.services import (
    ListingValues,
    post_listing,
    publish_listing,
    read_listing,
    submit_listing,
    values_of,
)
from marketplace.offices.models import Office, OfficeKind, Officer
from marketplace.organisations.models import MemberRole, Membership, Organisation, OrganisationType
from marketplace.outbox import Event
from marketplace.policy import Actor

# Pages ask the real clock, so that the tests' day is the present one.
NOW = clock.now().replace(microsecond=0)
TODAY = NOW.date()
FIRM = "Alpenwerk Dreherei GmbH"
BUYER = "Grossbau Armaturen AG"


def in_days(days: int) -> str:
    """Return a date relative to the tests' day, as browsers send it."""
    return (TODAY + timedelta(days=days)).isoformat()


def raw(**given: Any) -> dict[str, Any]:
    """Return what somebody types for a useful offer, with changes."""
    return {
        "side": "offer",
        "kind": "subcontracting",
        "title": "CNC turning of brass parts",
        "country": "AT",
        "capabilities": "CNC turning\nthread rolling",
        **given,
    }


def request(**given: Any) -> dict[str, Any]:
    """Return what somebody types for a useful request, with changes."""
    return raw(
        **{
            "side": "request",
            "title": "Turned brass fittings",
            "country": "DE",
            "response_deadline": in_days(20),
            **given,
        }
    )


def values(typed: Mapping[str, Any], today: date = TODAY) -> ListingValues:
    """Return checked values; the test's own input must be right."""
    found, problems = read_listing(typed, today)
    assert not problems, [(problem.field, problem.message) for problem in problems]
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class World:
    """Who is there; ids are those of the database."""

    database: Database
    office_id: int
    firm_id: int
    buyer_id: int
    people: Mapping[str, int]

    def member(self, role: str = "owner") -> Actor:
        """Return a member of the firm that offers."""
        return Actor(user_id=self.people["anna"], memberships=MappingProxyType({self.firm_id: role}))

    def buyer(self) -> Actor:
        """Return the owner of the firm that buys."""
        return Actor(user_id=self.people["bruno"], memberships=MappingProxyType({self.buyer_id: "owner"}))

    def officer(self) -> Actor:
        """Return an officer of the office of both firms."""
        return Actor(user_id=self.people["olga"], office_id=self.office_id)

    def other_officer(self) -> Actor:
        """Return an officer of another office."""
        return Actor(user_id=self.people["omar"], office_id=self.office_id + 1)

    def admin(self) -> Actor:
        """Return an administrator."""
        return Actor(user_id=self.people["ada"], is_admin=True)

    def draft(self, key: str = "a form", **given: Any) -> str:
        """Post a draft of the firm and return its reference."""
        with self.database.transaction() as session:
            posted = post_listing(
                session,
                self.member(),
                values(raw(**given)),
                organisation_id=self.firm_id,
                form_key=key,
                now=NOW,
            )
            return str(posted.listing.reference)

    def submitted(self, key: str = "a form", **given: Any) -> str:
        """Post and submit a listing of the firm."""
        reference = self.draft(key, **given)
        with self.database.transaction() as session:
            submit_listing(session, self.member(), reference, now=NOW)
        return reference

    def published(self, key: str = "a form", **given: Any) -> str:
        """Post, submit and publish a listing of the firm."""
        reference = self.submitted(key, **given)
        with self.database.transaction() as session:
            publish_listing(
                session, self.officer(), reference, version=self.listing(reference).version, now=NOW
            )
        return reference

    def listing(self, reference: str) -> Listing:
        """Return a listing as it is now, with what belongs to it."""
        with self.database.reading() as session:
            listing = session.scalars(sa.select(Listing).where(Listing.reference == reference)).one()
            values_of(listing)
            for row in listing.attachments:
                session.refresh(row, ["file"])
            return listing

    def events(self) -> list[str]:
        """Return the kinds of all events, in order."""
        with self.database.reading() as session:
            return list(session.scalars(sa.select(Event.kind).order_by(Event.id)))

    def acts(self) -> list[str]:
        """Return the acts in the audit about listings, in order."""
        with self.database.reading() as session:
            return list(
                session.scalars(
                    sa.select(AuditEntry.act).where(AuditEntry.thing == "listing").order_by(AuditEntry.id)
                )
            )


def build_world(database: Database, people: Mapping[str, int] | None = None) -> World:
    """Put the office, the firms and, where none are given, the people into a database."""
    with database.transaction() as session:
        named = dict(people or {})
        for name in ("anna", "bruno", "olga", "omar", "ada", "vera"):
            if name not in named:
                person = User(
                    email=f"{name}@example.org",
                    name=name.title(),
                    password_hash="-",
                    session_key=name,
                    created_at=NOW,
                    is_admin=name == "ada",
                    verified_at=NOW,
                )
                session.add(person)
                session.flush()
                named[name] = person.id
        offices = [
            Office(code=code, kind=OfficeKind.SPX, name=f"SPX {code}", country=code, created_at=NOW)
            for code in ("AT", "KE")
        ]
        session.add_all(offices)
        session.flush()
        session.add(Officer(user_id=named["olga"], office_id=offices[0].id, since=NOW))
        session.add(Officer(user_id=named["omar"], office_id=offices[1].id, since=NOW))
        firms = [
            Organisation(
                reference=f"ORG-{number}",
                type=OrganisationType.ENTERPRISE,
                name=name,
                name_key=name.casefold(),
                country=country,
                email="secret@alpenwerk.example",
                phone="+43 1 23456789",
                website="https://alpenwerk.example",
                office_id=offices[0].id,
                created_at=NOW,
                updated_at=NOW,
            )
            for number, (name, country) in enumerate(((FIRM, "AT"), (BUYER, "DE")), start=1)
        ]
        session.add_all(firms)
        session.flush()
        for who, firm, role in (
            ("anna", firms[0], MemberRole.OWNER),
            ("vera", firms[0], MemberRole.VIEWER),
            ("bruno", firms[1], MemberRole.OWNER),
        ):
            session.add(Membership(organisation_id=firm.id, user_id=named[who], role=role, since=NOW))
        return World(database, offices[0].id, firms[0].id, firms[1].id, named)
