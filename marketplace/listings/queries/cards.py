"""What a row in a list of listings shows, with nothing in it that the reader may not know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from babel import Locale, UnknownLocaleError
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace import policy
from marketplace.listings.models import Dissemination, Listing, State
from marketplace.policy import Actor
from matching.sectors import is_sector, sector_title
from matching.types import Kind, Side


@dataclass(frozen=True, slots=True)
class ListingCard:
    """A listing as one actor may see it in a list.

    Parameters
    ----------
    sectors
        Pairs of ISIC Rev.4 code and title.
    organisation_name, organisation_reference
        ``None`` where the actor may not know them, or where an office holds the listing.
    """

    id: int
    reference: str
    title: str
    summary: str
    side: Side
    kind: Kind
    state: State
    country: str
    country_name: str
    sectors: tuple[tuple[str, str], ...]
    capabilities: tuple[str, ...]
    organisation_name: str | None
    organisation_reference: str | None
    anonymous: bool
    response_deadline: date | None
    valid_until: date
    published_at: datetime | None
    open_for_interest: bool
    organisation_id: int | None
    office_id: int | None
    dissemination: Dissemination


def cards(session: Session, actor: Actor, ids: Sequence[int]) -> list[ListingCard]:
    """Return the cards of the listings that the actor may see, in the order asked.

    Parameters
    ----------
    ids
        Keys of listings; those that are gone or hidden from the actor are left out.
    """
    if not ids:
        return []
    rows = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(ids), policy.visible_to(actor, Listing))
        .options(*card_loads())
    )
    found = {row.id: row for row in rows}
    return cards_of(actor, (found[key] for key in ids if key in found))


def cards_of(actor: Actor, rows: Iterable[Listing]) -> list[ListingCard]:
    """Return the cards of rows that were loaded with :func:`card_loads` and that the actor may see."""
    return [card(actor, row) for row in rows]


def card_loads() -> tuple[sa.orm.interfaces.LoaderOption, ...]:
    """Return the options that load what a card shows in a fixed number of queries."""
    return (
        selectinload(Listing.capabilities),
        selectinload(Listing.sectors),
        joinedload(Listing.organisation),
    )


def card(actor: Actor, listing: Listing) -> ListingCard:
    """Return one card; the organisation's name only where ``listing:name`` allows it."""
    named = listing.organisation if policy.allowed(actor, "listing:name", listing) else None
    return ListingCard(
        id=listing.id,
        reference=listing.reference or "",
        title=listing.title,
        summary=listing.summary,
        side=listing.side,
        kind=listing.kind,
        state=listing.state,
        country=listing.country,
        country_name=country_name(listing.country, actor.language),
        sectors=tuple((row.code, sector_title(row.code)) for row in listing.sectors if is_sector(row.code)),
        capabilities=tuple(row.phrase for row in listing.capabilities),
        organisation_name=named.name if named else None,
        organisation_reference=named.reference if named else None,
        anonymous=listing.anonymous,
        response_deadline=listing.response_deadline,
        valid_until=listing.valid_until,
        published_at=listing.published_at,
        open_for_interest=listing.open_for_interest,
        # The key of the organisation would tell who it is to one who can look it up.
        organisation_id=listing.organisation_id if named else None,
        office_id=listing.office_id,
        dissemination=listing.dissemination,
    )


def country_name(code: str, language: str) -> str:
    """Return a country's name as Unicode CLDR has it in a language; the code where it has none."""
    try:
        names = Locale.parse(language, sep="-").territories
    except (UnknownLocaleError, ValueError):
        names = Locale("en").territories
    return str(names.get(code, code))
