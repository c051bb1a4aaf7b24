"""Finding listings: one by its reference, one's own, and what waits for an officer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.listings.models import Attachment, Listing, State
from marketplace.listings.queries.cards import card_loads
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from matching.types import Side

NOTICE_DAYS: Final = 14
QUEUE: Final = 12


def listing_by_reference(session: Session, actor: Actor, reference: str) -> Listing:
    """Return a listing with everything that belongs to it.

    Parameters
    ----------
    reference
        Such as ``REQ-2026-00018``; upper and lower case are the same.

    Raises
    ------
    NotFound
        Where there is none, or the actor may not know of it.
    """
    listing = session.scalar(
        sa.select(Listing).where(Listing.reference == reference.strip().upper()).options(*whole_loads())
    )
    if listing is None or not policy.allowed(actor, "listing:view", listing):
        raise NotFound
    return listing


def whole_loads() -> tuple[sa.orm.interfaces.LoaderOption, ...]:
    """Return the options that load a listing with all its rows."""
    return (
        *card_loads(),
        selectinload(Listing.requirements),
        selectinload(Listing.attachments).joinedload(Attachment.file),
    )


def writable_organisations(session: Session, actor: Actor) -> list[tuple[int, str, str]]:
    """Return (id, name, country) of the organisations that the actor may post for, by name."""
    rows = session.scalars(
        sa.select(Organisation)
        .where(Organisation.id.in_(sorted(actor.memberships)))
        .order_by(Organisation.name)
    )
    return [
        (row.id, row.name, row.country) for row in rows if policy.allowed(actor, "organisation:edit", row)
    ]


@dataclass(frozen=True, slots=True)
class Own:
    """The listings of one's organisations.

    Parameters
    ----------
    counts
        How many there are in each state; states without any are left out.
    """

    rows: Sequence[Listing]
    total: int
    counts: Mapping[State, int]


def own_listings(session: Session, actor: Actor, state: State | None, *, offset: int, limit: int) -> Own:
    """Return the listings of the organisations that the actor belongs to, last changed first.

    Parameters
    ----------
    state
        Only these; ``None`` for all that are not archived.
    """
    mine = Listing.organisation_id.in_(sorted(actor.memberships))
    counts = _counted(session, sa.select(Listing.state, sa.func.count()).where(mine).group_by(Listing.state))
    chosen = sa.and_(mine, Listing.state == state if state else Listing.state != State.ARCHIVED)
    rows = session.scalars(
        sa.select(Listing)
        .where(chosen)
        .order_by(Listing.updated_at.desc(), Listing.id.desc())
        .offset(offset)
        .limit(limit)
        .options(*card_loads())
    ).all()
    total = counts.get(state, 0) if state else sum(counts.values()) - counts.get(State.ARCHIVED, 0)
    return Own(rows, total, counts)


def _counted(session: Session, query: Any) -> dict[Any, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def open_counts(session: Session, today: date) -> Mapping[Side, int]:
    """Return how many listings of each side are open, for everybody to read."""
    rows = _counted(
        session,
        sa.select(Listing.side, sa.func.count())
        .where(Listing.state == State.PUBLISHED, Listing.valid_until >= today)
        .group_by(Listing.side),
    )
    return {Side.OFFER: 0, Side.REQUEST: 0} | rows


def _of_my_office(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.true() if actor.is_admin else Listing.office_id == actor.office_id


def review_queue(session: Session, actor: Actor, reference: str = "") -> Sequence[Listing]:
    """Return the listings that wait for the actor's decision, oldest first; at most :data:`QUEUE`.

    Parameters
    ----------
    reference
        Of the only one that is wanted; ``""`` for all.
    """
    wanted = [Listing.state == State.SUBMITTED, _of_my_office(actor)]
    if reference:
        wanted.append(Listing.reference == reference.strip().upper())
    rows = session.scalars(
        sa.select(Listing)
        .where(*wanted)
        .order_by(Listing.submitted_at, Listing.id)
        .limit(QUEUE)
        .options(*whole_loads())
    )
    return [row for row in rows if policy.allowed(actor, "listing:review", row)]


def soon_expiring(session: Session, actor: Actor, today: date, limit: int = 20) -> Sequence[Listing]:
    """Return the office's published listings that end within :data:`NOTICE_DAYS`, first to end first."""
    return session.scalars(
        sa.select(Listing)
        .where(
            Listing.state == State.PUBLISHED,
            Listing.valid_until <= today + timedelta(days=NOTICE_DAYS),
            _of_my_office(actor),
        )
        .order_by(Listing.valid_until, Listing.id)
        .limit(limit)
        .options(*card_loads())
    ).all()


def office_counts(session: Session, actor: Actor) -> Mapping[State, int]:
    """Return how many listings of the actor's office are in each state; drafts are not its business."""
    return _counted(
        session,
        sa.select(Listing.state, sa.func.count())
        .where(_of_my_office(actor), Listing.state != State.DRAFT)
        .group_by(Listing.state),
    )
