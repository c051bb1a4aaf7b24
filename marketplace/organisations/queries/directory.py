"""The directory of organisations: what anybody may look through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from marketplace.accounts.queries import escaped
from marketplace.organisations.models import Organisation, OrganisationType
from marketplace.organisations.names import plain

MOST_WORDS = 6
# Fewer letters begin too many names of towns to say which is meant.
SHORTEST_PLACE = 3
MOST_PLACES = 300


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for in the directory.

    Parameters
    ----------
    text
        Part of a name or a place.
    country
        ISO 3166-1 alpha-2.
    sector
        A code of ISIC Rev.4 of two to four digits; classes below it are found too.
    """

    text: str = ""
    country: str = ""
    sector: str = ""
    type: str = ""
    verified: bool = False


def organisations_like(
    session: Session, wanted: Wanted, *, limit: int, offset: int
) -> tuple[Sequence[Organisation], int]:
    """Return organisations by name, and how many there are; suspended ones never.

    Parameters
    ----------
    limit, offset
        The part of the list that is wanted.
    """
    condition = sa.and_(Organisation.suspended_at.is_(None), *_conditions(session, wanted))
    total = session.scalar(sa.select(sa.func.count()).select_from(Organisation).where(condition)) or 0
    rows = session.scalars(
        sa.select(Organisation)
        .where(condition)
        .order_by(Organisation.name_key, Organisation.id)
        .limit(limit)
        .offset(offset)
        .options(selectinload(Organisation.certificates))
    )
    return list(rows), total


def _conditions(session: Session, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found = says_all(session, wanted.text)
    if wanted.country:
        found.append(Organisation.country == wanted.country)
    if wanted.type in set(OrganisationType):
        found.append(Organisation.type == OrganisationType(wanted.type))
    if wanted.verified:
        found.append(Organisation.verified_at.is_not(None))
    if wanted.sector:
        found.append(in_sector(wanted.sector))
    return found


def says_all(session: Session, text: str, *within: sa.ColumnElement[bool]) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that each word of a text stands in the name, or begins the town's or region's.

    Parameters
    ----------
    within
        Of which organisations the towns are to be known.
    """
    words = text.split()[:MOST_WORDS]
    places = _places(session, *within) if words else []
    return [_says(word, places) for word in words]


def in_sector(code: str) -> sa.ColumnElement[bool]:
    """Return the condition that an organisation works in a sector, or in a class below it."""
    # The codes stand in a list in JSON, each between quotation marks.
    return sa.cast(Organisation.sectors, sa.Text).like(f'%"{escaped(code)}%', escape="\\")


def _places(session: Session, *within: sa.ColumnElement[bool]) -> Sequence[tuple[str, str]]:
    """Return the key of every town, and how it is written: neither database folds accents for us."""
    towns = session.scalars(sa.select(Organisation.city).where(Organisation.city != "", *within).distinct())
    return [(plain(town), town) for town in towns]


def _says(word: str, places: Sequence[tuple[str, str]]) -> sa.ColumnElement[bool]:
    """Return the condition that a word stands in the name, or begins the town's or region's."""
    key = plain(word) or word
    conditions = [
        Organisation.name_key.like(f"%{escaped(key)}%", escape="\\"),
        Organisation.reference == word.upper(),
    ]
    if len(key) >= SHORTEST_PLACE:
        towns = sorted(town for place, town in places if any(part.startswith(key) for part in place.split()))
        conditions.append(Organisation.city.in_(towns[:MOST_PLACES]))
        conditions.append(Organisation.region.ilike(f"{escaped(word)}%", escape="\\"))
    return sa.or_(*conditions)
