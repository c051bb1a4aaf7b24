"""The part of the walk where the worker finds matches and tells of things, and people wave matches away."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import Session

from marketplace import outbox
from marketplace.listings.models import Listing, State
from marketplace.matches.models import DismissReason, Match
from marketplace.matches.services import dismiss_match, undo_dismissal
from marketplace.notifications.services.tell import plan
from marketplace.outbox import Event
from tests.marketplace.introductions.walk import WHICH, WHO, Walking
from workers.reactions import react, score

CLAIMED: Final = 20
# So long is one event worked on: what was written for it can be told by its moment.
MOMENT: Final = timedelta(seconds=1)


class KilledError(Exception):
    """The worker died before it could commit."""


class MatchRules(Walking):
    """What the worker does with what has happened, and what people do with its finds."""

    @rule(dies=st.sampled_from((False, False, True)))
    def work_on(self, dies: bool) -> None:  # noqa: FBT001 (Hypothesis gives it by its name)
        """Have the worker carry out what is due; what it has just told is told again."""
        self.carry_out(dies=dies)
        self.tell()

    def carry_out(self, *, dies: bool) -> None:
        """Carry out what is due; the worker may die each time before that is written down."""
        while True:
            with self.database.transaction() as session:
                events = outbox.claim(session, self.world.now, CLAIMED)
            self.changed = True
            if not events:
                return
            for event in events:
                self._carry_out(event, dies=dies)

    def _carry_out(self, event: Event, *, dies: bool) -> None:
        """Do for one event what the relay does, by the walk's own clock."""
        self.world.now += MOMENT
        now = self.world.now
        scored = score(self.work, [event], now)
        with suppress(KilledError), self.database.transaction() as session:
            assert outbox.settle(session, event.id, event.attempts, now)
            react(self.work, session, [event], scored, now)
            if dies:
                raise KilledError
        self._new_matches_are_of_open_listings()

    def _new_matches_are_of_open_listings(self) -> None:
        """Hold that nothing is found for, or in, a listing that is not published, or over."""
        now = self.world.now
        new = self.matches(Match.scored_at == now)
        self.reached["match found"] += len(new)
        for match in new:
            for listing in (match.request, match.offer):
                assert listing.state is State.PUBLISHED
                assert listing.valid_until >= now.date()

    def matches(self, *of: sa.ColumnElement[bool]) -> list[Match]:
        """Return the stored matches with their listings, oldest first."""
        query = sa.select(Match).where(*of).order_by(Match.id)
        both = (sa.orm.joinedload(Match.request), sa.orm.joinedload(Match.offer))
        return self.read(lambda session: list(session.scalars(query.options(*both))))

    @precondition(lambda self: self.matches())
    @rule(
        who=WHO, which=WHICH, asked=st.booleans(), reason=st.sampled_from(DismissReason), back=st.booleans()
    )
    def wave_away(self, who: str, which: int, asked: bool, reason: DismissReason, back: bool) -> None:  # noqa: FBT001 (likewise)
        """Somebody wants no match of this kind, says why, and may think better of it."""
        matches = self.matches()
        match = matches[which % len(matches)]
        own, partner = (match.request, match.offer) if asked else (match.offer, match.request)
        person = self.someone(who, self.person_of(own.organisation_id))

        def wave(session: Session, **moment: Any) -> bool:
            stored, listing = session.get_one(Match, match.id), session.get_one(Listing, own.id)
            dismiss_match(session, person, listing, stored, reason=reason, text="", **moment)
            return True

        def take_back(session: Session, **moment: Any) -> None:
            undo_dismissal(session, person, session.get_one(Listing, own.id), partner.id, **moment)

        if self.write(wave):
            self.reached["match waved away"] += 1
        if back:
            self.write(take_back)

    def tell(self) -> None:
        """Tell of the newest events, whether or not the worker has done so before."""
        with self.database.transaction() as session:
            newest = sa.select(Event).order_by(Event.id.desc()).limit(CLAIMED)
            for event in session.scalars(newest).all():
                plan(session, event, self.world.now)
        self.changed = True
