"""What the database itself refuses, whatever program writes to it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from marketplace.introductions.models import Introduction
from marketplace.introductions.states import ENDED, REVEALED, IntroductionState
from tests.marketplace.introductions.world import World

S = IntroductionState
MOMENT = "2026-11-23 12:00:00+00:00"


def write(world: World, key: int, **values: Any) -> None:
    """Write columns by raw SQL."""
    columns = ", ".join(f"{name} = :{name}" for name in values)
    statement = sa.text(f"UPDATE introduction SET {columns} WHERE id = :key")  # noqa: S608 (our own names)
    with world.database.transaction() as session:
        session.execute(statement, {**values, "key": key})


@pytest.mark.parametrize(
    ("state", "values"),
    [
        (S.SENT, {"state": "nowhere"}),
        (S.SENT, {"origin": "nowhere"}),
        (S.DECLINED, {"reason": "nowhere"}),
        (S.DECLINED, {"ended_by": "nobody"}),
        # Contacts without both consents, and both consents without contacts.
        (S.SENT, {"revealed_at": MOMENT}),
        (S.SENT, {"state": "accepted", "revealed_at": MOMENT, "due_at": None}),
        (S.SENT, {"other_accepted_at": MOMENT}),
        (S.ACCEPTED, {"other_accepted_at": None}),
        (S.ACCEPTED, {"proposer_accepted_at": None}),
        (S.ACCEPTED, {"revealed_at": None}),
        # A state beyond the consents, without them.
        (S.SENT, {"state": "accepted", "due_at": None}),
        (S.SENT, {"state": "negotiating", "due_at": None}),
        # Nobody says yes who was not asked.
        (S.VETTED, {"other_accepted_at": MOMENT}),
        (S.VETTED, {"state": "sent"}),
        (S.PROPOSED, {"state": "vetted"}),
        # What is awaited has its time, and what is not has none.
        (S.SENT, {"due_at": None}),
        (S.ACCEPTED, {"due_at": MOMENT}),
        (S.ACCEPTED, {"remind_half_at": MOMENT}),
        (S.DECLINED, {"due_at": MOMENT}),
        # A no has its reason, "another" has its words, and a yes has none.
        (S.DECLINED, {"reason": None}),
        (S.WITHDRAWN, {"reason": None}),
        (S.FAILED, {"reason": None}),
        (S.DECLINED, {"reason": "other", "reason_text": ""}),
        (S.SENT, {"reason": "price"}),
        # An end says when and by whom.
        (S.DECLINED, {"ended_at": None}),
        (S.EXPIRED, {"ended_by": None}),
        (S.SENT, {"ended_at": MOMENT, "ended_by": "other"}),
        # An expression of interest is an organisation's, and its consent.
        (S.SENT, {"proposer_accepted_at": None}),
        (S.SENT, {"proposer_organisation_id": None}),
        (S.SENT, {"reference": None, "other_listing_id": None}),
    ],
)
def test_what_cannot_be_is_refused(world: World, state: IntroductionState, values: dict[str, Any]) -> None:
    key = world.reach(state)
    with pytest.raises(IntegrityError):
        write(world, key, **values)
    assert world.get(key).state is state


def test_the_two_sides_are_two(world: World) -> None:
    key = world.express()
    with pytest.raises(IntegrityError):
        write(world, key, other_organisation_id=world.maker)


def test_an_offices_proposal_waits_for_both(near: World) -> None:
    key = near.propose()
    with pytest.raises(IntegrityError):
        write(near, key, state="accepted", revealed_at=MOMENT, other_accepted_at=MOMENT, due_at=None)


def test_one_live_introduction_of_an_organisation_to_a_listing(world: World) -> None:
    first = world.reach(S.WITHDRAWN)
    second = world.express()
    values = {"state": "proposed", "ended_at": None, "ended_by": None, "reason": None, "due_at": MOMENT}
    with pytest.raises(IntegrityError):
        write(world, first, **values)
    assert world.get(second).state is S.PROPOSED


def test_a_reference_is_there_once(world: World) -> None:
    first = world.reach(S.WITHDRAWN)
    second = world.express()
    with pytest.raises(IntegrityError):
        write(world, second, reference=world.get(first).reference)


def test_numbers_are_never_used_again(world: World) -> None:
    first = world.express()
    with world.database.transaction() as session:
        session.execute(sa.delete(Introduction))
    second = world.express()
    assert second > first
    assert world.get(second).reference == f"INT-2026-{second:05}"


def test_what_has_ended_or_opened_is_not_awaited() -> None:
    assert not set(ENDED) & {S.PROPOSED, S.VETTED, S.SENT}
    assert set(ENDED) & set(REVEALED) == {S.AGREED, S.FAILED}
