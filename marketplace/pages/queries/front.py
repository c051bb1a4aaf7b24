"""Live numbers, the newest listings, and whether the database answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import ListingCard, card_loads, cards_of, open_counts
from marketplace.matches.models import Match
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from matching.types import Side

RECENT_DAYS: Final = 30
KEPT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Figures:
    """Live numbers of the exchange.

    Parameters
    ----------
    requests, offers
        Open today.
    organisations
        Not suspended.
    countries
        In which these organisations and open listings are.
    matches
        Found in the last ``days`` days.
    """

    requests: int
    offers: int
    organisations: int
    countries: int
    matches: int
    days: int


def figures(session: Session, now: datetime) -> Figures:
    """Count what there is.

    Parameters
    ----------
    now
        Aware.
    """
    sides = open_counts(session, now.date())
    active = Organisation.suspended_at.is_(None)
    countries = sa.union(
        sa.select(Organisation.country).where(active), sa.select(Listing.country).where(_open(now.date()))
    ).subquery()
    return Figures(
        requests=sides[Side.REQUEST],
        offers=sides[Side.OFFER],
        organisations=_count(session, sa.select(Organisation.id).where(active)),
        countries=_count(session, sa.select(countries)),
        matches=_count(
            session, sa.select(Match.id).where(Match.found_at >= now - timedelta(days=RECENT_DAYS))
        ),
        days=RECENT_DAYS,
    )


class KeptFigures:
    """The figures of the landing page, counted by each process at most once in :data:`KEPT`.

    They count all there is, for everybody who comes by.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._counted: tuple[datetime, Figures] | None = None

    def now(self, session: Session, now: datetime) -> Figures:
        """Return the figures, as they were less than :data:`KEPT` ago."""
        with self._lock:
            if self._counted is None or not timedelta(0) <= now - self._counted[0] < KEPT:
                self._counted = now, figures(session, now)
            return self._counted[1]


def newest(session: Session, actor: Actor, today: date, limit: int) -> list[ListingCard]:
    """Return the open listings published last that the actor may see."""
    rows = session.scalars(
        sa.select(Listing)
        .where(_open(today), policy.visible_to(actor, Listing))
        .order_by(Listing.published_at.desc(), Listing.id.desc())
        .limit(limit)
        .options(*card_loads())
    ).all()
    return cards_of(actor, rows)


def alive(session: Session) -> None:
    """Ask the database for nothing but an answer."""
    session.execute(sa.text("SELECT 1"))


def _open(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(Listing.state == State.PUBLISHED, Listing.valid_until >= today)


def _count(session: Session, rows: sa.Select[Any]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
