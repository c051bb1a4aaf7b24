"""The life of a listing: one table says from where, by which act, to where, who may, and what is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.errors import Conflict, NotFound
from marketplace.listings.models import Listing, State, next_change
from marketplace.listings.queries import whole_loads
from marketplace.policy import Actor

# The permission of what only the exchange itself does.
SYSTEM: Final = ""
OWN: Final = "listing:edit"
STAFF: Final = "listing:review"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    Parameters
    ----------
    permission
        Of ``policy.py``; :data:`SYSTEM` for what no person does.
    events
        Recorded in the same transaction, in this order.
    """

    to: State
    permission: str
    events: tuple[str, ...] = ()


_CHANGED: Final = ("ListingChanged",)

STATES: Final[Mapping[tuple[State, str], Transition]] = MappingProxyType({
    (State.DRAFT, "edit"): Transition(State.DRAFT, OWN),
    (State.DRAFT, "submit"): Transition(State.SUBMITTED, OWN, ("ListingSubmitted",)),
    (State.DRAFT, "publish_at_once"): Transition(State.PUBLISHED, OWN, ("ListingPublished",)),
    (State.DRAFT, "archive"): Transition(State.ARCHIVED, OWN),
    (State.RETURNED, "edit"): Transition(State.RETURNED, OWN),
    (State.RETURNED, "submit"): Transition(State.SUBMITTED, OWN, ("ListingSubmitted",)),
    (State.RETURNED, "publish_at_once"): Transition(State.PUBLISHED, OWN, ("ListingPublished",)),
    (State.RETURNED, "archive"): Transition(State.ARCHIVED, OWN),
    (State.SUBMITTED, "edit"): Transition(State.SUBMITTED, OWN),
    (State.SUBMITTED, "withdraw"): Transition(State.DRAFT, OWN),
    (State.SUBMITTED, "publish"): Transition(State.PUBLISHED, STAFF, ("ListingPublished",)),
    (State.SUBMITTED, "return"): Transition(State.RETURNED, STAFF, ("ListingReturned",)),
    (State.PUBLISHED, "edit"): Transition(State.PUBLISHED, OWN, _CHANGED),
    # An edit that brought contact details into the text: the office looks before others do.
    (State.PUBLISHED, "hold"): Transition(State.SUBMITTED, OWN, (*_CHANGED, "ListingSubmitted")),
    (State.PUBLISHED, "pause"): Transition(State.PAUSED, OWN, _CHANGED),
    (State.PUBLISHED, "mark_matched"): Transition(State.MATCHED, OWN, _CHANGED),
    (State.PUBLISHED, "close"): Transition(State.CLOSED, OWN, _CHANGED),
    (State.PUBLISHED, "renew"): Transition(State.PUBLISHED, OWN, _CHANGED),
    (State.PUBLISHED, "return"): Transition(State.RETURNED, STAFF, ("ListingReturned", *_CHANGED)),
    (State.PUBLISHED, "expire"): Transition(State.EXPIRED, SYSTEM, _CHANGED),
    # With its organisation; whether it goes on afterwards is for its people to say.
    (State.PUBLISHED, "suspend"): Transition(State.PAUSED, SYSTEM, _CHANGED),
    (State.PAUSED, "edit"): Transition(State.PAUSED, OWN),
    (State.PAUSED, "hold"): Transition(State.SUBMITTED, OWN, ("ListingSubmitted",)),
    (State.PAUSED, "reopen"): Transition(State.PUBLISHED, OWN, _CHANGED),
    (State.PAUSED, "mark_matched"): Transition(State.MATCHED, OWN, _CHANGED),
    (State.PAUSED, "close"): Transition(State.CLOSED, OWN, _CHANGED),
    (State.PAUSED, "renew"): Transition(State.PAUSED, OWN),
    (State.PAUSED, "return"): Transition(State.RETURNED, STAFF, ("ListingReturned",)),
    (State.PAUSED, "expire"): Transition(State.EXPIRED, SYSTEM, _CHANGED),
    (State.MATCHED, "reopen"): Transition(State.PUBLISHED, OWN, _CHANGED),
    (State.MATCHED, "close"): Transition(State.CLOSED, OWN, _CHANGED),
    (State.MATCHED, "archive"): Transition(State.ARCHIVED, OWN),
    (State.CLOSED, "archive"): Transition(State.ARCHIVED, OWN),
    (State.EXPIRED, "renew"): Transition(State.PUBLISHED, OWN, _CHANGED),
    (State.EXPIRED, "archive"): Transition(State.ARCHIVED, OWN),
})  # fmt: skip

# What to say where an act is not possible any more: what the listing is now.
NOW: Final[Mapping[State, Any]] = MappingProxyType({
    State.DRAFT: _l("It is a draft now."),
    State.SUBMITTED: _l("It is with the office for review."),
    State.RETURNED: _l("The office has returned it."),
    State.PUBLISHED: _l("It is published."),
    State.PAUSED: _l("It is paused."),
    State.MATCHED: _l("A partner has been found for it."),
    State.CLOSED: _l("It has been closed."),
    State.EXPIRED: _l("Its last day has passed."),
    State.ARCHIVED: _l("It is in the archive."),
})  # fmt: skip


def locked_listing(session: Session, reference: str) -> Listing:
    """Return a listing, locked until the end of the transaction.

    Raises
    ------
    NotFound
        Where there is none; whether the actor may know of it is decided by :func:`move`.
    """
    listing = session.scalar(
        sa.select(Listing)
        .where(Listing.reference == reference.strip().upper())
        .options(*whole_loads())
        .execution_options(populate_existing=True)
        .with_for_update(of=Listing)
    )
    if listing is None:
        raise NotFound
    return listing


def possible(listing: Listing, verb: str) -> bool:
    """Whether the act exists in the listing's state; who may do it is another question."""
    return (listing.state, verb) in STATES


def too_late(listing: Listing) -> Conflict:
    """Return the conflict that says what has become of a listing meanwhile."""
    return Conflict(_("This cannot be done any more. %(now)s", now=NOW[listing.state]))


def move(
    session: Session,
    actor: Actor | None,
    listing: Listing,
    verb: str,
    now: datetime,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Carry out one row of the table: state, number of the change, audit, events.

    Parameters
    ----------
    actor
        ``None`` for the exchange itself.
    listing
        Locked by this transaction.
    facts
        Further identifiers for the audit.

    Raises
    ------
    Conflict
        Where the act does not exist in the present state; it says what has happened.
    Forbidden, NotFound
        By ``policy.py``.
    """
    row = STATES.get((listing.state, verb))
    if actor is not None:
        policy.require(actor, row.permission if row and row.permission else OWN, listing)
    if row is None or (row.permission == SYSTEM) != (actor is None):
        raise too_late(listing)
    before = listing.state
    listing.state = row.to
    listing.updated_at = now
    session.flush()
    listing.change = next_change(session)
    audit.note(
        session,
        actor.user_id if actor else None,
        f"listing:{verb}",
        "listing",
        listing.id,
        now,
        {"from": before.value, "to": row.to.value, **(facts or {})},
    )
    for event in row.events:
        outbox.record(session, event, {"listing": listing.id}, at=now)
