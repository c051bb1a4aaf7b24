"""A merge shows nobody a contact: what a record had agreed to stays with the people of that record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace import policy
from marketplace.introductions.queries.contacts import contacts_of
from marketplace.introductions.queries.sides import my_introductions
from marketplace.introductions.states import IntroductionState
from marketplace.notifications.queries.recipients import recipients
from marketplace.outbox import Event
from marketplace.policy import Actor
from tests.marketplace.merging.twins import Twins

S = IntroductionState


def seen_by(twins: Twins, actor: Actor) -> set[int]:
    """Return the introductions that somebody finds among their own."""
    with twins.database.reading() as session:
        return {
            row.id
            for ended in (False, True)
            for row in my_introductions(session, actor, ended=ended, offset=0, limit=99)[0]
        }


def reads(twins: Twins, actor: Actor, key: int) -> bool:
    """Whether somebody reads the contacts of an introduction."""
    return policy.allowed(actor, "introduction:contacts", twins.introduction(key))


@pytest.mark.parametrize("swapped", [False, True])
def test_opened_contacts_stay_with_those_who_agreed(twins: Twins, swapped: bool) -> None:  # noqa: FBT001
    of_twin, of_kept = twins.meet(S.ACCEPTED), twins.world.reach(S.ACCEPTED)
    twins.merge(swapped=swapped)
    world = twins.world
    # Both are of one organisation now, and each reads what their own record agreed to.
    assert (reads(twins, twins.twin_person, of_twin), reads(twins, twins.twin_person, of_kept)) == (
        True,
        False,
    )
    assert (reads(twins, world.maker_person, of_twin), reads(twins, world.maker_person, of_kept)) == (
        False,
        True,
    )
    # Who belonged to both has agreed as both.
    assert (reads(twins, twins.both, of_twin), reads(twins, twins.both, of_kept)) == (True, True)
    assert seen_by(twins, twins.twin_person) == {of_twin}
    assert seen_by(twins, world.maker_person) == {of_kept}
    assert seen_by(twins, twins.both) == {of_twin, of_kept}
    assert not policy.allowed(world.maker_person, "introduction:view", twins.introduction(of_twin))


def test_the_partner_is_shown_the_contacts_that_were_opened_to_them_and_no_others(twins: Twins) -> None:
    key = twins.meet(S.ACCEPTED)
    twins.merge()
    with twins.database.reading() as session:
        found = session.get_one(type(twins.introduction(key)), key)
        proposer, _other = contacts_of(session, found)
    assert (proposer.name, proposer.email) == ("Nyota Works Limited", "twin@example.org")
    assert proposer.person_email == twins.twin_person.email


def test_a_yes_of_before_opens_the_contacts_of_who_gave_it(twins: Twins) -> None:
    key = twins.meet(S.SENT)
    twins.merge()
    twins.world.do("accept", key)
    assert reads(twins, twins.twin_person, key)
    assert not reads(twins, twins.world.maker_person, key)
    with twins.database.reading() as session:
        proposer, _other = contacts_of(session, session.get_one(type(twins.introduction(key)), key))
    assert proposer.email == "twin@example.org"


def test_a_yes_of_after_is_that_of_the_whole_organisation(twins: Twins) -> None:
    key = twins.world.propose(first=twins.twin_offer, second=twins.second_request)
    twins.world.do("send_on", key)
    twins.merge()
    twins.world.now += timedelta(hours=1)
    assert seen_by(twins, twins.world.maker_person) == {key}
    twins.world.do("accept", key, twins.world.maker_person)
    twins.world.do("accept", key)
    assert reads(twins, twins.world.maker_person, key)
    assert reads(twins, twins.twin_person, key)


def test_who_joins_the_kept_one_later_sees_what_it_agreed_to_itself(twins: Twins) -> None:
    of_twin, of_kept = twins.meet(S.ACCEPTED), twins.world.reach(S.ACCEPTED)
    twins.merge()
    late = twins.world.take_part(twins.world.stranger, twins.kept, "editor")
    assert seen_by(twins, late) & {of_twin, of_kept} == {of_kept}


def test_who_has_left_sees_nothing_of_it(twins: Twins) -> None:
    key = twins.meet(S.ACCEPTED)
    twins.merge()
    twins.world.leave(twins.twin_person, twins.kept)
    assert not reads(twins, twins.twin_person, key)
    with twins.database.reading() as session:
        proposer, _other = contacts_of(session, session.get_one(type(twins.introduction(key)), key))
    assert proposer.person_email != twins.twin_person.email


def test_letters_go_to_those_who_agreed(twins: Twins) -> None:
    key = twins.meet(S.SENT)
    twins.merge()
    event = Event(id=1, kind="IntroductionAccepted", ids={"introduction": key})
    twins.world.do("accept", key)
    with twins.database.reading() as session:
        told = {recipient.user_id for recipient in recipients(session, event)}
    assert twins.twin_person.user_id in told
    assert twins.world.maker_person.user_id not in told


def test_the_officer_of_the_office_goes_on_seeing_all(twins: Twins) -> None:
    key = twins.meet(S.ACCEPTED)
    twins.merge()
    assert reads(twins, twins.world.first, key)
    assert reads(twins, twins.world.second, key)
    assert not reads(twins, twins.world.unrelated, key)
