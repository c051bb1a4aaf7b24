"""What is there after a step of the walk, read at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from marketplace.audit import AuditEntry
from marketplace.db import Database
from marketplace.introductions.models import Agreement, FollowUp, Introduction, Meeting, Message
from marketplace.listings.models import Listing, State
from marketplace.matches.models import Match
from marketplace.notifications.models import Delivery
from marketplace.outbox import Event
from marketplace.policy import Actor
from tests.marketplace.introductions.world import World


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that must agree with everything else.

    Parameters
    ----------
    people
        Everybody, with permissions as they are now.
    audit
        Entries by what they are of, oldest first.
    early
        Messages to all that were written before the other side was asked.
    """

    world: World
    people: Mapping[str, Actor]
    listings: Mapping[int, Listing]
    matches: Sequence[Match]
    introductions: Sequence[Introduction]
    meetings: Sequence[Meeting]
    agreed: frozenset[int]
    follow_ups: Sequence[FollowUp]
    early: Sequence[int]
    audit: Mapping[tuple[str, int | None], Sequence[AuditEntry]]
    events: Sequence[Event]
    deliveries: Sequence[Delivery]

    def way(self, listing_id: int) -> list[tuple[int, State]]:
        """Return the states that a listing has been in, each with the number of the entry that began it."""
        return [
            (entry.id, State(entry.facts.get("to", State.DRAFT)))
            for entry in self.audit["listing", listing_id]
            if entry.act.startswith("listing:")
        ]

    def state_at(self, listing_id: int, entry_id: int) -> State:
        """Return in which state a listing was when an entry was written."""
        return [state for at, state in self.way(listing_id) if at < entry_id][-1]


def look(database: Database, world: World, people: Mapping[str, Actor]) -> Seen:
    """Read all of it."""
    with database.reading() as session:
        audit: defaultdict[tuple[str, int | None], list[AuditEntry]] = defaultdict(list)
        for entry in session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)):
            audit[entry.thing, entry.thing_id].append(entry)
        asked = Introduction.sent_at
        early = (
            sa.select(Message.id)
            .join(Message.introduction)
            .where(Message.for_all, sa.or_(asked.is_(None), Message.written_at < asked))
        )
        return Seen(
            world=world,
            people=people,
            listings={row.id: row for row in session.scalars(sa.select(Listing))},
            matches=session.scalars(sa.select(Match)).all(),
            introductions=session.scalars(sa.select(Introduction).order_by(Introduction.id)).all(),
            meetings=session.scalars(sa.select(Meeting)).all(),
            agreed=frozenset(session.scalars(sa.select(Agreement.introduction_id))),
            follow_ups=session.scalars(sa.select(FollowUp)).all(),
            early=session.scalars(early).all(),
            audit=audit,
            events=session.scalars(sa.select(Event).order_by(Event.id)).all(),
            deliveries=session.scalars(sa.select(Delivery)).all(),
        )
