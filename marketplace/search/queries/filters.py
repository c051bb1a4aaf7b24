"""What a visitor narrows the listings down to, as conditions in SQL."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from marketplace import policy
from marketplace.listings.models import Listing, ListingSector
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from matching.sectors import sectors
from matching.types import Kind, Side

DEADLINES: Final = (7, 30, 90)
"""Days from today within which answers may be wanted."""
DIVISION_DIGITS: Final = 2


class Sort(enum.StrEnum):
    """The order of what is found."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Filters:
    """What is chosen; the empty value of each means all.

    Parameters
    ----------
    countries
        ISO 3166-1 alpha-2.
    sector
        A code of ISIC Rev.4 of any level; the listings of all sectors below it count.
    within_days
        Days from today until an answer is wanted, one of :data:`DEADLINES`; 0 for any.
    organisation
        The reference of an organisation; finds only listings that show whose they are.
    sort
        ``None`` for the usual one: by relevance where there is a text, else newest first.
    """

    side: Side | None = None
    kinds: frozenset[Kind] = frozenset()
    countries: frozenset[str] = frozenset()
    sector: str = ""
    within_days: int = 0
    organisation: str = ""
    sort: Sort | None = None

    def conditions(self, actor: Actor, today: date) -> Mapping[str, sa.ColumnElement[bool]]:
        """Return one condition for each filter in use, by its name.

        Parameters
        ----------
        actor
            Decides which listings show their organisation.
        """
        found: dict[str, sa.ColumnElement[bool]] = {}
        if self.side is not None:
            found["side"] = Listing.side == self.side
        if self.kinds:
            found["kinds"] = Listing.kind.in_(sorted(self.kinds))
        if self.countries:
            found["countries"] = Listing.country.in_(sorted(self.countries))
        if self.sector:
            found["sector"] = Listing.id.in_(
                sa.select(ListingSector.listing_id).where(in_sector(self.sector))
            )
        if self.within_days:
            last = today + timedelta(days=self.within_days)
            found["within_days"] = Listing.response_deadline.between(today, last)
        if self.organisation:
            named = sa.select(Organisation.id).where(Organisation.reference == self.organisation)
            found["organisation"] = sa.and_(
                Listing.organisation_id.in_(named), policy.named_to(actor, Listing)
            )
        return found


def in_sector(code: str) -> sa.ColumnElement[bool]:
    """Return the condition that a row of ``listing_sector`` lies in a sector of any level."""
    if code.isdigit():
        return ListingSector.code.startswith(code, autoescape=True)
    return sa.or_(ListingSector.code == code, _division().in_(_divisions_of(code)))


def section_of_row() -> sa.ColumnElement[str]:
    """Return the section of a row of ``listing_sector``, in SQL: sections are runs of divisions."""
    firsts = [
        (min(_divisions_of(code)), code) for code, sector in sectors().items() if sector.level == "section"
    ]
    # A row may also name a section itself, and letters come after all digits.
    ends = [first for first, _code in firsts[1:]] + ["A"]
    runs = ((ListingSector.code < end, code) for (_first, code), end in zip(firsts, ends, strict=True))
    return sa.case(*runs, else_=ListingSector.code)


def digits_of_row(digits: int) -> sa.ColumnElement[str]:
    """Return the first digits of a row's code, in SQL."""
    return sa.func.substr(ListingSector.code, 1, digits)


def _division() -> sa.ColumnElement[str]:
    return digits_of_row(DIVISION_DIGITS)


def _divisions_of(section: str) -> list[str]:
    return [code for code, sector in sectors().items() if sector.parent == section]
