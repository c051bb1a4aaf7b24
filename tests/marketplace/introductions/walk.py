"""What every part of the walk stands on: the empty world, who is who in it, and how something is tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy.orm import Session

from marketplace.db import Database
from marketplace.errors import ExchangeError
from marketplace.introductions.models import Introduction
from marketplace.introductions.services.follow_up import ask_follow_ups
from marketplace.introductions.services.time import keep_time
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Listing
from marketplace.listings.services import expire_listings
from marketplace.policy import Actor
from marketplace.search.replica import Replica
from marketplace.web.context import EXTENSION
from tests.emptied import empty
from tests.marketplace.introductions.walk_holds import HOLDS
from tests.marketplace.introductions.walk_seen import look
from tests.marketplace.introductions.world import PEOPLE, World
from workers.work import Work

Got = TypeVar("Got")

# Whoever it falls to; if everybody tried everything alike, few walks would come far.
RIGHT: Final = "right"
WHO: Final = st.sampled_from((RIGHT,) * 16 + tuple(PEOPLE))
WHICH: Final = st.integers(0, 5)
# What is tried, one after the other: of what is possible at the time, or of everything.
VERBS: Final = st.lists(st.integers(0, 11), min_size=1, max_size=4)
SENSIBLE: Final = st.sampled_from((True, True, False))


class Walking(RuleBasedStateMachine):
    """The world in which anybody tries anything, at any time.

    Attributes
    ----------
    people
        Everybody, with permissions as they are now.
    keys
        Of the introductions, in the order in which they began.
    reached
        What the walks of one test have come to; a test must not pass by doing nothing.
    """

    database: Database
    app: Flask
    one_office: bool
    reached: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        clear(self.database)
        self.world = World(self.database, one_office=self.one_office, listed=False)
        replica = Replica(self.database, today=self._today)
        settings = self.app.extensions[EXTENSION].settings
        self.work = Work(settings, self.database, replica, self.app, ring=lambda _task: True)
        self.people: Mapping[str, Actor] = {}
        self.come_in()
        self.keys: list[int] = []
        self.forms = 0
        # Since all was looked at; what was refused has left no trace.
        self.changed = True

    def _today(self) -> date:
        return self.world.now.date()

    # ------------------------------------------------------------------------------- trying

    def attempt(self, do: Callable[[], Got]) -> Got | None:
        """Try, and take a refusal of one of the four kinds for an answer."""
        try:
            got = do()
        except ExchangeError:
            self.reached["refused"] += 1
            return None
        self.changed = True
        self.everything_holds()
        return got

    @invariant()
    def everything_holds(self) -> None:
        """Look at all there is, where something has changed, and hold it against what must be."""
        if not self.changed:
            return
        self.changed = False
        seen = look(self.database, self.world, self.people)
        for hold in HOLDS:
            hold(seen)
        self.reached.update({f"listing {row.state}" for row in seen.listings.values()})
        self.reached.update({f"introduction {row.state}" for row in seen.introductions})
        self.reached["told"] += len(seen.deliveries)

    def write(self, service: Callable[..., Got], *given: Any, **named: Any) -> Got | None:
        """Try a service in a transaction of its own, at the present moment."""

        def do() -> Got:
            with self.database.transaction() as session:
                return service(session, *given, now=self.world.now, **named)

        return self.attempt(do)

    def read(self, query: Callable[[Session], Got]) -> Got:
        """Read."""
        with self.database.reading() as session:
            return query(session)

    # ------------------------------------------------------------------------------- who and what

    def come_in(self) -> None:
        """Let everybody come in again, after permissions have changed."""
        self.people = {name: getattr(self.world, name) for name in PEOPLE}

    def someone(self, who: str, right: str) -> Actor:
        """Return a person by name, or the one to whom it falls."""
        return self.people[right if who == RIGHT else who]

    def person_of(self, organisation_id: int | None) -> str:
        """Return who speaks for a company."""
        world = self.world
        people = {world.maker: "maker_person", world.buyer: "buyer_person", world.strangers: "stranger"}
        return people[int(organisation_id or 0)]

    def officer_of(self, office_id: int | None) -> str:
        """Return who decides for an office; the administrators, where there is none."""
        world = self.world
        return {world.first_office: "first", world.second_office: "second"}.get(int(office_id or 0), "admin")

    def listings(self) -> list[Listing]:
        """Return the listings, oldest first."""
        return self.read(lambda session: list(session.scalars(sa.select(Listing).order_by(Listing.id))))

    def whose_turn(self, verb: str, found: Introduction) -> str:
        """Return to whom a verb falls."""
        if verb == "vet":
            return self.officer_of(found.proposer_office_id)
        if verb == "send_on":
            return self.officer_of(found.other_office_id)
        if verb == "withdraw" and found.origin == "office":
            return self.officer_of(found.proposer_office_id)
        asked = found.other_organisation_id
        if verb == "withdraw" or (verb == "accept" and found.proposer_awaited):
            asked = found.proposer_organisation_id
        return self.person_of(asked)

    def usual(self, key: int) -> str:
        """Return what usually comes next."""
        usual = {
            IntroductionState.PROPOSED: "vet",
            IntroductionState.VETTED: "send_on",
            IntroductionState.SENT: "accept",
            IntroductionState.ACCEPTED: "hold_meeting",
            IntroductionState.MEETING_HELD: "negotiate",
        }
        return usual.get(self.world.get(key).state, "agree")

    def do(self, verb: str, key: int, who: str = RIGHT) -> None:
        """Try a verb of an introduction."""
        person = self.someone(who, self.whose_turn(verb, self.world.get(key)))
        self.attempt(lambda: self.world.do(verb, key, person))

    def sweep(self, by: timedelta) -> None:
        """Let the clock run, and do what is due by it."""
        self.world.now += by
        for sweep in (keep_time, ask_follow_ups, expire_listings):
            with self.database.transaction() as session:
                sweep(session, now=self.world.now)
        self.changed = True


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
