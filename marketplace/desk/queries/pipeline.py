"""The pipeline: introductions by state, of one's office or of the whole network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.desk import Handled, brokered, handled
from marketplace.introductions.queries.find import loads
from marketplace.introductions.queries.seats import possible
from marketplace.introductions.states import LIVE, IntroductionState
from marketplace.listings.models import Listing, ListingSector
from marketplace.policy import Actor
from marketplace.programmes.queries import took_part
from matching.types import Kind

COLUMNS: Final = (*LIVE, IntroductionState.AGREED)
"""What is over without an agreement stands in the list of introductions, not on the board."""
CARDS: Final = 10
"""Cards in a column; the number above it says how many there are."""


# The listing that is asked, and the proposer's own where there is one.
_one, _two = aliased(Listing), aliased(Listing)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which introductions are wanted; ``None`` for all.

    Parameters
    ----------
    network
        Of every office; those of other offices without names.
    sector
        Two digits of ISIC Rev.4; either listing's.
    country
        ISO 3166-1 alpha-2; of either side.
    programme
        Its code; one side was enrolled when the introduction was proposed.
    """

    network: bool = False
    kind: Kind | None = None
    sector: str | None = None
    country: str | None = None
    programme: str | None = None

    @property
    def words(self) -> dict[str, str]:
        """The filters as they stand in an address."""
        found = {
            "show": "network" if self.network else "",
            "kind": self.kind.value if self.kind else "",
            "sector": self.sector or "",
            "country": self.country or "",
            "programme": self.programme or "",
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
    """

    shown: Handled | None
    verbs: frozenset[str]
    version: int
    kind: Kind
    countries: tuple[str, str]
    offices: tuple[str, ...]
    changed_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A state with the introductions that have been in it longest."""

    state: IntroductionState
    count: int
    cards: Sequence[Card]


def board(session: Session, actor: Actor, filters: Filters) -> list[Column]:
    """Return the columns of the board, in two statements and what loads their cards."""
    wanted = _wanted(actor, filters)
    counts: Mapping[Any, int] = {
        row[0]: row[1]
        for row in session.execute(
            _joined(sa.select(Introduction.state, sa.func.count()), filters)
            .where(Introduction.state.in_(COLUMNS), *wanted)
            .group_by(Introduction.state)
        )
    }
    # In two steps: in one, the database joins all there is before it takes the first of each state.
    keys = session.scalars(_first(wanted, filters)).all()
    rows = session.scalars(sa.select(Introduction).where(Introduction.id.in_(keys)).options(*loads())).all()
    ordered = sorted(rows, key=lambda row: (row.changed_at, row.id))
    return [
        Column(
            state,
            counts.get(state, 0),
            [_card(actor, row) for row in _longest_first(state, ordered)],
        )
        for state in COLUMNS
    ]


def _first(wanted: Sequence[sa.ColumnElement[bool]], filters: Filters) -> Any:
    """Return the keys of each column's first cards, in one statement."""
    parts = []
    for state in COLUMNS:
        newest = state is IntroductionState.AGREED
        order = (
            (Introduction.changed_at.desc(), Introduction.id.desc())
            if newest
            else (Introduction.changed_at, Introduction.id)
        )
        part = (
            _joined(sa.select(Introduction.id), filters)
            .where(Introduction.state == state, *wanted)
            .order_by(*order)
            .limit(CARDS)
            .subquery()
        )
        parts.append(sa.select(part.c.id))
    return sa.union_all(*parts)


def _longest_first(state: IntroductionState, rows: Sequence[Introduction]) -> list[Introduction]:
    """Return a column's own: who has waited longest, first; of what is agreed, the newest."""
    own = [row for row in rows if row.state is state]
    return own[::-1] if state is IntroductionState.AGREED else own


def _wanted(actor: Actor, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Return the conditions, for a query over introductions with their listings ``_one`` and ``_two``."""
    wanted = [] if filters.network else [brokered(actor)]
    if filters.kind is not None:
        # An introduction is of the kind of the listing that is asked; its partner's is the same.
        wanted.append(_one.kind == filters.kind)
    if filters.country is not None:
        wanted.append(sa.or_(_one.country == filters.country, _two.country == filters.country))
    if filters.sector is not None:
        ends = [Introduction.other_listing_id, Introduction.proposer_listing_id]
        wanted.append(
            sa.exists().where(
                ListingSector.listing_id.in_(ends), ListingSector.code.startswith(filters.sector)
            )
        )
    if filters.programme is not None:
        sides = [Introduction.proposer_organisation_id, Introduction.other_organisation_id]
        wanted.append(took_part(filters.programme, sides, Introduction.proposed_at))
    return wanted


def _joined(query: Any, filters: Filters) -> Any:
    """Join both listings where a filter asks for them, of one introduction after the other."""
    if filters.kind is None and filters.country is None:
        return query
    asked = query.join(_one, _one.id == Introduction.other_listing_id)
    return asked.outerjoin(_two, _two.id == Introduction.proposer_listing_id)


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
        changed_at=row.changed_at,
        due_at=row.due_at,
    )
