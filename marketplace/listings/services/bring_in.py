"""Listings that staff bring in from a databank: published, or held where the text needs a look."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from marketplace import outbox, policy
from marketplace.listings.models import Listing, State, next_change
from marketplace.listings.services.checks import reasons_to_hold
from marketplace.listings.services.current import write_values
from marketplace.listings.services.values import ListingValues
from marketplace.listings.services.write import PREFIXES
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor

# Once published, a listing's state belongs to people; an import only changes what it says.
_HELD_STATES: Final = frozenset({State.PUBLISHED, State.PAUSED})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a listing comes from.

    Parameters
    ----------
    external_id
        The source's own key; one listing has it, for ever.
    organisation
        ``None`` where the source names nobody: then the office holds the listing.
    office_id
        The office that answers for it.
    published_at
        When the source published it.
    """

    external_id: str
    organisation: Organisation | None
    office_id: int | None
    published_at: datetime


def bring_in_listing(
    session: Session, actor: Actor, values: ListingValues, source: Source, now: datetime
) -> Listing:
    """Write a new listing of a databank.

    The caller records ``ListingsImported`` once for the whole batch, and notes it in the audit.
    """
    policy.require(actor, "databank:import")
    held = reasons_to_hold(values, source.organisation)
    listing = Listing(
        external_id=source.external_id,
        organisation=source.organisation,
        office_id=source.office_id,
        created_by_id=actor.user_id,
        state=State.SUBMITTED if held else State.PUBLISHED,
        side=values.side,
        kind=values.kind,
        title=values.title,
        country=values.country,
        valid_until=values.valid_until,
        held_because=held,
        submitted_at=now,
        published_at=None if held else source.published_at,
        created_at=now,
        updated_at=now,
        change=next_change(session),
    )
    session.add(listing)
    session.flush()
    write_values(listing, values)
    listing.reference = f"{PREFIXES[values.side]}-{now.year}-{listing.id:05d}"
    return listing


def bring_up_to_date(
    session: Session, actor: Actor, listing: Listing, values: ListingValues, now: datetime
) -> bool:
    """Write what the source says now into a listing it brought in earlier.

    Returns
    -------
    bool
        Whether anything differed.
    """
    policy.require(actor, "databank:import")
    # The source says nothing of the last day: it is the exchange's own.
    values = dataclasses.replace(
        values, valid_until=listing.valid_until, side=listing.side, kind=listing.kind
    )
    if not write_values(listing, values):
        return False
    listing.held_because = reasons_to_hold(values, listing.organisation)
    if listing.held_because and listing.state in _HELD_STATES:
        listing.state = State.SUBMITTED
        listing.submitted_at = now
        outbox.record(session, "ListingSubmitted", {"listing": listing.id}, at=now)
    listing.updated_at = now
    listing.change = next_change(session)
    session.flush()
    return True
