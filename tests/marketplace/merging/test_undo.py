from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.introductions.states import IntroductionState
from marketplace.merging.models import Merge
from marketplace.merging.queries.fields import CHOSEN
from marketplace.merging.services.merge import merge_organisations
from marketplace.merging.services.undo import undo_merge
from marketplace.organisations.models import MemberRole, Membership, Organisation
from tests.marketplace.merging.twins import Twins, dump

S = IntroductionState


@pytest.mark.parametrize("state", [S.PROPOSED, S.SENT, S.ACCEPTED, S.AGREED, S.DECLINED])
@pytest.mark.parametrize("swapped", [False, True])
def test_merged_and_undone_every_row_is_as_before(twins: Twins, state: S, swapped: bool) -> None:  # noqa: FBT001
    twins.meet(state)
    twins.world.express()
    before = dump(twins.database)
    key = twins.merge(swapped=swapped, choices={"name": "merged", "city": "merged"})
    assert dump(twins.database) != before
    twins.undo(key)
    after = dump(twins.database)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    choices=st.dictionaries(st.sampled_from(CHOSEN), st.sampled_from(["kept", "merged"])),
    swapped=st.booleans(),
)
def test_whatever_is_chosen_can_be_undone(twins: Twins, choices: dict[str, str], swapped: bool) -> None:  # noqa: FBT001
    before = dump(twins.database)
    twins.undo(twins.merge(choices=choices, swapped=swapped))
    assert dump(twins.database) == before


def test_it_can_be_undone_once_and_by_the_same_office_only(twins: Twins) -> None:
    key = twins.merge()
    for actor in (twins.world.second, twins.world.maker_person):
        with pytest.raises(NotFound):
            twins.undo(key, actor)
    with pytest.raises(NotFound):
        _undo_nothing(twins)
    twins.undo(key)
    with pytest.raises(Conflict, match="has undone this"):
        twins.undo(key)


def _undo_nothing(twins: Twins) -> None:
    with twins.database.transaction() as session:
        undo_merge(session, twins.world.first, merge_id=999_999, version=1, now=twins.world.now)


def test_the_time_for_it_ends(twins: Twins) -> None:
    key = twins.merge()
    with pytest.raises(Invalid, match="30 days"):
        twins.undo(key, now=twins.world.now + timedelta(days=30, seconds=1))
    twins.undo(key, now=twins.world.now + timedelta(days=30))


def test_what_was_changed_since_stays(twins: Twins) -> None:
    key = twins.merge()
    with twins.database.transaction() as session:
        session.get_one(Organisation, twins.kept).city = "Mombasa"
    twins.undo(key)
    assert twins.get(twins.kept).city == "Mombasa"
    assert twins.get(twins.twin).city == "Nairobi"
    assert twins.get(twins.kept).phone == ""


def test_who_has_left_since_does_not_come_back(twins: Twins) -> None:
    key = twins.merge()
    twins.world.leave(twins.twin_person, twins.kept)
    twins.undo(key)
    assert dict(twins.twin_person.memberships) == {}


def test_nobody_is_left_without_an_owner(twins: Twins) -> None:
    key = twins.merge()
    with twins.database.transaction() as session:
        for row in session.scalars(
            sa.select(Membership).where(
                Membership.organisation_id == twins.kept, Membership.by_merge.is_(False)
            )
        ):
            row.role = MemberRole.VIEWER
    with pytest.raises(Invalid, match="without an owner"):
        twins.undo(key)


def test_a_later_merge_is_undone_first(twins: Twins) -> None:
    first = twins.merge()
    with twins.database.transaction() as session:
        third = twins.world.market.organisation(
            "KE", name="Nyota", office_id=twins.world.first_office, reference="ORG-2026-90001"
        )
    with twins.database.transaction() as session:
        kept = session.get_one(Organisation, twins.kept)
        other = session.get_one(Organisation, third)
        second = merge_organisations(
            session,
            twins.world.first,
            kept=str(other.reference),
            merged=str(kept.reference),
            choices={},
            versions=(other.version, kept.version),
            now=twins.world.now,
        ).id
    with pytest.raises(Invalid, match="Undo that one first"):
        twins.undo(first)
    twins.undo(second)
    twins.undo(first)
    with twins.database.reading() as session:
        assert all(row.undone_at for row in session.scalars(sa.select(Merge)))
    assert twins.owner_of(twins.twin_offer) == twins.twin


def test_a_yes_that_was_given_for_both_cannot_be_given_back(twins: Twins) -> None:
    key = twins.world.propose(first=twins.twin_offer, second=twins.second_request)
    twins.world.do("send_on", key)
    merge = twins.merge()
    twins.world.now += timedelta(hours=1)
    twins.world.do("accept", key, twins.world.maker_person)
    with pytest.raises(Invalid, match="cannot be given back"):
        twins.undo(merge)


def test_what_began_since_with_its_listings_stands_in_the_way(twins: Twins) -> None:
    merge = twins.merge()
    twins.world.now += timedelta(hours=1)
    twins.world.express(own=twins.twin_offer)
    with pytest.raises(Invalid, match="have begun since"):
        twins.undo(merge)
