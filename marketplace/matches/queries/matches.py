"""The stored matches of listings, as one of their sides may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace import policy
from marketplace.errors import NotFound
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import ListingCard, cards
from marketplace.matches.models import Dismissal, DismissReason, Match
from marketplace.matches.stored import score_from_json
from marketplace.outbox import Event
from marketplace.policy import Actor
from matching.types import Score, Side

RESCORING: Final = ("ListingPublished", "ListingChanged")
"""Kinds of events that make a worker rescore one listing."""
RESCORING_MANY: Final = "ListingsImported"


@dataclass(frozen=True, slots=True)
class Waved:
    """That this side does not want a match."""

    reason: DismissReason
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Matched:
    """One match.

    Parameters
    ----------
    match_id
        ``None`` for one that was waved away and has gone since.
    card
        The partner's listing.
    waved
        ``None`` while this side has not waved it away.
    """

    match_id: int | None
    card: ListingCard
    score: Score
    found_at: datetime | None
    waved: Waved | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of matches.

    Parameters
    ----------
    total
        On all pages.
    waved
        How many are waved away; they are listed apart.
    """

    rows: Sequence[Matched]
    total: int
    waved: int


def matches_of(
    session: Session, actor: Actor, listing: Listing, *, today: date, waved: bool, offset: int, limit: int
) -> Listed:
    """Return the matches of a listing whose partners are open and may be read, best first.

    Parameters
    ----------
    waved
        Those that this side has waved away, in place of the others; last waved first.

    Raises
    ------
    NotFound, Forbidden
        Where ``match:view`` does not hold.
    """
    policy.require(actor, "match:view", listing)
    wanted = _waved_query(actor, listing) if waved else _live_query(actor, listing, today)
    # The id of the partner stands first in both.
    total = _count(session, wanted)
    rows = session.execute(wanted.offset(offset).limit(limit)).all()
    found = {card.id: card for card in cards(session, actor, [row.partner_id for row in rows])}
    return Listed(
        rows=[_matched(row, found[row.partner_id], waved=waved) for row in rows if row.partner_id in found],
        total=total,
        waved=total if waved else _count(session, _waved_query(actor, listing)),
    )


def match_of(session: Session, listing: Listing, match_id: int) -> Match:
    """Return a match of a listing.

    Raises
    ------
    NotFound
        Where it is gone, or another's.
    """
    match = session.get(Match, match_id)
    if match is None or listing.id not in {match.request_id, match.offer_id}:
        raise NotFound
    return match


def still_matching(session: Session, listing_id: int) -> bool:
    """Whether a worker has still to rescore a listing."""
    open_event = sa.and_(Event.done_at.is_(None), Event.set_aside_at.is_(None))
    single = sa.and_(Event.kind.in_(RESCORING), Event.ids["listing"].as_integer() == listing_id)
    if session.scalar(sa.select(sa.exists().where(open_event, single))):
        return True
    imported = session.scalars(sa.select(Event.ids).where(open_event, Event.kind == RESCORING_MANY))
    return any(listing_id in ids.get("listings", ()) for ids in imported)


def _ends(side: Side) -> tuple[Any, Any]:
    return (Match.request_id, Match.offer_id) if side is Side.REQUEST else (Match.offer_id, Match.request_id)


def _is_waved(side: Side) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        Dismissal.request_id == Match.request_id, Dismissal.offer_id == Match.offer_id, Dismissal.side == side
    )


def _live_query(actor: Actor, listing: Listing, today: date) -> sa.Select[Any]:
    own, other = _ends(listing.side)
    partner = aliased(Listing)
    return (
        sa.select(other.label("partner_id"), Match.id.label("match_id"), Match.explanation, Match.found_at)
        .join(partner, partner.id == other)
        .where(
            own == listing.id,
            partner.state == State.PUBLISHED,
            partner.valid_until >= today,
            policy.visible_to(actor, partner),
            sa.not_(_is_waved(listing.side)),
        )
        .order_by(Match.total.desc(), other)
    )


def _waved_query(actor: Actor, listing: Listing) -> sa.Select[Any]:
    own, other = (
        (Dismissal.request_id, Dismissal.offer_id)
        if listing.side is Side.REQUEST
        else (Dismissal.offer_id, Dismissal.request_id)
    )
    partner = aliased(Listing)
    pair = sa.and_(Match.request_id == Dismissal.request_id, Match.offer_id == Dismissal.offer_id)
    return (
        sa.select(
            other.label("partner_id"),
            Match.id.label("match_id"),
            Dismissal.explanation,
            Match.found_at,
            Dismissal.reason,
            Dismissal.text,
            Dismissal.at,
        )
        .select_from(Dismissal)
        .join(partner, partner.id == other)
        .outerjoin(Match, pair)
        .where(own == listing.id, Dismissal.side == listing.side, policy.visible_to(actor, partner))
        .order_by(Dismissal.at.desc(), other)
    )


def _count(session: Session, query: sa.Select[Any]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0


def _matched(row: Any, card: ListingCard, *, waved: bool) -> Matched:
    return Matched(
        match_id=row.match_id,
        card=card,
        score=score_from_json(row.explanation),
        found_at=row.found_at,
        waved=Waved(row.reason, row.text, row.at) if waved else None,
    )
