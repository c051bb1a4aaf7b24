"""A walk from a listing to an outcome and beyond, in any order of acts, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

import pytest
from flask import Flask
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from marketplace.db import Database
from marketplace.introductions.models import FollowUpAnswer
from marketplace.introductions.states import IntroductionState
from tests.marketplace.introductions.walk import RIGHT
from tests.marketplace.introductions.walk_follow_ups import FollowUpRules
from tests.marketplace.introductions.walk_introductions import IntroductionRules
from tests.marketplace.introductions.walk_seen import look

HALF_A_YEAR_HOURS: Final = 4500
# How far a walk has gone the usual way before anybody may do anything.
NOTHING, LISTED, FOUND, INTRODUCED, AGREED, ASKED = range(6)
# What walks that go anywhere come to; the usual way, to its end, is a test of its own.
EXPECTED: Final = {
    *("listing draft", "listing submitted", "listing published", "match found", "told", "refused"),
    *("introduction sent", "introduction accepted", "introduction agreed"),
}
# In so many different states listings, and introductions, are seen at least.
STATES: Final = 6


class Walk(IntroductionRules, FollowUpRules):
    """Anybody tries anything, at any time, from the first draft to the last answer."""

    @initialize(
        far=st.sampled_from((INTRODUCED, FOUND, ASKED, INTRODUCED, AGREED, LISTED, NOTHING)),
        by_office=st.booleans(),
    )
    def begin(self, far: int, by_office: bool) -> None:  # noqa: FBT001 (Hypothesis gives it by its name)
        """Begin somewhere on the usual way, so that all of it is walked by few steps."""
        if far >= LISTED:
            self.publish(asks=False)
            self.publish(asks=True)
        if far >= FOUND:
            self.carry_out(dies=False)
        if far >= INTRODUCED:
            self.introduce(by_office=by_office)
        while far >= AGREED and self.world.get(self.keys[0]).state is not IntroductionState.AGREED:
            self.go_on(0, 1)
        if far >= ASKED:
            self.wait(HALF_A_YEAR_HOURS)


@pytest.fixture
def walk(
    database: Database, database_url: str, make_app: Callable[..., Flask], *, one_office: bool
) -> type[Walk]:
    """Give the walk on a database."""
    given = {
        "database": database,
        "app": make_app(database_url=database_url),
        "one_office": one_office,
        "reached": Counter(),
    }
    return type("Walked", (Walk,), given)


# On a busy machine, with loops still to be compiled, it takes longer than a test usually may.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("one_office", [False, True], ids=["two offices", "one office"])
def test_whatever_anybody_does(walk: type[Walk]) -> None:
    # A walk that fails is told as it was: to look for a shorter one takes longer than a test may.
    few = settings(max_examples=10, stateful_step_count=22, deadline=None, phases=[Phase.generate])
    run_state_machine_as_test(walk, settings=few)
    reached = {name for name, times in walk.reached.items() if times}
    assert reached >= EXPECTED
    for thing in ("listing ", "introduction "):
        assert sum(name.startswith(thing) for name in reached) >= STATES


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("one_office", "by_office"),
    [(False, False), (True, True)],
    ids=["two offices, by interest", "one office, by an officer"],
)
def test_the_usual_way_leads_from_two_drafts_to_the_answers_of_both_sides(
    walk: type[Walk], *, by_office: bool
) -> None:
    usual = walk()
    usual.begin(ASKED, by_office=by_office)
    usual.carry_out(dies=False)
    for which, answer in enumerate((FollowUpAnswer.GROWING, FollowUpAnswer.AS_AGREED)):
        usual.answer(RIGHT, 2 * which, answer, by_mail=bool(which))
    usual.everything_holds()
    seen = look(usual.database, usual.world, usual.people)
    assert [row.state for row in seen.introductions] == [IntroductionState.AGREED]
    answered = {(row.side.value, row.answer) for row in seen.follow_ups if row.answer is not None}
    assert answered == {("proposer", FollowUpAnswer.GROWING), ("other", FollowUpAnswer.AS_AGREED)}
    assert usual.reached["match found"] > 0
    assert usual.reached["refused"] == 0
