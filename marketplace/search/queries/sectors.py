"""The tree of sectors with what the exchange holds in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.listings.models import Listing, ListingSector, State
from marketplace.listings.queries import ListingCard, cards
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from marketplace.search.queries.filters import digits_of_row, in_sector, section_of_row
from matching.sectors import Sector, ancestors, is_sector, sectors
from matching.types import Side

SHOWN: Final = 10
"""Listings of a side, and organisations, on the page of a sector."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A sector with how many open listings it and all below it hold."""

    sector: Sector
    requests: int
    offers: int
    below: tuple[Branch, ...] = ()

    @property
    def listings(self) -> int:
        """Both sides together."""
        return self.requests + self.offers


@dataclass(frozen=True, slots=True)
class SectorPage:
    """One sector.

    Parameters
    ----------
    above
        From the section down to the parent.
    organisations
        Pairs of reference and name of those that say they work in it.
    """

    branch: Branch
    above: tuple[Sector, ...]
    requests: Sequence[ListingCard]
    offers: Sequence[ListingCard]
    organisations: Sequence[tuple[str, str]]
    organisation_total: int


def sector_tree(session: Session, actor: Actor, today: date) -> tuple[Branch, ...]:
    """Return the sections with their divisions, in the order of the classification."""
    counts = _counts(session, actor, today)
    return tuple(
        _branch(section, counts, below=True) for section in sectors().values() if section.level == "section"
    )


def sector_page(session: Session, actor: Actor, code: str, today: date) -> SectorPage:
    """Return a sector with the newest of its listings and its organisations.

    Raises
    ------
    NotFound
        Where ISIC Rev.4 has no such code.
    """
    if not is_sector(code):
        raise NotFound
    branch = _branch(sectors()[code], _counts(session, actor, today, code), below=True)
    requests, offers = (_newest(session, actor, code, side, today) for side in (Side.REQUEST, Side.OFFER))
    within = _says_it_works_in(session, code)
    organisations = session.execute(
        sa.select(Organisation.reference, Organisation.name)
        .where(within, Organisation.reference.is_not(None))
        .order_by(Organisation.name, Organisation.id)
        .limit(SHOWN)
    )
    return SectorPage(
        branch=branch,
        above=tuple(sectors()[above] for above in reversed(ancestors(code)[1:])),
        requests=requests,
        offers=offers,
        organisations=[(str(reference), name) for reference, name in organisations],
        organisation_total=session.scalar(sa.select(sa.func.count(Organisation.id)).where(within)) or 0,
    )


def _open(actor: Actor, today: date) -> sa.ColumnElement[bool]:
    return sa.and_(
        Listing.state == State.PUBLISHED, Listing.valid_until >= today, policy.visible_to(actor, Listing)
    )


def _counts(session: Session, actor: Actor, today: date, code: str = "") -> Counter[tuple[str, Side]]:
    """Count the listings of a sector and of those one level below it; of sections and divisions for none.

    One in two classes of a sector counts once there.
    """
    columns = {1: section_of_row(), 2: digits_of_row(2)}
    if code.isdigit():
        columns = {digits: digits_of_row(digits) for digits in (len(code), len(code) + 1)}
    found: Counter[tuple[str, Side]] = Counter()
    for digits, column in columns.items():
        named = (
            sa.select(column.label("code"), Listing.side, Listing.id)
            .join(ListingSector, ListingSector.listing_id == Listing.id)
            # Those that name a sector above it are not in any of these.
            .where(_open(actor, today), sa.func.length(ListingSector.code) >= digits)
            .distinct()
        )
        once = (named.where(in_sector(code)) if code else named).subquery()
        query = sa.select(once.c.code, once.c.side, sa.func.count()).group_by(once.c.code, once.c.side)
        found.update({(key, side): count for key, side, count in session.execute(query)})
    return found


def _branch(sector: Sector, counts: Counter[tuple[str, Side]], *, below: bool) -> Branch:
    return Branch(
        sector=sector,
        requests=counts[sector.code, Side.REQUEST],
        offers=counts[sector.code, Side.OFFER],
        below=tuple(
            _branch(child, counts, below=False)
            for child in sectors().values()
            if below and child.parent == sector.code
        ),
    )


def _newest(session: Session, actor: Actor, code: str, side: Side, today: date) -> list[ListingCard]:
    within = sa.select(ListingSector.listing_id).where(in_sector(code))
    ids = session.scalars(
        sa.select(Listing.id)
        .where(_open(actor, today), Listing.side == side, Listing.id.in_(within))
        .order_by(Listing.published_at.desc(), Listing.id.desc())
        .limit(SHOWN)
    )
    return cards(session, actor, list(ids))


def _says_it_works_in(session: Session, code: str) -> sa.ColumnElement[bool]:
    """Return the condition that an organisation names a sector, or one below it."""
    below = [other for other in sectors() if code in ancestors(other)]
    named: Any = sa.func.json_each(Organisation.sectors).table_valued("value")
    if session.get_bind().dialect.name == "postgresql":
        named = sa.func.jsonb_array_elements_text(Organisation.sectors).table_valued("value")
    names = sa.exists(sa.select(1).select_from(named).where(named.c.value.in_(below)))
    return sa.and_(Organisation.suspended_at.is_(None), names)
