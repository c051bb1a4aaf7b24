"""Carrying out events: claim, score, write, settle."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Final

from marketplace import clock, outbox
from marketplace.intake.services.steps import ASKED
from marketplace.outbox import Event
from workers.reactions import PIECE, RESCORED, react, score
from workers.work import Work

# Events claimed at once; those that only ask for rescoring are carried out together.
CLAIMED: Final = 20
# After so long the task ends and asks for another: no task is near its time limit.
BUDGET_SECONDS: Final = 45.0

log = logging.getLogger(__name__)


class LostLeaseError(Exception):
    """Somebody else has claimed an event meanwhile: what was done for it must not be committed."""


def relay(work: Work) -> int:
    """Carry out events until none is due, or the time is over.

    Returns
    -------
    int
        How many were carried out.
    """
    end = time.monotonic() + BUDGET_SECONDS
    done = 0
    while time.monotonic() < end:
        with work.database.transaction() as session:
            events = outbox.claim(session, clock.now(), CLAIMED)
        if not events:
            return done
        for group in _groups(events):
            # What is not begun in time comes back when its lease ends, which is well after our end.
            if time.monotonic() < end:
                done += _carry_out(work, group)
    work.ring("relay")
    return done


def _groups(events: Sequence[Event]) -> list[list[Event]]:
    """Put events together that rescore few listings: ten changes of one need one rescoring."""
    groups = [[event] for event in events if event.kind not in RESCORED]
    room = 0
    for event in events:
        if event.kind in RESCORED:
            size = len(event.ids.get("listings", ())) or 1
            if size > room:
                groups.append([])
                room = PIECE
            groups[-1].append(event)
            room -= size
    return groups


def _carry_out(work: Work, events: Sequence[Event]) -> int:
    """Carry out events in one transaction; one by one, where together they fail."""
    try:
        mails = _attempt(work, events)
    except LostLeaseError:
        log.warning("event %s is carried out by somebody else", events[0].id)
        return 0 if len(events) == 1 else sum(_carry_out(work, [event]) for event in events)
    except Exception as error:  # noqa: BLE001 (whatever it is, it is written down for staff)
        if len(events) > 1:
            return sum(_carry_out(work, [event]) for event in events)
        _note_failure(work, events[0], error)
        return 0
    if mails:
        work.ring("deliver")
    if any(event.kind == ASKED for event in events):
        work.ring("bring_in")
    return len(events)


def _attempt(work: Work, events: Sequence[Event]) -> int:
    scored = score(work, events, clock.now())
    with work.database.transaction() as session:
        now = clock.now()
        for event in events:
            if not outbox.settle(session, event.id, event.attempts, now):
                raise LostLeaseError
        return react(work, session, events, scored, now)


def _note_failure(work: Work, event: Event, error: Exception) -> None:
    log.error("event %s (%s) failed at try %s", event.id, event.kind, event.attempts, exc_info=error)
    with work.database.transaction() as session:
        outbox.fail(session, event.id, event.attempts, f"{type(error).__name__}: {error}", clock.now())
