"""Reading interests: one's own, and those received, without a word on who the other side is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.introductions.models import Interest
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import ListingCard, cards
from marketplace.organisations.models import EmployeeBand, Organisation
from marketplace.policy import Actor
from matching.types import Side


@dataclass(frozen=True, slots=True)
class Mine:
    """An interest of one of one's organisations.

    Parameters
    ----------
    card
        The listing; ``None`` where it may not be read any more.
    own
        Reference and title of the listing it came from; ``None`` when from none.
    """

    id: int
    organisation_id: int
    organisation: str
    card: ListingCard | None
    own: tuple[str, str] | None
    sought: str
    unclear: str
    at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Received:
    """An interest in a listing of one's own.

    What the other side wrote is for the offices: it may hold a name or a contact.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2, of the interested organisation.
    sectors
        Its sectors, codes of ISIC Rev.4.
    employees
        Its size; ``None`` where it does not say.
    """

    id: int
    reference: str
    title: str
    country: str
    sectors: tuple[str, ...]
    employees: EmployeeBand | None
    at: datetime


def live_interest(session: Session, organisation_id: int, listing_id: int) -> Interest:
    """Return the one interest of an organisation in a listing that is not withdrawn.

    Raises
    ------
    NotFound
        Where there is none.
    """
    found = session.scalar(
        sa.select(Interest).where(
            Interest.organisation_id == organisation_id,
            Interest.listing_id == listing_id,
            Interest.withdrawn_at.is_(None),
        )
    )
    if found is None:
        raise NotFound
    return found


def live_interests(session: Session, actor: Actor, listing_id: int) -> Sequence[Interest]:
    """Return the live interests that the actor's organisations have in a listing, oldest first."""
    return session.scalars(
        sa.select(Interest)
        .where(
            Interest.organisation_id.in_(sorted(actor.memberships)),
            Interest.listing_id == listing_id,
            Interest.withdrawn_at.is_(None),
        )
        .order_by(Interest.at, Interest.id)
    ).all()


def interest_by_id(session: Session, actor: Actor, interest_id: int) -> Interest:
    """Return an interest of one of the actor's organisations.

    Raises
    ------
    NotFound
        Where there is none, or it is another's.
    """
    found = session.get(Interest, interest_id)
    if found is None or not policy.allowed(actor, "interest:view", found):
        raise NotFound
    return found


def my_interests(session: Session, actor: Actor, *, offset: int, limit: int) -> tuple[list[Mine], int]:
    """Return the interests of the actor's organisations, newest first, and how many there are."""
    mine = Interest.organisation_id.in_(sorted(actor.memberships))
    rows = session.execute(
        sa.select(Interest, Organisation.name)
        .join(Organisation, Organisation.id == Interest.organisation_id)
        .where(mine)
        .options(joinedload(Interest.own_listing))
        .order_by(Interest.at.desc(), Interest.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    found = {
        card.id: card for card in cards(session, actor, [interest.listing_id for interest, _name in rows])
    }
    total = session.scalar(sa.select(sa.func.count(Interest.id)).where(mine)) or 0
    return [_mine(interest, name, found) for interest, name in rows], total


def _mine(interest: Interest, organisation: str, found: Mapping[int, ListingCard]) -> Mine:
    own = interest.own_listing
    return Mine(
        id=interest.id,
        organisation_id=interest.organisation_id,
        organisation=organisation,
        card=found.get(interest.listing_id),
        own=(own.reference or "", own.title) if own else None,
        sought=interest.sought,
        unclear=interest.unclear,
        at=interest.at,
        withdrawn_at=interest.withdrawn_at,
    )


def received_interests(
    session: Session, actor: Actor, *, offset: int, limit: int
) -> tuple[list[Received], int]:
    """Return the live interests in listings of the actor's organisations, newest first, and their number."""
    received = sa.and_(
        Listing.organisation_id.in_(sorted(actor.memberships)), Interest.withdrawn_at.is_(None)
    )
    rows = session.execute(
        sa.select(
            Interest.id,
            Interest.at,
            Listing.reference,
            Listing.title,
            Organisation.country,
            Organisation.sectors,
            Organisation.employees,
        )
        .join(Listing, Listing.id == Interest.listing_id)
        .join(Organisation, Organisation.id == Interest.organisation_id)
        .where(received)
        .order_by(Interest.at.desc(), Interest.id.desc())
        .offset(offset)
        .limit(limit)
    )
    found = [
        Received(
            id=row.id,
            reference=row.reference or "",
            title=row.title,
            country=row.country,
            sectors=tuple(row.sectors),
            employees=row.employees,
            at=row.at,
        )
        for row in rows
    ]
    count = (
        sa.select(sa.func.count(Interest.id)).join(Listing, Listing.id == Interest.listing_id).where(received)
    )
    return found, session.scalar(count) or 0


def organisations_written_for(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    """Return key and name of the organisations that the actor writes for, by name."""
    keys = [key for key in sorted(actor.memberships) if actor.edits(key)]
    rows = session.execute(
        sa.select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(keys))
        .order_by(Organisation.name, Organisation.id)
    )
    return [(key, name) for key, name in rows]


def own_listings_facing(session: Session, actor: Actor, side: Side) -> Sequence[Listing]:
    """Return the actor's open listings on the other side of ``side``, newest first."""
    keys = [key for key in sorted(actor.memberships) if actor.edits(key)]
    return session.scalars(
        sa.select(Listing)
        .where(
            Listing.organisation_id.in_(keys), Listing.side == side.other, Listing.state == State.PUBLISHED
        )
        .order_by(Listing.published_at.desc(), Listing.id.desc())
    ).all()
