"""What events bring about: listings are rescored, people are told, an officer's work goes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from marketplace import outbox
from marketplace.intake.services.steps import ASKED
from marketplace.introductions.services.hands import release
from marketplace.introductions.states import EVENTS
from marketplace.learning.services.keep import keep_decisions, keep_dismissals
from marketplace.listings.services import touch_listings_of
from marketplace.matches.services import Scored, score_listings, store_scores
from marketplace.notifications.queries.kinds import KINDS
from marketplace.notifications.services.tell import plan
from marketplace.outbox import Event
from workers.work import Work

# What the kinds of event concern whose consequence is a rescoring.
RESCORED: Final = frozenset({"ListingPublished", "ListingChanged", "ListingsImported"})
# Nothing follows from these; PROBED exists to be carried out, see exchange/checks/workers.py.
PROBED: Final = "Probed"
WITHOUT_CONSEQUENCE: Final = frozenset({"UserRegistered", PROBED})
LEFT: Final = "OfficerLeft"
# What is kept for learning.
DISMISSED: Final = frozenset({"MatchDismissed", "DismissalTakenBack"})
DECIDED: Final = frozenset(EVENTS)
KNOWN: Final = (
    RESCORED | WITHOUT_CONSEQUENCE | DISMISSED | DECIDED | {"OrganisationChanged", LEFT, ASKED} | set(KINDS)
)
# Listings scored for one transaction: it has to be over well within the event's lease.
PIECE: Final = 50


class UnknownEventError(Exception):
    """An event of a kind that this version does not know; a newer one may have recorded it."""


def listings_of(event: Event) -> list[int]:
    """Return the listings that an event asks to be rescored."""
    if event.kind not in RESCORED:
        return []
    return list(event.ids["listings"]) if event.kind == "ListingsImported" else [event.ids["listing"]]


def score(work: Work, events: Iterable[Event], now: datetime) -> Scored | None:
    """Ask the engine, before the transaction that writes down what it says.

    An import of many listings is not scored here: it is first split, see :func:`react`.
    """
    wanted = {key for event in events if len(listings_of(event)) <= PIECE for key in listings_of(event)}
    if not wanted:
        return None
    index = work.replica.refresh()
    with work.database.reading() as session:
        return score_listings(session, index, wanted, now.date())


def react(work: Work, session: Session, events: Sequence[Event], scored: Scored | None, now: datetime) -> int:
    """Carry out what follows from events, in the transaction that marks them as done.

    Returns
    -------
    int
        How many mails now wait that did not before.

    Raises
    ------
    UnknownEventError
        Where nobody has said what follows.
    """
    mails = 0
    for event in events:
        if event.kind not in KNOWN:
            raise UnknownEventError(f"no consequence is known of {event.kind}")
        if len(listings_of(event)) > PIECE:
            _split(session, event, now)
        if event.kind == "OrganisationChanged":
            touch_listings_of(session, event.ids["organisation"], now=now)
        if event.kind == LEFT:
            release(session, event.ids["user"], now=now)
        _keep(session, event)
        mails += plan(session, event, now)
    if scored is not None:
        store_scores(
            session,
            scored,
            now=now,
            threshold=work.settings.match_threshold,
            mails_per_listing=work.settings.match_mails_per_listing,
        )
    return mails


def _keep(session: Session, event: Event) -> None:
    """Write down what was decided, for the calibration."""
    if event.kind in DISMISSED:
        keep_dismissals(session, event.ids["request"], event.ids["offer"])
    if event.kind in DECIDED:
        keep_decisions(session, event.ids["introduction"])


def _split(session: Session, event: Event, now: datetime) -> None:
    """Record the import again in pieces; the keys make a second run record nothing."""
    ids = listings_of(event)
    for at in range(0, len(ids), PIECE):
        piece = {"listings": ids[at : at + PIECE]}
        outbox.record(session, event.kind, piece, at=now, key=f"piece:{event.id}:{at}")
