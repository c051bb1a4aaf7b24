"""Which meetings are counted: those arranged here, and those that the sides only tell of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.db import Database
from marketplace.introductions.states import IntroductionState
from marketplace.policy import OPERATOR
from marketplace.reports.queries.count import by_quarter, selected
from marketplace.reports.queries.figures import FIGURES
from marketplace.reports.queries.listed import listed
from marketplace.reports.queries.scope import Quarter, Scope
from tests.marketplace.introductions.world import World

QUARTER = Quarter(2026, 2)
MAY = datetime(2026, 5, 5, 9, tzinfo=UTC)
FIGURE = FIGURES["meetings"]


@pytest.fixture
def world(database: Database) -> World:
    """Give two sides who know each other since a day in May."""
    return World(database, now=MAY - timedelta(days=1))


def hold(world: World, key: int, noted: datetime, *, held: bool = True) -> None:
    """Arrange a meeting that begins two hours before it is noted whether it was held."""
    world.now = noted - timedelta(hours=9)
    number = world.propose_times(key, world.maker_person, 7)
    world.accept_time(key, world.buyer_person, number=number)
    world.now = noted
    assert world.note_meeting(key, world.first, number=number, held=held)


def counted(world: World, quarter: Quarter = QUARTER) -> tuple[float | None, list[datetime]]:
    """Return the number, and the moments in the list behind it."""
    with world.database.reading() as session:
        number = by_quarter(session, [FIGURE], Scope(), [quarter], ())[FIGURE.name, quarter].value
        rows = selected(FIGURE, Scope(), quarter, ())
        return number, [row.at for row in listed(session, OPERATOR, FIGURE.thing, rows)]


def test_a_meeting_that_was_held_counts_though_the_two_negotiated_already(world: World) -> None:
    hold(world, world.reach(IntroductionState.NEGOTIATING), MAY)
    assert counted(world) == (1, [MAY])


def test_one_that_was_not_held_does_not(world: World) -> None:
    hold(world, world.reach(IntroductionState.NEGOTIATING), MAY, held=False)
    assert counted(world) == (0, [])


def test_one_that_is_only_told_of_counts(world: World) -> None:
    key = world.reach(IntroductionState.ACCEPTED)
    world.now = MAY
    world.do("hold_meeting", key)
    assert counted(world) == (1, [MAY])


def test_an_introduction_counts_once_in_the_quarter_of_the_first(world: World) -> None:
    key = world.reach(IntroductionState.ACCEPTED)
    world.now = MAY
    world.do("hold_meeting", key)
    hold(world, key, MAY + timedelta(days=80))
    assert counted(world) == (1, [MAY])
    assert counted(world, QUARTER.shifted(1)) == (0, [])
