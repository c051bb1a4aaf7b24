"""A walk from a listing to an outcome in any order of acts, on both databases: what must always hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from marketplace.audit import AuditEntry
from marketplace.db import Database
from marketplace.errors import ExchangeError
from marketplace.introductions.models import Agreement, Introduction, Meeting, Message
from marketplace.introductions.states import ACTS, AWAITED, EVENTS, REVEALED, TABLE, IntroductionState
from marketplace.notifications.models import Delivery
from marketplace.notifications.services.tell import plan
from marketplace.outbox import Event
from tests.marketplace.introductions.world import World
from tests.workers.emptied import empty

PEOPLE = ("maker_person", "maker_reader", "buyer_person", "first", "second", "unrelated", "stranger", "admin")
ACTS_OF_SIDES = ("vet", "send_on", "accept", "decline", "withdraw", "remind")
PROGRESS = ("hold_meeting", "negotiate", "agree", "fail")


class Walk(RuleBasedStateMachine):
    """Anybody tries anything, at any time."""

    database: Database
    one_office: bool

    def __init__(self) -> None:
        super().__init__()
        clear(self.database)
        self.world = World(self.database, one_office=self.one_office)
        self.keys: list[int] = []

    @initialize(by_office=st.booleans())
    def begin(self, by_office: bool) -> None:  # noqa: FBT001 (Hypothesis gives it by its name)
        """Begin with an interest, or with an officer's proposal."""
        self.keys.append(self.world.propose() if by_office else self.world.express())

    @rule(verb=st.sampled_from(ACTS_OF_SIDES), who=st.sampled_from(PEOPLE), which=st.integers(0, 5))
    def act(self, verb: str, who: str, which: int) -> None:
        """Somebody tries something; it is done, or refused in one of the four ways."""
        self.attempt(lambda key: self.world.do(verb, key, getattr(self.world, who)), which)

    @rule(name=st.sampled_from(PROGRESS), who=st.sampled_from(PEOPLE), which=st.integers(0, 5))
    def progress(self, name: str, who: str, which: int) -> None:
        """Somebody says what has become of it."""
        self.attempt(lambda key: self.world.do_progress(key, name, getattr(self.world, who)), which)

    @rule(who=st.sampled_from(PEOPLE), which=st.integers(0, 5), to_all=st.booleans())
    def write(self, who: str, which: int, to_all: bool) -> None:  # noqa: FBT001 (likewise)
        """Somebody writes."""
        self.attempt(lambda key: self.world.write(key, getattr(self.world, who), to_all=to_all), which)

    @rule(who=st.sampled_from(PEOPLE), which=st.integers(0, 5), answering=st.integers(0, 2))
    def propose_times(self, who: str, which: int, answering: int) -> None:
        """Somebody proposes to meet."""
        self.attempt(
            lambda key: self.world.propose_times(key, getattr(self.world, who), answering=answering), which
        )

    @rule(who=st.sampled_from(PEOPLE), which=st.integers(0, 5), number=st.integers(1, 3))
    def accept_time(self, who: str, which: int, number: int) -> None:
        """Somebody accepts a time."""
        self.attempt(lambda key: self.world.accept_time(key, getattr(self.world, who), number), which)

    @rule(who=st.sampled_from(PEOPLE), number=st.integers(1, 3), held=st.booleans())
    def note_meeting(self, who: str, number: int, held: bool) -> None:  # noqa: FBT001 (likewise)
        """Somebody notes whether a meeting was held."""
        self.attempt(lambda key: self.world.note_meeting(key, getattr(self.world, who), number, held=held), 0)

    @rule(hours=st.sampled_from([1, 30, 100, 400]))
    def wait(self, hours: int) -> None:
        """Time passes, and the sweep comes twice."""
        self.world.pass_time(timedelta(hours=hours))
        self.world.pass_time(timedelta(0))

    @precondition(lambda self: len(self.keys) < 4)
    @rule(by_office=st.booleans())
    def again(self, by_office: bool) -> None:  # noqa: FBT001 (likewise)
        """Begin once more between the same two; while one lives there is no second."""
        try:
            key = self.world.propose() if by_office else self.world.express()
        except ExchangeError:
            return
        if key not in self.keys:
            self.keys.append(key)

    def attempt(self, do: Callable[[int], Any], which: int) -> None:
        """Try, and take a refusal for an answer."""
        try:
            do(self.keys[which % len(self.keys)])
        except ExchangeError:
            return

    @rule()
    def tell(self) -> None:
        """Everybody is told what there is to tell, twice."""
        with self.database.transaction() as session:
            for _twice in range(2):
                for event in session.scalars(sa.select(Event).order_by(Event.id)):
                    plan(session, event, self.world.now)

    @invariant()
    def nothing_opens_without_two_consents(self) -> None:
        """Contacts are open exactly where both have said yes, and for ever."""
        for found in self.rows():
            both = found.proposer_accepted_at is not None and found.other_accepted_at is not None
            assert (found.revealed_at is not None) == both
            assert both == (found.state in REVEALED)
            assert (found.due_at is not None) == (found.state in AWAITED)

    @invariant()
    def the_audit_is_the_way_that_was_taken(self) -> None:
        """Each transition is one entry, of a row of the table, that begins where the last one ended."""
        steps = {found.name: found for found in TABLE}
        for found in self.rows():
            state: str | None = None
            for entry in self.entries(found.id):
                step = steps[entry.facts["step"]]
                assert entry.act == step.act
                assert entry.facts.get("from") == state
                assert state is None or IntroductionState(state) in step.froms
                state = entry.facts["to"]
                assert state == step.to
            assert state == found.state

    @invariant()
    def each_step_is_told_once(self) -> None:
        """There is one event a transition, and at most one notice and one mail a person and event."""
        with self.database.reading() as session:
            events = session.scalars(sa.select(Event).where(Event.kind.in_(EVENTS))).all()
            told = session.execute(
                sa.select(sa.func.count(Delivery.id)).group_by(
                    Delivery.event_id, Delivery.recipient, Delivery.channel
                )
            ).scalars()
            assert set(told) <= {1}
        taken = sum(len(self.entries(key)) for key in self.keys)
        assert len(events) == taken

    @invariant()
    def one_lives(self) -> None:
        """Between the two there is one live introduction at most."""
        live = [found for found in self.rows() if found.ended_at is None]
        assert len(live) <= 1

    @invariant()
    def nobody_meets_who_is_not_known(self) -> None:
        """Both consents come before a meeting and an agreement; one side proposes, the other accepts."""
        opened = {found.id for found in self.rows() if found.revealed_at is not None}
        agreed = {found.id for found in self.rows() if found.state is IntroductionState.AGREED}
        with self.database.reading() as session:
            meetings = session.scalars(sa.select(Meeting)).all()
            assert {row.introduction_id for row in meetings} <= opened
            assert all(row.accepted_by is not row.proposed_by for row in meetings)
            assert set(session.scalars(sa.select(Agreement.introduction_id))) == agreed
            # What was written before the other side was asked is not for it.
            asked = Introduction.sent_at
            early = (
                sa.select(Message.id)
                .join(Message.introduction)
                .where(Message.for_all, sa.or_(asked.is_(None), Message.written_at < asked))
            )
            assert session.scalars(early).all() == []

    def rows(self) -> list[Introduction]:
        """Return the introductions as they are."""
        with self.database.reading() as session:
            return list(session.scalars(sa.select(Introduction).order_by(Introduction.id)))

    def entries(self, key: int) -> list[AuditEntry]:
        """Return the transitions that the audit holds of one."""
        with self.database.reading() as session:
            mine = (
                AuditEntry.thing == "introduction",
                AuditEntry.thing_id == key,
                AuditEntry.act.in_(ACTS),
            )
            return list(session.scalars(sa.select(AuditEntry).where(*mine).order_by(AuditEntry.id)))


def clear(database: Database) -> None:
    """Delete every row, the audit's too; only a test does."""
    if not database.sqlite:
        empty(database.url.render_as_string(hide_password=False))
        return
    with database.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        names = ("no_update", "no_delete", "no_replace")
        kept = [
            connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE name = ?", (f"audit_entry_{name}",)
            ).scalar_one()
            for name in names
        ]
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER audit_entry_{name}")
        for table in reversed(sa.inspect(connection).get_sorted_table_and_fkc_names()):
            if table[0] not in {None, "change_counter"}:
                connection.exec_driver_sql(f'DELETE FROM "{table[0]}"')  # noqa: S608 (the schema's own names)
        for statement in kept:
            connection.exec_driver_sql(str(statement))


@pytest.mark.parametrize("one_office", [False, True], ids=["two offices", "one office"])
def test_whatever_anybody_does(database: Database, one_office: bool) -> None:  # noqa: FBT001 (of pytest)
    machine = type("Walked", (Walk,), {"database": database, "one_office": one_office})
    few = settings(max_examples=12, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(machine, settings=few)
