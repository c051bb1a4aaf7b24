"""Two records of one maker, a partner with whom each has dealings, and what stands in every table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from marketplace.db import Database
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Listing
from marketplace.matches.models import Match
from marketplace.merging.models import Merge
from marketplace.merging.services.merge import merge_organisations
from marketplace.merging.services.undo import undo_merge
from marketplace.organisations.models import (
    EmployeeBand,
    HeldCertificate,
    Identifier,
    Invitation,
    Machine,
    MemberRole,
    Organisation,
)
from marketplace.organisations.names import name_key
from marketplace.policy import Actor
from marketplace.schema import metadata
from tests.marketplace.introductions.world import World

# What has another value whatever happens: what was done, numbers of changes and versions.
RECORDS = frozenset({"audit_entry", "event", "delivery", "organisation_merge", "change_counter"})
NUMBERS = frozenset({"organisation.version", "organisation.updated_at", "listing.change"})


class Twins:
    """The maker of :class:`World`, its duplicate, and the buyer."""

    def __init__(self, database: Database, world: World | None = None) -> None:
        self.database = database
        self.world = world = world or World(database)
        market = world.market
        self.kept = world.maker
        with market.together():
            self.twin = market.organisation(
                "KE",
                name="Nyota Works Limited",
                name_key="nyota works",
                email="twin@example.org",
                phone="+254 20 123 4567",
                city="Nairobi",
                employees=EmployeeBand.MEDIUM,
                languages=["en", "sw"],
                office_id=world.first_office,
            )
            self._twin_person = market.member(self.twin)
            both = market.member(self.kept, "viewer")
            self._both = market.join(both, self.twin, "editor")
            self.twin_offer = market.listing("offer", self.twin, office_id=world.first_office)
            self.twin_request = market.listing("request", self.twin, office_id=world.first_office)
            self.second_request = market.listing(
                "request", world.buyer, office_id=world.second_office, title="Flanges wanted"
            )
        with database.transaction() as session:
            for row in session.scalars(sa.select(Organisation)):
                row.reference = f"ORG-2026-{row.id:05}"
                row.name_key = name_key(row.name)
            for organisation in (self.kept, self.twin):
                session.add_all(
                    [
                        Identifier(organisation_id=organisation, country="KE", scheme="tin", value="P051"),
                        HeldCertificate(organisation_id=organisation, scheme="ISO 9001", number="7"),
                    ]
                )
            session.add_all(
                [
                    Identifier(organisation_id=self.twin, country="KE", scheme="register", value="C.1"),
                    HeldCertificate(organisation_id=self.twin, scheme="ISO 14001", number="8"),
                    Machine(organisation_id=self.twin, type="Lathe", maker="Doosan", year=2019),
                    Invitation(
                        organisation_id=self.twin,
                        email="colleague@example.org",
                        role=MemberRole.EDITOR,
                        invited_by_id=self._twin_person.user_id,
                        created_at=world.now,
                        expires_at=world.now,
                    ),
                    Match(
                        request_id=self.twin_request,
                        offer_id=world.offer,
                        total=81.5,
                        explanation={"criteria": []},
                        found_at=world.now,
                        scored_at=world.now,
                    ),
                ]
            )

    @property
    def twin_person(self) -> Actor:
        """Give the owner of the duplicate, with permissions as they are now."""
        return self.world.again(self._twin_person)

    @property
    def both(self) -> Actor:
        """Give somebody who belongs to both."""
        return self.world.again(self._both)

    def meet(self, state: IntroductionState = IntroductionState.ACCEPTED) -> int:
        """Let the duplicate meet the buyer about the second request; returns the key."""
        key = self.world.express(
            self.twin_person,
            organisation_id=self.twin,
            own=self.twin_offer,
            listing=self.second_request,
        )
        if state is not IntroductionState.AGREED:
            return self.world.reach(state, key)
        self.world.reach(IntroductionState.ACCEPTED, key)
        self.world.agree(key, self.twin_person)
        return key

    def get(self, organisation_id: int) -> Organisation:
        """Return an organisation as it is now."""
        with self.database.reading() as session:
            return session.get_one(Organisation, organisation_id)

    def reference(self, organisation_id: int) -> str:
        """Return the reference of an organisation."""
        return str(self.get(organisation_id).reference)

    def merge(self, actor: Actor | None = None, *, swapped: bool = False, **given: Any) -> int:
        """Merge the duplicate into the kept one; returns the merge's key."""
        kept, merged = (self.twin, self.kept) if swapped else (self.kept, self.twin)
        values = {
            "choices": {},
            "versions": (self.get(kept).version, self.get(merged).version),
            "now": self.world.now,
            **given,
        }
        with self.database.transaction() as session:
            return merge_organisations(
                session,
                actor or self.world.first,
                kept=self.reference(kept),
                merged=self.reference(merged),
                **values,
            ).id

    def undo(self, merge_id: int, actor: Actor | None = None, **given: Any) -> None:
        """Undo a merge."""
        with self.database.reading() as session:
            version = session.get_one(Merge, merge_id).kept.version
        values = {"version": version, "now": self.world.now, **given}
        with self.database.transaction() as session:
            undo_merge(session, actor or self.world.first, merge_id=merge_id, **values)

    def owner_of(self, listing_id: int) -> int | None:
        """Return whose listing it is now."""
        with self.database.reading() as session:
            return session.get_one(Listing, listing_id).organisation_id

    def introduction(self, key: int) -> Introduction:
        """Return an introduction as it is now."""
        return self.world.get(key)


def dump(database: Database) -> Mapping[str, list[str]]:
    """Return every row of every table, but for records and numbers that only ever grow."""
    found = {}
    with database.reading() as session:
        for name, table in metadata.tables.items():
            if name in RECORDS:
                continue
            columns = [column for column in table.columns if f"{name}.{column.name}" not in NUMBERS]
            rows = session.execute(sa.select(*columns)).all()
            found[name] = sorted(repr(tuple(row)) for row in rows)
    return found
