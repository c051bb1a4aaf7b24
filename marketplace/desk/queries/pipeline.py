"""The pipeline: introductions by state, of one's office or of the whole network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.db import kept
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.desk import Handled, brokered, handled
from marketplace.introductions.queries.find import card_rows
from marketplace.introductions.queries.seats import possible
from marketplace.introductions.states import LIVE, IntroductionState
from marketplace.listings.models import Listing, ListingSector
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries.directory import in_sector
from marketplace.policy import Actor
from marketplace.programmes.queries import took_part
from matching.types import Kind

COLUMNS: Final = (*LIVE, IntroductionState.AGREED)
"""What is over without an agreement stands in the list of introductions, not on the board."""
CARDS: Final = 8
"""Cards in a column; the number above it says how many there are."""
COLUMN_SIZE: Final = 24
"""Cards on a page of one column alone."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which introductions are wanted; ``None`` for all.

    Parameters
    ----------
    network
        Of every office; those of other offices without names.
    sector
        Two digits of ISIC Rev.4; of either listing, or of a proposer who named none.
    country
        ISO 3166-1 alpha-2; of either listing, or of the proposer.
    programme
        Its code; one side was enrolled when the introduction was proposed.
    state
        Of one column alone, page by page.
    """

    network: bool = False
    kind: Kind | None = None
    sector: str | None = None
    country: str | None = None
    programme: str | None = None
    state: IntroductionState | None = None

    @property
    def words(self) -> dict[str, str]:
        """The filters as they stand in an address."""
        found = {
            "show": "network" if self.network else "",
            "kind": self.kind.value if self.kind else "",
            "sector": self.sector or "",
            "country": self.country or "",
            "programme": self.programme or "",
            "state": self.state.value if self.state else "",
        }
        return {name: word for name, word in found.items() if word}


@dataclass(frozen=True, slots=True)
class Card:
    """An introduction on the board.

    Parameters
    ----------
    shown
        ``None`` for another office's: then no name, no title and no reference is told.
    countries
        Of the proposer and of the other side.
    offices
        Names of the two, or of the one.
    within
        Whether one office holds both ends.
    """

    shown: Handled | None
    verbs: frozenset[str]
    version: int
    kind: Kind
    countries: tuple[str, str]
    offices: tuple[str, ...]
    within: bool
    changed_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A state with the introductions that have been in it longest."""

    state: IntroductionState
    count: int
    cards: Sequence[Card]


def board(session: Session, actor: Actor, filters: Filters, page: int = 1) -> list[Column]:
    """Return the columns of the board, in one statement and what loads their cards.

    Parameters
    ----------
    page
        From 1; of one column alone.
    """
    counts: dict[IntroductionState, int] = {}
    keys: list[int] = []
    for key, state, count in session.execute(_first_and_counts(actor, filters, page)):
        if state is None:
            keys.append(key)
        else:
            counts[state] = count
    ordered = sorted(card_rows(session, keys), key=lambda row: (row.changed_at, row.id))
    return [
        Column(
            state,
            counts.get(state, 0),
            [_card(actor, row) for row in _longest_first(state, ordered)],
        )
        for state in _columns(filters)
    ]


def _columns(filters: Filters) -> tuple[IntroductionState, ...]:
    return COLUMNS if filters.state is None else (filters.state,)


@kept
def _first_and_counts(actor: Actor, filters: Filters, page: int) -> sa.CompoundSelect[Any]:
    """Return the keys of each column's first cards, and beside them how many there are of each state.

    What is wanted is found once, from narrow copies of the rows, and both are taken from it.
    """
    hits = (
        sa.select(Introduction.id, Introduction.state, Introduction.changed_at)
        .where(Introduction.state.in_(_columns(filters)), *_wanted(actor, filters))
        .cte()
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    counts = sa.select(sa.null().label("id"), hits.c.state, sa.func.count()).group_by(hits.c.state)
    firsts = []
    size = CARDS if filters.state is None else COLUMN_SIZE
    for state in _columns(filters):
        oldest = (hits.c.changed_at, hits.c.id)
        newest = (hits.c.changed_at.desc(), hits.c.id.desc())
        part = (
            sa.select(hits.c.id)
            .where(hits.c.state == state)
            .order_by(*(newest if state is IntroductionState.AGREED else oldest))
            .limit(size)
            .offset((page - 1) * size)
            .subquery()
        )
        firsts.append(sa.select(part.c.id, sa.null(), sa.null()))
    return sa.union_all(counts, *firsts)


def _longest_first(state: IntroductionState, rows: Sequence[Introduction]) -> list[Introduction]:
    """Return a column's own: who has waited longest, first; of what is agreed, the newest."""
    own = [row for row in rows if row.state is state]
    return own[::-1] if state is IntroductionState.AGREED else own


def _wanted(actor: Actor, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return the conditions; by keys of listings and organisations, so that no row needs to be joined."""
    wanted = [] if filters.network else [brokered(actor)]
    asked, own, proposer = (
        Introduction.other_listing_id,
        Introduction.proposer_listing_id,
        Introduction.proposer_organisation_id,
    )
    if filters.kind is not None:
        # An introduction is of the kind of the listing that is asked; its partner's is the same.
        wanted.append(asked.in_(sa.select(Listing.id).where(Listing.kind == filters.kind)))
    if filters.country is not None:
        listings = _once(sa.select(Listing.id).where(Listing.country == filters.country))
        firms = sa.select(Organisation.id).where(Organisation.country == filters.country)
        wanted.append(sa.or_(asked.in_(listings), own.in_(listings), proposer.in_(firms)))
    if filters.sector is not None:
        # From the division's first class up to the next division: an index has them in this order.
        below = ListingSector.code.between(filters.sector, filters.sector + "99")
        listings = _once(sa.select(ListingSector.listing_id).where(below))
        firms = sa.select(Organisation.id).where(in_sector(filters.sector))
        of_proposer = sa.and_(own.is_(None), proposer.in_(firms))
        wanted.append(sa.or_(asked.in_(listings), own.in_(listings), of_proposer))
    if filters.programme is not None:
        wanted.append(
            took_part(
                filters.programme, [proposer, Introduction.other_organisation_id], Introduction.proposed_at
            )
        )
    return wanted


def _once(keys: sa.Select[Any]) -> sa.Select[Any]:
    """Return keys that are looked up once, however often they are asked for."""
    found = keys.cte().prefix_with("MATERIALIZED", dialect="postgresql")
    return sa.select(*found.c)


def _card(actor: Actor, row: Introduction) -> Card:
    mine = policy.allowed(actor, "introduction:broker", row)
    proposer = row.proposer_organisation or row.proposer_listing
    offices = [office.name for office in (row.proposer_office, row.other_office) if office is not None]
    return Card(
        shown=handled(actor, row) if mine else None,
        verbs=possible(actor, row) if mine else frozenset(),
        version=row.version if mine else 0,
        kind=row.other_listing.kind,
        countries=(proposer.country if proposer else "", row.other_listing.country),
        offices=tuple(dict.fromkeys(offices)),
        within=row.within_one_office,
        changed_at=row.changed_at,
        due_at=row.due_at,
    )
