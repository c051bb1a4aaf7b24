from __future__ import annotations

from datetime import date
from itertools import cycle, product

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace import policy
from marketplace.db import Database
from marketplace.errors import Forbidden, NotFound
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.desk import (
    Shelf,
    brokered,
    desk_introductions,
    shelf_counts,
)
from marketplace.introductions.states import IntroductionState as S
from marketplace.introductions.states import Origin
from marketplace.listings.models import Dissemination, Listing, State
from marketplace.offices.models import Office, OfficeKind
from marketplace.organisations.models import Organisation, OrganisationType
from marketplace.policy import OPERATOR, PERMISSIONS, VISITOR, Actor
from matching.types import Kind, Side
from tests.marketplace.permissions import (
    ANY_STAFF,
    BROKERS,
    EXPECTED,
    MEMBERS,
    NOW,
    OTHER,
    OWN,
    PEOPLE,
    SIGNED_IN,
    STAFF,
    WRITERS,
    Thing,
    who,
)


def test_every_permission_has_its_expectation_here() -> None:
    assert set(EXPECTED) == set(PERMISSIONS)


@pytest.mark.parametrize("permission", sorted(PERMISSIONS))
def test_who_may_do_what(permission: str) -> None:
    assert who(permission, Thing()) == EXPECTED[permission]


@pytest.mark.parametrize(
    ("thing", "permission", "expected"),
    [
        # What a record said yes to before it was merged stays with the people of that record.
        (Thing(proposer_as_id=OTHER), "introduction:view", {"member elsewhere", *BROKERS}),
        (Thing(proposer_as_id=OWN), "introduction:view", MEMBERS | {"member elsewhere", *BROKERS}),
        (Thing(other_as_id=OWN), "introduction:view", MEMBERS | BROKERS),
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
        # The other side knows of an interest when it is asked; of an officer's proposal both do only then.
        (Thing(sent_at=None), "introduction:view", MEMBERS | BROKERS),
        (Thing(sent_at=None, origin="office"), "introduction:view", BROKERS),
        (Thing(sent_at=None), "introduction:accept", set()),
        (Thing(sent_at=None, origin="office"), "introduction:accept", set()),
        (Thing(sent_at=None), "introduction:progress", WRITERS | BROKERS),
        (Thing(sent_at=None, origin="office"), "introduction:progress", BROKERS),
        # Both are asked, and each answers for itself.
        (Thing(origin="office"), "introduction:accept", WRITERS | {"member elsewhere"}),
        (Thing(origin="office"), "introduction:withdraw", {"officer", "admin"}),
        # For a listing that an office holds, the office answers.
        (Thing(other_organisation_id=None), "introduction:accept", {"officer elsewhere", "admin"}),
        (
            Thing(origin="office", proposer_organisation_id=None),
            "introduction:accept",
            {"officer", "officer and owner", "admin", "member elsewhere"},
        ),
        # Who belongs to a side brokers nothing in it, though an officer of its office.
        (Thing(proposer_office_id=OTHER), "introduction:vet", {"officer elsewhere", "admin"}),
        # What was written before the other side was asked is not for it.
        (Thing(for_all=False), "message:view", MEMBERS | BROKERS),
        (Thing(for_all=False, origin="office"), "message:view", BROKERS),
        (
            Thing(for_all=False, written_by="proposer_office", revealed_at=NOW),
            "message:files",
            MEMBERS | BROKERS,
        ),
        # A file of the other side is opened when both have said yes.
        (Thing(written_by="other"), "message:files", {"member elsewhere"} | BROKERS),
        (Thing(written_by="other_office"), "message:files", BROKERS),
        (Thing(revealed_at=NOW), "message:files", MEMBERS | {"member elsewhere"} | BROKERS),
        (Thing(recorded_by="other"), "agreement:evidence", {"member elsewhere"} | BROKERS),
        (Thing(recorded_by="other_office"), "agreement:evidence", BROKERS),
        (Thing(side="other"), "follow_up:answer", {"member elsewhere"}),
        (
            Thing(proposer_organisation_id=None),
            "introduction:meet",
            {"officer", "officer and owner", "admin", "member elsewhere"},
        ),
        (Thing(revealed_at=NOW), "introduction:contacts", MEMBERS | {"member elsewhere"} | BROKERS),
        (Thing(organisation_id=None, office_id=OTHER), "introduction:propose", BROKERS - {"officer"}),
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
        by_merge=st.frozensets(st.sampled_from([OWN, OTHER])),
        formerly=st.frozensets(st.sampled_from([OWN, OTHER])),
    ),
)


def fill(database: Database) -> None:
    """Add a listing of every kind that permissions tell apart."""
    moments = {"created_at": NOW, "updated_at": NOW}
    organisation = {"type": OrganisationType.ENTERPRISE, "country": "GH", **moments}
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


def fill_introductions(database: Database) -> None:
    """Add an introduction of every kind that permissions tell apart."""
    with database.transaction() as session:
        listing = session.scalars(sa.select(Listing).where(Listing.organisation_id == OWN).limit(1)).one()
        number = 0
        offices = (None, OWN, OTHER)
        # As whom a side has said yes, where its record was merged since.
        as_whom = cycle([None, None, OWN, None, OTHER])
        for origin, state, proposer, other, first, second in product(
            Origin,
            (S.PROPOSED, S.VETTED, S.SENT, S.ACCEPTED),
            (None, OWN, OTHER),
            (None, OWN, OTHER),
            offices,
            offices,
        ):
            if proposer == other or (origin is Origin.INTEREST and proposer is None):
                continue
            number += 1
            asked = state in {S.SENT, S.ACCEPTED}
            revealed = state is S.ACCEPTED
            # One live introduction stands between two listings.
            theirs = Listing(**{name: getattr(listing, name) for name in COPIED})
            session.add(theirs)
            session.flush()
            session.add(
                Introduction(
                    origin=origin,
                    state=state,
                    proposer_organisation_id=proposer,
                    proposer_listing_id=listing.id,
                    other_organisation_id=other,
                    proposer_as_id=next(as_whom),
                    other_as_id=next(as_whom),
                    proposer_office_id=first,
                    other_office_id=second,
                    other_listing_id=theirs.id,
                    proposed_at=NOW,
                    changed_at=NOW,
                    vetted_at=NOW if state is S.VETTED else None,
                    sent_at=NOW if asked else None,
                    proposer_accepted_at=NOW if origin is Origin.INTEREST or revealed else None,
                    other_accepted_at=NOW if revealed else None,
                    revealed_at=NOW if revealed else None,
                    due_at=None if revealed else NOW,
                )
            )


COPIED = (
    *("side", "kind", "state", "organisation_id", "title", "country", "valid_until", "published_at"),
    *("created_at", "updated_at"),
)


def test_introductions_in_lists_are_what_the_predicate_allows(database: Database) -> None:
    fill(database)
    fill_introductions(database)
    with database.reading() as session:
        rows = session.scalars(sa.select(Introduction)).all()
        assert len(rows) > 100

        @settings(max_examples=60)
        @given(actor=ACTORS)
        def agree(actor: Actor) -> None:
            visible = policy.introductions_visible_to(actor, Introduction)
            assert set(session.scalars(sa.select(Introduction.id).where(visible))) == {
                row.id for row in rows if policy.allowed(actor, "introduction:view", row)
            }
            mine = sa.select(Introduction.id).where(brokered(actor))
            assert set(session.scalars(mine)) == {
                row.id for row in rows if policy.allowed(actor, "introduction:broker", row)
            }

        agree()


def lies_on(actor: Actor, row: Introduction) -> Shelf | None:
    """Say on which shelf of the actor's desk an introduction lies."""
    if not policy.allowed(actor, "introduction:broker", row):
        return None
    waits_for = {S.PROPOSED: row.proposer_office_id, S.VETTED: row.other_office_id}
    if row.state in waits_for:
        ours = actor.is_admin or (actor.office_id is not None and waits_for[row.state] == actor.office_id)
        return Shelf.OURS if ours else Shelf.THEIRS
    return Shelf.ASKED if row.state is S.SENT else Shelf.TOGETHER


def test_each_introduction_lies_on_one_shelf_and_is_counted_there(database: Database) -> None:
    fill(database)
    fill_introductions(database)
    with database.reading() as session:
        rows = session.scalars(sa.select(Introduction)).all()

        @settings(max_examples=40)
        @given(actor=ACTORS)
        def agree(actor: Actor) -> None:
            counts = shelf_counts(session, actor)
            for shelf in Shelf:
                expected = {row.id for row in rows if lies_on(actor, row) is shelf}
                found = desk_introductions(session, actor, shelf, offset=0, limit=len(rows))
                assert sorted(one.id for one in found) == sorted(expected)
                assert counts[shelf] == len(expected)
                part = desk_introductions(session, actor, shelf, offset=2, limit=3)
                assert [one.id for one in part] == [one.id for one in found[2:5]]

        agree()
