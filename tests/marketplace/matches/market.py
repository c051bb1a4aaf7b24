"""A small market: organisations, their people and listings, written straight into the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.accounts.models import User
from marketplace.db import Database
from marketplace.listings.models import (
    Capability,
    Dissemination,
    Listing,
    ListingSector,
    Requirement,
    State,
    next_change,
)
from marketplace.matches.services import score_listings, store_scores
from marketplace.offices.models import Office, OfficeKind
from marketplace.organisations.models import MemberRole, Membership, Organisation, OrganisationType
from marketplace.organisations.names import name_key
from marketplace.policy import Actor
from marketplace.search.replica import Replica
from matching.types import Kind, Operator, Side

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()
YEAR = timedelta(days=365)


@dataclass
class Market:
    """Adds rows, each in a transaction of its own unless told :meth:`together`, and numbers them."""

    database: Database
    now: datetime = NOW
    numbers: dict[str, int] = field(default_factory=dict)
    session: Session | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Add many rows in one transaction."""
        with self.database.transaction() as session:
            self.session = session
            try:
                yield
            finally:
                self.session = None

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Give the session to write in."""
        if self.session is not None:
            yield self.session
            return
        with self.database.transaction() as session:
            yield session

    def number(self, of: str) -> int:
        """Return the next number of a kind of thing."""
        self.numbers[of] = self.numbers.get(of, 0) + 1
        return self.numbers[of]

    def office(self) -> int:
        """Add an office."""
        with self.open() as session:
            row = Office(
                code=f"SPX-{self.number('office')}",
                kind=OfficeKind.SPX,
                name="SPX Accra",
                country="GH",
                created_at=self.now,
            )
            session.add(row)
            session.flush()
            return row.id

    def organisation(self, country: str = "GH", **given: Any) -> int:
        """Add an organisation."""
        number = self.number("organisation")
        values = {
            "reference": f"ORG-2026-{number:05}",
            "type": OrganisationType.ENTERPRISE,
            "name": f"Works {number}",
            "country": country,
            "created_at": self.now,
            "updated_at": self.now,
            **given,
        }
        values.setdefault("name_key", name_key(str(values["name"])))
        with self.open() as session:
            row = Organisation(**values)
            session.add(row)
            session.flush()
            return row.id

    def member(self, organisation_id: int, role: str = "owner") -> Actor:
        """Add a person who belongs to an organisation."""
        return self.join(self.person(), organisation_id, role)

    def join(self, person: Actor, organisation_id: int, role: str = "owner") -> Actor:
        """Make a person a member of an organisation too."""
        with self.open() as session:
            session.add(
                Membership(
                    organisation_id=organisation_id,
                    user_id=person.user_id,
                    role=MemberRole(role),
                    since=self.now,
                )
            )
        memberships = {**person.memberships, organisation_id: role}
        return Actor(user_id=person.user_id, email=person.email, memberships=MappingProxyType(memberships))

    def person(self, **given: Any) -> Actor:
        """Add a person with a confirmed address."""
        email = f"person{self.number('person')}@example.org"
        with self.open() as session:
            row = User(
                email=email,
                name="Ama",
                password_hash="x",
                session_key="k" * 32,
                verified_at=self.now,
                created_at=self.now,
                **given,
            )
            session.add(row)
            session.flush()
            return Actor(user_id=row.id, email=email)

    def listing(self, side: str, organisation_id: int | None, **given: Any) -> int:
        """Add a listing, published today unless said otherwise."""
        capabilities = given.pop("capabilities", ("CNC turning", "stainless steel shafts"))
        sectors: Sequence[str] = given.pop("sectors", ("2592",))
        requirements: Sequence[Requirement] = given.pop("requirements", ())
        values = {
            "reference": f"{'REQ' if side == 'request' else 'OFR'}-2026-{self.number('listing'):05}",
            "kind": Kind.SUBCONTRACTING,
            "title": "Turned shafts of stainless steel",
            "state": State.PUBLISHED,
            "country": "GH",
            "valid_until": (self.now + YEAR).date(),
            "published_at": self.now,
            "created_at": self.now,
            "updated_at": self.now,
            **given,
        }
        with self.open() as session:
            row = Listing(
                side=Side(side), organisation_id=organisation_id, change=next_change(session), **values
            )
            row.capabilities = [Capability(position=at, phrase=text) for at, text in enumerate(capabilities)]
            row.sectors = [ListingSector(position=at, code=code) for at, code in enumerate(sectors)]
            row.requirements = list(requirements)
            session.add(row)
            session.flush()
            return row.id

    def pair(self) -> tuple[int, int]:
        """Add a request and an offer that fit well, of two organisations with one member each."""
        buyer, maker = self.organisation(), self.organisation()
        self.member(buyer)
        self.member(maker)
        return self.listing("request", buyer), self.listing("offer", maker)

    def change(self, listing_id: int, **given: Any) -> None:
        """Change a listing, as a service would."""
        with self.open() as session:
            row = session.get_one(Listing, listing_id)
            for name, value in given.items():
                setattr(row, name, value)
            row.change = next_change(session)

    def say(self, listing_id: int, *capabilities: str) -> None:
        """Give a listing other capabilities."""
        with self.open() as session:
            row = session.get_one(Listing, listing_id)
            row.capabilities.clear()
            session.flush()
            row.capabilities = [Capability(position=at, phrase=text) for at, text in enumerate(capabilities)]
            row.change = next_change(session)


def tolerance(bound_mm: float, *, hard: bool = False) -> Requirement:
    """Return a requirement of a tolerance."""
    return Requirement(
        position=0, criterion="tolerance_mm", operator=Operator.AT_MOST, high=bound_mm, unit="mm", hard=hard
    )


OFFICES = Dissemination.OFFICES
MEMBERS = Dissemination.MEMBERS


def rescore(database: Database, replica: Replica, *ids: int, **rules: Any) -> int:
    """Do what the worker does for listings; returns how many matches were announced.

    Without keys, for every listing there is.
    """
    with database.reading() as session:
        wanted = ids or session.scalars(sa.select(Listing.id)).all()
    now: datetime = rules.pop("now", NOW)
    index = replica.refresh()
    with database.reading() as session:
        scored = score_listings(session, index, wanted, now.date())
    with database.transaction() as session:
        return store_scores(session, scored, now=now, **{"threshold": 60, "mails_per_listing": 5, **rules})
