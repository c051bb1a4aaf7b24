"""What is decided is written down by a worker, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace import clock
from marketplace.introductions.states import EVENTS, IntroductionState
from marketplace.learning.models import PairDecision, Verdict
from marketplace.listings.models import Listing
from marketplace.matches.models import DismissReason, Match
from marketplace.matches.services import dismiss_match, undo_dismissal
from marketplace.search.replica import Replica
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import rescore
from tests.workers.shift import Shift
from workers.reactions import DECIDED, DISMISSED, KNOWN
from workers.relay import relay

V = Verdict


@pytest.fixture
def world(shift: Shift) -> World:
    found = World(shift.database, now=clock.now() - timedelta(days=21))
    rescore(shift.database, Replica(shift.database), now=found.now)
    return found


def kept(shift: Shift) -> list[Verdict]:
    with shift.database.reading() as session:
        return list(session.scalars(sa.select(PairDecision.verdict).order_by(PairDecision.id)))


def test_every_step_of_an_introduction_is_looked_at() -> None:
    assert set(EVENTS) == DECIDED
    assert DECIDED | DISMISSED <= KNOWN


def test_the_decisions_on_an_introduction(shift: Shift, world: World) -> None:
    key = world.reach(IntroductionState.SENT)
    relay(shift.work)
    assert kept(shift) == [V.VETTED]
    world.do("accept", key)
    relay(shift.work)
    assert kept(shift) == [V.VETTED, V.ACCEPTED]
    world.do_progress(key, "agree")
    # A worker that dies between the two leaves its event to the next.
    shift.happen("IntroductionAgreed", introduction=key)
    relay(shift.work)
    relay(shift.work)
    assert kept(shift) == [V.VETTED, V.ACCEPTED, V.AGREED]


def test_a_match_put_aside_and_taken_back(shift: Shift, world: World) -> None:
    def wave(*, undo: bool = False) -> None:
        with shift.database.transaction() as session:
            own = session.get_one(Listing, world.request)
            if undo:
                undo_dismissal(session, world.buyer_person, own, world.offer, now=world.now)
                return
            match = session.scalars(sa.select(Match)).one()
            reason = DismissReason.TOO_FAR
            dismiss_match(session, world.buyer_person, own, match, reason=reason, text="", now=world.now)

    wave()
    relay(shift.work)
    assert kept(shift) == [V.DISMISSED]
    wave(undo=True)
    relay(shift.work)
    assert kept(shift) == []
    # Put aside and taken back before any worker looked: the first event finds nothing to keep.
    wave()
    wave(undo=True)
    relay(shift.work)
    assert kept(shift) == []
