from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.audit import AuditEntry
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import ChangeCounter, Listing
from marketplace.listings.queries import engine_listings
from marketplace.merging.queries.pointing import name_of, pointing
from marketplace.merging.services.merge import merge_organisations
from marketplace.merging.treatment import TREATMENTS
from marketplace.organisations.models import HeldCertificate, Identifier, Membership, Organisation
from marketplace.organisations.queries.directory import Wanted, organisations_like
from marketplace.organisations.services.machines import MachineValues, add_machine
from marketplace.outbox import Event
from marketplace.policy import Actor
from tests.marketplace.merging.twins import Twins


def test_somebody_has_said_what_becomes_of_everything_that_points_at_an_organisation() -> None:
    unsaid = sorted({name_of(column) for column in pointing()} - set(TREATMENTS))
    assert unsaid == [], "say in marketplace/merging/treatment.py what a merge does with these"


def test_what_belongs_to_the_duplicate_goes_over_and_gaps_are_filled(twins: Twins) -> None:
    twins.merge()
    kept, stub = twins.get(twins.kept), twins.get(twins.twin)
    assert (kept.name, kept.email) == ("Nyota Works", "hidden@example.org")
    assert (kept.city, kept.phone, kept.languages) == ("Nairobi", "+254 20 123 4567", ["en", "sw"])
    assert kept.other_names == ["Nyota Works Limited"]
    assert stub.merged_into_id == kept.id
    assert stub.suspended_at is not None
    assert twins.owner_of(twins.twin_offer) == kept.id
    with twins.database.reading() as session:

        def of(table: type, column: str) -> list[str]:
            query = sa.select(getattr(table, column)).where(table.organisation_id == kept.id)  # type: ignore[attr-defined]
            return sorted(session.scalars(query))

        # What both say is said once.
        assert of(Identifier, "value") == ["C.1", "P051"]
        assert of(HeldCertificate, "scheme") == ["ISO 14001", "ISO 9001"]


def test_an_officer_chooses_what_stands(twins: Twins) -> None:
    twins.merge(choices={"name": "merged", "email": "merged", "city": "kept", "version": "merged"})
    kept = twins.get(twins.kept)
    assert (kept.name, kept.email, kept.city) == ("Nyota Works Limited", "twin@example.org", "")


def test_the_stronger_of_two_roles_stays_and_members_see_the_kept_one(twins: Twins) -> None:
    twins.merge()
    assert dict(twins.both.memberships) == {twins.kept: "editor"}
    assert dict(twins.twin_person.memberships) == {twins.kept: "owner"}


def test_the_duplicate_is_in_no_list_and_the_engine_learns_whose_its_listings_are(twins: Twins) -> None:
    with twins.database.reading() as session:
        seen = session.scalar(sa.select(ChangeCounter.value)) or 0
    twins.merge()
    with twins.database.reading() as session:
        changes = engine_listings(session, seen, today=twins.world.now.date())
        # Its two listings, read again by every replica.
        assert {change.listing_id for change in changes} == {twins.twin_offer, twins.twin_request}
        assert {change.listing.owner for change in changes if change.listing} == {twins.kept}
    with twins.database.reading() as session:
        rows, _total = organisations_like(session, Wanted(text="Nyota"), limit=9, offset=0)
        assert [row.id for row in rows] == [twins.kept]


def test_both_read_of_it_in_the_audit_and_earlier_entries_stay(twins: Twins) -> None:
    with twins.database.reading() as session:
        before = {row.id: row.thing_id for row in session.scalars(sa.select(AuditEntry))}
    twins.merge()
    with twins.database.reading() as session:
        after = {row.id: row.thing_id for row in session.scalars(sa.select(AuditEntry))}
        acts = session.scalars(
            sa.select(AuditEntry.thing_id).where(AuditEntry.act == "organisation:merge")
        ).all()
    assert before.items() <= after.items()
    assert set(acts) == {twins.kept, twins.twin}


def test_only_an_officer_of_the_office_of_both_merges(twins: Twins) -> None:
    world = twins.world
    for actor in (world.second, world.unrelated, world.maker_person, world.stranger, Actor()):
        with pytest.raises(NotFound):
            twins.merge(actor)
    both = world.take_part(world.first, twins.twin)
    with pytest.raises(NotFound):
        twins.merge(both)
    assert twins.merge(world.admin)


def test_two_of_two_offices_are_not_merged_by_either(twins: Twins) -> None:
    with twins.database.transaction() as session:
        session.get_one(Organisation, twins.twin).office_id = twins.world.second_office
    for actor in (twins.world.first, twins.world.second):
        with pytest.raises(NotFound):
            twins.merge(actor)


def test_what_was_changed_or_merged_meanwhile_is_told(twins: Twins) -> None:
    with pytest.raises(Conflict, match="changed"):
        twins.merge(versions=(1, 99))
    twins.merge()
    with pytest.raises(Conflict, match="has been merged into Nyota Works"):
        twins.merge()
    with pytest.raises(Conflict, match="has been merged into Nyota Works"):
        twins.merge(swapped=True)


def test_a_member_who_writes_to_the_duplicate_is_told_where_it_went(twins: Twins) -> None:
    before = twins.twin_person
    twins.merge()
    with twins.database.transaction() as session, pytest.raises(Conflict, match="ORG-2026"):
        add_machine(session, before, twins.reference(twins.twin), MachineValues("Mill"), now=twins.world.now)
    with twins.database.transaction() as session, pytest.raises(NotFound):
        add_machine(
            session,
            twins.twin_person,
            twins.reference(twins.twin),
            MachineValues("Mill"),
            now=twins.world.now,
        )


def test_two_that_are_being_introduced_to_each_other_are_not_merged(twins: Twins) -> None:
    with twins.database.transaction() as session:
        session.get_one(Listing, twins.second_request).organisation_id = twins.kept
        session.get_one(Listing, twins.second_request).office_id = twins.world.first_office
    key = twins.meet(IntroductionState.PROPOSED)
    with pytest.raises(Invalid, match="being introduced to each other") as caught:
        twins.merge()
    assert caught.value.code == "introduced"
    twins.world.do("withdraw", key, twins.twin_person)
    twins.merge()
    # It stays between the two records that it was about.
    found = twins.introduction(key)
    assert (found.proposer_organisation_id, found.other_organisation_id) == (twins.twin, twins.kept)


def test_two_that_both_approach_one_listing_are_not_merged(twins: Twins) -> None:
    twins.world.express()
    twins.world.express(twins.twin_person, organisation_id=twins.twin, own=twins.twin_offer)
    with pytest.raises(Invalid, match="Both have a live introduction") as caught:
        twins.merge()
    assert caught.value.code == "both_live"


def test_a_suspended_one_is_not_merged(twins: Twins) -> None:
    twins.world.suspend(twins.twin)
    with pytest.raises(Invalid, match="suspended"):
        twins.merge()


def test_a_duplicate_of_a_duplicate_leads_to_the_one_that_is_kept(twins: Twins) -> None:
    with twins.database.transaction() as session:
        session.get_one(Organisation, twins.world.buyer).office_id = twins.world.first_office
    twins.merge()
    with twins.database.transaction() as session:
        buyer = session.get_one(Organisation, twins.world.buyer)
        kept = session.get_one(Organisation, twins.kept)
        merge_organisations(
            session,
            twins.world.first,
            kept=str(buyer.reference),
            merged=str(kept.reference),
            choices={},
            versions=(buyer.version, kept.version),
            now=twins.world.now,
        )
    assert twins.get(twins.twin).merged_into_id == twins.world.buyer
    assert dict(twins.twin_person.memberships) == {twins.world.buyer: "owner"}


def test_members_are_told_once(twins: Twins) -> None:
    twins.merge()
    with twins.database.reading() as session:
        kinds = session.scalars(sa.select(Event.kind)).all()
        members = session.scalars(sa.select(Membership).where(Membership.organisation_id == twins.kept)).all()
    assert kinds.count("OrganisationMerged") == 1
    assert {row.by_merge for row in members if row.user_id == twins.twin_person.user_id} == {True}
