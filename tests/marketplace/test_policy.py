from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace import policy
from marketplace.db import Database
from marketplace.errors import Forbidden, NotFound
from marketplace.listings.models import Dissemination, Listing, State
from marketplace.offices.models import Office, OfficeKind
from marketplace.organisations.models import Organisation, OrganisationType
from marketplace.policy import OPERATOR, PERMISSIONS, VISITOR, Actor
from matching.types import Kind, Side

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
OWN, OTHER = 1, 2

PEOPLE: Mapping[str, Actor] = {
    "visitor": VISITOR,
    "person": Actor(user_id=1),
    "viewer": Actor(user_id=2, memberships={OWN: "viewer"}),
    "editor": Actor(user_id=3, memberships={OWN: "editor"}),
    "owner": Actor(user_id=4, memberships={OWN: "owner"}),
    "member elsewhere": Actor(user_id=5, memberships={OTHER: "owner"}),
    "officer": Actor(user_id=6, office_id=OWN),
    "officer elsewhere": Actor(user_id=7, office_id=OTHER),
    "officer and owner": Actor(user_id=8, office_id=OWN, memberships={OWN: "owner"}),
    "admin": Actor(user_id=9, is_admin=True),
}
MEMBERS = {"viewer", "editor", "owner", "officer and owner"}
WRITERS = {"editor", "owner", "officer and owner"}
STAFF = {"officer", "officer and owner", "admin"}
ANY_STAFF = STAFF | {"officer elsewhere"}
SIGNED_IN = set(PEOPLE) - {"visitor"}


@dataclass
class Thing:
    """Whatever a permission looks at; by default the listing and organisation of number one."""

    id: int = OWN
    organisation_id: int | None = OWN
    office_id: int | None = OWN
    state: str = "published"
    dissemination: str = "public"
    anonymous: bool = False
    open_for_interest: bool = True
    suspended_at: datetime | None = None


def who(permission: str, thing: Any = None) -> set[str]:
    """Return who may."""
    return {name for name, actor in PEOPLE.items() if policy.allowed(actor, permission, thing)}


EXPECTED: Mapping[str, set[str]] = {
    "account:use": SIGNED_IN,
    "admin:use": {"admin"},
    "desk:use": ANY_STAFF,
    "databank:import": ANY_STAFF,
    "organisation:create": SIGNED_IN,
    "organisation:view": set(PEOPLE),
    "organisation:contacts": MEMBERS | STAFF,
    "organisation:edit": WRITERS,
    "organisation:members": {"owner", "officer and owner"},
    "organisation:belong": MEMBERS,
    "organisation:verify": {"officer", "admin"},
    "organisation:suspend": {"officer", "admin"},
    "office:edit": STAFF,
    "listing:post": WRITERS | {"member elsewhere"},
    "listing:view": set(PEOPLE),
    "listing:name": set(PEOPLE),
    "listing:edit": WRITERS,
    "listing:review": {"officer", "admin"},
    "listing:files": MEMBERS | STAFF,
    "listing:approach": {"member elsewhere"},
    "match:view": MEMBERS | STAFF,
    "match:dismiss": WRITERS,
    "interest:view": MEMBERS,
    "interest:withdraw": WRITERS,
}


def test_every_permission_has_its_expectation_here() -> None:
    assert set(EXPECTED) == set(PERMISSIONS)


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_who_may_do_what(permission: str) -> None:
    assert who(permission, Thing()) == EXPECTED[permission]


@pytest.mark.parametrize(
    ("thing", "permission", "expected"),
    [
        # What is still being written is seen by its members alone; what waits for review by the office too.
        (Thing(state="draft"), "listing:view", MEMBERS | {"admin"}),
        (Thing(state="submitted"), "listing:view", MEMBERS | STAFF),
        (Thing(state="returned"), "listing:view", MEMBERS | STAFF),
        (Thing(state="archived"), "listing:view", MEMBERS | STAFF),
        (Thing(state="paused"), "listing:view", set(PEOPLE)),
        (Thing(state="closed"), "listing:view", set(PEOPLE)),
        (Thing(dissemination="members"), "listing:view", SIGNED_IN),
        (Thing(dissemination="offices"), "listing:view", MEMBERS | ANY_STAFF),
        # Whose it is, where it is anonymous, only the sides themselves and the office may know.
        (Thing(anonymous=True), "listing:name", MEMBERS | STAFF),
        (Thing(state="draft"), "listing:name", MEMBERS | STAFF),
        # A listing without an organisation is held by its office.
        (Thing(organisation_id=None), "listing:edit", STAFF),
        (Thing(organisation_id=None), "listing:review", STAFF),
        (Thing(organisation_id=None, office_id=None), "listing:edit", {"admin"}),
        # Interest needs an open listing, an organisation of one's own, and another's listing.
        (Thing(state="paused"), "listing:approach", set()),
        (Thing(open_for_interest=False), "listing:approach", set()),
        (Thing(dissemination="offices"), "listing:approach", set()),
        (Thing(organisation_id=OTHER), "listing:approach", WRITERS),
        (Thing(state="draft"), "match:view", MEMBERS),
        # A suspended organisation is known to staff alone; its members have lost it in the actor.
        (Thing(suspended_at=NOW), "organisation:view", ANY_STAFF),
        (Thing(id=OTHER), "office:edit", {"officer elsewhere", "admin"}),
    ],
)
def test_who_may_in_a_special_case(thing: Thing, permission: str, expected: set[str]) -> None:
    assert who(permission, thing) == expected


def test_the_operator_may_administer_and_is_nobodys_colleague() -> None:
    assert policy.allowed(OPERATOR, "admin:use")
    assert not policy.allowed(OPERATOR, "account:use")
    assert not OPERATOR.belongs(None)
    assert not OPERATOR.edits(None)
    assert not OPERATOR.owns(None)


def test_requiring_tells_what_is_hidden_from_what_is_forbidden() -> None:
    policy.require(PEOPLE["owner"], "listing:edit", Thing())
    with pytest.raises(Forbidden):
        policy.require(PEOPLE["person"], "listing:edit", Thing())
    with pytest.raises(NotFound):
        policy.require(PEOPLE["person"], "listing:edit", Thing(state="draft"))
    with pytest.raises(NotFound):
        policy.require(PEOPLE["person"], "listing:view", Thing(state="draft"))
    with pytest.raises(Forbidden):
        policy.require(PEOPLE["person"], "admin:use")
    with pytest.raises(KeyError):
        policy.require(PEOPLE["admin"], "listing:steal", Thing())


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_what_hides_a_thing_is_in_the_table_too(permission: str) -> None:
    sees = PERMISSIONS[permission].sees
    assert not sees or sees in PERMISSIONS


ROLES = st.sampled_from(["viewer", "editor", "owner"])
ACTORS = st.one_of(
    st.just(VISITOR),
    st.builds(
        Actor,
        user_id=st.just(1),
        is_admin=st.booleans(),
        office_id=st.sampled_from([None, OWN, OTHER]),
        memberships=st.dictionaries(st.sampled_from([OWN, OTHER]), ROLES),
    ),
)


def fill(database: Database) -> None:
    """Add a listing of every kind that permissions tell apart."""
    organisation = {
        "type": OrganisationType.ENTERPRISE,
        "country": "GH",
        "created_at": NOW,
        "updated_at": NOW,
    }
    with database.transaction() as session:
        for number in (OWN, OTHER):
            office = Office(code=f"O{number}", kind=OfficeKind.SPX, name="x", country="GH", created_at=NOW)
            session.add(office)
            session.add(Organisation(name="x", name_key="x", **organisation))
            session.flush()
        belonging = [pair for pair in product((None, OWN, OTHER), repeat=2) if pair != (None, None)]
        for state, level, (mine, office_id), anonymous in product(
            State, Dissemination, belonging, (False, True)
        ):
            session.add(
                Listing(
                    side=Side.OFFER,
                    kind=Kind.TECHNOLOGY,
                    state=state,
                    dissemination=level,
                    organisation_id=mine,
                    office_id=office_id,
                    anonymous=anonymous,
                    title="x",
                    country="GH",
                    valid_until=date(2027, 1, 1),
                    published_at=NOW,
                    created_at=NOW,
                    updated_at=NOW,
                )
            )


def test_lists_show_what_the_predicates_allow(database: Database) -> None:
    fill(database)
    with database.reading() as session:
        listings = session.scalars(sa.select(Listing)).all()

        @settings(max_examples=60)
        @given(actor=ACTORS)
        def agree(actor: Actor) -> None:
            visible = policy.visible_to(actor, Listing)
            seen = {row.id for row in listings if policy.allowed(actor, "listing:view", row)}
            assert set(session.scalars(sa.select(Listing.id).where(visible))) == seen
            named = sa.select(Listing.id).where(visible, policy.named_to(actor, Listing))
            assert set(session.scalars(named)) == {
                row.id for row in listings if row.id in seen and policy.allowed(actor, "listing:name", row)
            }

        agree()
