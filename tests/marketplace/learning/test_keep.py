"""Decisions are kept as they were, once, whatever happens around them."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from marketplace.db import Database
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import By, IntroductionState
from marketplace.learning.models import PairDecision, Verdict
from marketplace.learning.queries.decisions import decided, verdict_counts
from marketplace.learning.services.keep import keep_decisions, keep_dismissals
from marketplace.listings.models import Listing
from marketplace.matches.models import DismissReason, Match
from marketplace.matches.services import dismiss_match, undo_dismissal
from marketplace.search.replica import Replica
from matching.calibrate import Decision
from matching.types import Kind, Side
from tests.marketplace.introductions.world import WAYS, World
from tests.marketplace.matches.market import rescore

S, V = IntroductionState, Verdict
# What has been decided by the time an introduction is in a state.
DECIDED = MappingProxyType(
    {
        S.PROPOSED: [],
        S.VETTED: [V.VETTED],
        S.SENT: [V.VETTED],
        S.ACCEPTED: [V.VETTED, V.ACCEPTED],
        S.MEETING_HELD: [V.VETTED, V.ACCEPTED],
        S.NEGOTIATING: [V.VETTED, V.ACCEPTED],
        S.AGREED: [V.VETTED, V.ACCEPTED, V.AGREED],
        S.FAILED: [V.VETTED, V.ACCEPTED, V.FAILED],
        S.DECLINED: [V.VETTED, V.DECLINED],
        S.WITHDRAWN: [V.VETTED],
        S.EXPIRED: [V.VETTED, V.EXPIRED],
    }
)


def keep(database: Database, key: int | None = None) -> None:
    with database.transaction() as session:
        keep_decisions(session, key)
        keep_dismissals(session)


def kept(database: Database) -> list[PairDecision]:
    with database.reading() as session:
        return list(session.scalars(sa.select(PairDecision).order_by(PairDecision.at, PairDecision.id)))


@pytest.mark.parametrize("state", WAYS)
def test_each_state_leaves_its_decisions_once(world: World, state: IntroductionState) -> None:
    rescore(world.database, Replica(world.database), now=world.now)
    key = world.reach(state)
    found = world.get(key)
    for _again in range(2):
        keep(world.database, key)
    rows = kept(world.database)
    assert sorted(row.verdict for row in rows) == sorted(DECIDED[state])
    for row in rows:
        assert (row.total, row.explanation) == (found.total, found.explanation)
        assert row.total is not None
        assert (row.request_id, row.offer_id) == (world.request, world.offer)
        assert row.kind is Kind.SUBCONTRACTING
    accepted = [Decision(found.total or 0, V.ACCEPTED in DECIDED[state], Kind.SUBCONTRACTING)]
    counts = {V.ACCEPTED, V.DECLINED, V.EXPIRED} & set(DECIDED[state])
    with world.database.reading() as session:
        assert decided(session) == (accepted if counts else [])


def test_who_ended_it_and_why_is_kept(world: World) -> None:
    world.reach(S.DECLINED)
    keep(world.database)
    declined = kept(world.database)[-1]
    assert (declined.verdict, declined.by, declined.reason) == (V.DECLINED, By.OTHER, "price")


def test_it_may_be_written_late_and_keeps_the_score_of_its_day(world: World) -> None:
    replica = Replica(world.database)
    rescore(world.database, replica, now=world.now)
    key = world.reach(S.ACCEPTED)
    score = world.get(key).total
    with world.database.transaction() as session:
        session.execute(sa.update(Match).values(total=41.0))
    keep(world.database)
    assert {row.total for row in kept(world.database)} == {score}
    world.do_progress(key, "agree")
    keep(world.database, key)
    assert [row.verdict for row in kept(world.database)][-1] is V.AGREED


def test_an_interest_from_no_listing_is_kept_without_a_score_and_not_learnt_from(world: World) -> None:
    world.reach(S.DECLINED, world.express(own=None))
    keep(world.database)
    assert [(row.request_id, row.offer_id, row.total) for row in kept(world.database)] == [
        (world.request, None, None),
        (world.request, None, None),
    ]
    with world.database.reading() as session:
        assert decided(session) == []


def test_only_the_introduction_that_is_asked_for(world: World) -> None:
    key = world.reach(S.DECLINED)
    other = world.reach(S.DECLINED)
    keep(world.database, other)
    assert {row.introduction_id for row in kept(world.database)} == {other}
    keep(world.database)
    assert {row.introduction_id for row in kept(world.database)} == {key, other}


def wave(world: World, reason: DismissReason, *, undo: bool = False) -> None:
    with world.database.transaction() as session:
        own = session.get_one(Listing, world.offer)
        if undo:
            undo_dismissal(session, world.maker_person, own, world.request, now=world.now)
            return
        match = session.scalars(sa.select(Match)).one()
        dismiss_match(session, world.maker_person, own, match, reason=reason, text="", now=world.now)


def test_a_match_that_was_put_aside_is_a_decision_until_it_is_taken_back(world: World) -> None:
    rescore(world.database, Replica(world.database), now=world.now)
    wave(world, DismissReason.TOO_FAR)
    keep(world.database)
    wave(world, DismissReason.TOO_SMALL)
    world.now += timedelta(hours=1)
    for _again in range(2):
        keep(world.database)
    (row,) = kept(world.database)
    assert (row.verdict, row.side, row.reason) == (V.DISMISSED, Side.OFFER, "too_small")
    assert row.total
    assert row.explanation
    with world.database.reading() as session:
        assert decided(session) == []
        assert verdict_counts(session)[V.DISMISSED] == 1
    wave(world, DismissReason.OTHER, undo=True)
    keep(world.database)
    assert kept(world.database) == []


def test_the_pair_that_is_asked_for_alone(world: World) -> None:
    rescore(world.database, Replica(world.database), now=world.now)
    wave(world, DismissReason.TOO_FAR)
    with world.database.transaction() as session:
        keep_dismissals(session, world.request + 100, world.offer)
    assert kept(world.database) == []
    with world.database.transaction() as session:
        keep_dismissals(session, world.request, world.offer)
    assert len(kept(world.database)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "dismissed", "introduction_id": 1},
        {"verdict": "vetted"},
        {"verdict": "vetted", "introduction_id": 1, "side": "offer"},
        {"verdict": "vetted", "introduction_id": 1, "total": 101},
        {"verdict": "dismissed", "side": "offer"},
        {"verdict": "maybe", "introduction_id": 1},
    ],
)
def test_the_database_refuses_what_no_decision_can_be(world: World, wrong: dict[str, object]) -> None:
    world.express()
    values = {"at": world.now.isoformat(" "), "kind": "technology", **wrong}
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(f":{name}" for name in values)
    with pytest.raises(IntegrityError), world.database.transaction() as session:
        session.execute(sa.text(f"INSERT INTO decision ({names}) VALUES ({places})"), values)  # noqa: S608


def test_an_introduction_keeps_its_decisions(world: World) -> None:
    """What was learnt from cannot lose its ground unnoticed."""
    key = world.reach(S.DECLINED)
    keep(world.database)
    with pytest.raises(IntegrityError), world.database.transaction() as session:
        session.execute(sa.delete(Introduction).where(Introduction.id == key))
