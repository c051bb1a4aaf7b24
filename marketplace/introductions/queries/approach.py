"""What may be chosen in the form of an expression of interest."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.listings.models import Listing, State
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from matching.types import Side


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
