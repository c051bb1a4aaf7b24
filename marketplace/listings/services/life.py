"""What becomes of a listing after it was published: pauses, ends, renewal, expiry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import outbox, policy
from marketplace.errors import Conflict
from marketplace.listings.models import Listing, State, next_change
from marketplace.listings.queries import NOTICE_DAYS, whole_loads
from marketplace.listings.services.states import locked_listing, move
from marketplace.listings.services.values import VALID_DAYS
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor

# Acts of the owner that need nothing but the listing.
PLAIN_VERBS: Final = ("withdraw", "pause", "reopen", "mark_matched", "close", "archive")
ENDED: Final = frozenset({State.MATCHED, State.CLOSED, State.ARCHIVED})
# What is given for answers when a renewed request's own deadline has passed.
NEW_DEADLINE: Final = timedelta(days=30)
SWEEP: Final = 500


def change_state(session: Session, actor: Actor, reference: str, verb: str, *, now: datetime) -> Listing:
    """Withdraw, pause, reopen, mark as matched, close or archive a listing.

    Parameters
    ----------
    verb
        One of :data:`PLAIN_VERBS`.

    Raises
    ------
    Conflict
        Where it is not in a state for that; a listing whose last day has passed is renewed, not
        reopened.
    """
    if verb not in PLAIN_VERBS:
        raise ValueError(verb)
    listing = locked_listing(session, reference)
    if verb == "reopen" and listing.valid_until < now.date():
        policy.require(actor, "listing:edit", listing)
        raise Conflict(_("Its last day has passed. Renew it instead."))
    move(session, actor, listing, verb, now)
    listing.ended_at = now if listing.state in ENDED else None
    return listing


def renew_listing(session: Session, actor: Actor, reference: str, *, now: datetime) -> Listing:
    """Make a listing valid for another year from today.

    A deadline for answers that has passed is set :data:`NEW_DEADLINE` ahead; without it nobody
    could answer.
    """
    listing = locked_listing(session, reference)
    expired = listing.state is State.EXPIRED
    move(session, actor, listing, "renew", now)
    listing.valid_until = now.date() + timedelta(days=VALID_DAYS)
    if listing.response_deadline is not None and listing.response_deadline < now.date():
        listing.response_deadline = now.date() + NEW_DEADLINE
    if expired:
        listing.published_at = now
        listing.ended_at = None
    return listing


@dataclass(frozen=True, slots=True)
class Swept:
    """How many listings have ended, and how many owners are told that theirs will soon."""

    expired: int
    notices: int


def expire_listings(session: Session, *, now: datetime, limit: int = SWEEP) -> Swept:
    """End listings whose last day has passed, and tell owners :data:`NOTICE_DAYS` days before.

    Parameters
    ----------
    limit
        At most so many of each in this transaction; call again while the answer is full.
    """
    today = now.date()
    ended = _sweep(
        session,
        sa.and_(Listing.valid_until < today, Listing.state.in_([State.PUBLISHED, State.PAUSED])),
        limit,
    )
    for listing in ended:
        move(session, None, listing, "expire", now)
        listing.ended_at = now
    due = _sweep(
        session,
        sa.and_(
            Listing.state.in_([State.PUBLISHED, State.PAUSED]),
            Listing.valid_until <= today + timedelta(days=NOTICE_DAYS),
            sa.or_(Listing.expiry_notice_for.is_(None), Listing.expiry_notice_for != Listing.valid_until),
        ),
        limit,
    )
    for listing in due:
        key = f"expiring:{listing.id}:{listing.valid_until.isoformat()}"
        outbox.record(session, "ListingExpiring", {"listing": listing.id}, at=now, key=key)
        # Past the mapper: the version stays, so that nobody's open form is in conflict with it.
        session.execute(
            sa.update(Listing)
            .where(Listing.id == listing.id)
            .values(expiry_notice_for=listing.valid_until)
            .execution_options(synchronize_session=False)
        )
    return Swept(len(ended), len(due))


def _sweep(session: Session, condition: sa.ColumnElement[bool], limit: int) -> list[Listing]:
    session.flush()
    return list(
        session.scalars(
            sa.select(Listing)
            .where(condition)
            .order_by(Listing.valid_until, Listing.id)
            .limit(limit)
            .options(*whole_loads())
            .with_for_update(of=Listing, skip_locked=True)
        )
    )


def touch_listings_of(session: Session, organisation_id: int, *, now: datetime) -> int:
    """Let an organisation's open listings follow it, since the organisation has changed.

    Those of a suspended one are paused; the engine reads all others again.

    Returns
    -------
    int
        How many there are.
    """
    organisation = session.get(Organisation, organisation_id)
    if organisation is not None and organisation.suspended_at is not None:
        return _pause_listings_of(session, organisation_id, now)
    keys = session.scalars(
        sa.select(Listing.id)
        .where(Listing.organisation_id == organisation_id, Listing.state == State.PUBLISHED)
        .order_by(Listing.id)
        .with_for_update()
    ).all()
    for key in keys:
        session.execute(
            sa.update(Listing)
            .where(Listing.id == key)
            .values(change=next_change(session))
            .execution_options(synchronize_session=False)
        )
        outbox.record(session, "ListingChanged", {"listing": key}, at=now)
    return len(keys)


def _pause_listings_of(session: Session, organisation_id: int, now: datetime) -> int:
    listings = session.scalars(
        sa.select(Listing)
        .where(Listing.organisation_id == organisation_id, Listing.state == State.PUBLISHED)
        .order_by(Listing.id)
        .options(*whole_loads())
        .with_for_update(of=Listing)
    ).all()
    for listing in listings:
        move(session, None, listing, "suspend", now)
    return len(listings)
