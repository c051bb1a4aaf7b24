"""The engine's best pairs that nobody has introduced yet, for the officers of either side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace import policy
from marketplace.db import kept
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import joining
from marketplace.introductions.states import LIVE
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import ListingCard, cards
from marketplace.matches.models import Dismissal, Match
from marketplace.matches.stored import score_from_json
from marketplace.offices.models import MOST_LIVE, Office
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from matching.types import Score

SHOWN: Final = 12
HELD_BACK: Final = 5
"""Pairs that are held back and shown with the reason."""
CHUNK: Final = 100
LOOKED_AT: Final = 1000
"""So many of the best pairs are looked at before the list stays shorter."""


@dataclass(frozen=True, slots=True)
class PairToBroker:
    """A match that an officer may introduce.

    Parameters
    ----------
    busy
        The names of the companies for whose sake it is held back, with how many live introductions
        they have; empty where it is not.
    within
        Whether one office looks after both sides.
    """

    request: ListingCard
    offer: ListingCard
    score: Score
    within: bool
    busy: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PairsToBroker:
    """The best pairs, and the best of those that are held back."""

    best: Sequence[PairToBroker]
    held_back: Sequence[PairToBroker]


_request, _offer = aliased(Listing), aliased(Listing)


def pairs_to_broker(session: Session, actor: Actor, *, today: date) -> PairsToBroker:
    """Return the best pairs of the actor's office that neither side has waved away, best first.

    A pair with a company that has more live introductions than its office finds bearable is held
    back, so that its equals are seen too.
    """
    busy = _busy(session)
    best, held = _sorted_out(session, _candidates(actor, today), busy)
    explanations = _explanations(session, [row.id for row in (*best, *held)])
    found = {
        card.id: card
        for card in cards(
            session, actor, [key for row in (*best, *held) for key in (row.request_id, row.offer_id)]
        )
    }
    pairs = [
        [_pair(row, explanations[row.id], found, busy) for row in rows if _shown(row, found)]
        for rows in (best, held)
    ]
    return PairsToBroker(pairs[0], pairs[1])


def _sorted_out(session: Session, candidates: Any, busy: Mapping[int, int]) -> tuple[list[Any], list[Any]]:
    """Return the best rows that nobody holds back, and the best of the others.

    The companies that hold back may be thousands: they are looked up here and not in the query,
    so that the best are read bit by bit, and only as far as there is something to find.
    """
    best: list[Any] = []
    held: list[Any] = []
    # One query however far it reads: the database hands the rows over bit by bit.
    rows = session.execute(candidates, execution_options={"yield_per": CHUNK})
    for row in rows:
        (held if {row.request_by, row.offer_by} & busy.keys() else best).append(row)
        if len(best) >= SHOWN:
            break
    rows.close()
    return best[:SHOWN], held[:HELD_BACK]


def _wanted(actor: Actor, today: date) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = [_untouched()]
    if not actor.is_admin:
        wanted.append(sa.or_(_request.office_id == actor.office_id, _offer.office_id == actor.office_id))
    for listing in (_request, _offer):
        wanted += [
            listing.state == State.PUBLISHED,
            listing.valid_until >= today,
            listing.open_for_interest.is_(True),
            policy.visible_to(actor, listing),
            ~sa.exists().where(
                Organisation.id == listing.organisation_id, Organisation.suspended_at.is_not(None)
            ),
        ]
        if actor.memberships:
            # Nobody brokers for a company of their own.
            own = listing.organisation_id.in_(sorted(actor.memberships))
            wanted.append(sa.not_(sa.func.coalesce(own, sa.false())))
    same = _request.organisation_id == _offer.organisation_id
    return [*wanted, sa.not_(sa.func.coalesce(same, sa.false()))]


def _untouched() -> sa.ColumnElement[bool]:
    """Return the condition that nobody has introduced a pair, and no side has waved it away.

    Of two organisations that are joined by another listing of the one that asked, or by none, that
    counts as long as they are: see :func:`~marketplace.introductions.queries.find.joining`.
    """
    introduced = sa.exists().where(
        Introduction.other_listing_id.in_([_request.id, _offer.id]),
        sa.or_(_brought(_request, _offer), _brought(_offer, _request)),
    )
    waved = sa.exists().where(Dismissal.request_id == Match.request_id, Dismissal.offer_id == Match.offer_id)
    # Neither of the two, and not each by itself: of a bare NOT EXISTS the database makes a join, for
    # which it sorts all pairs there are before it hands over the best.
    return sa.not_(sa.or_(introduced, waved))


def _brought(asked: Any, asking: Any) -> sa.ColumnElement[bool]:
    """Return the condition that an introduction has ever brought one listing to the other, or joins them."""
    ever = sa.and_(Introduction.other_listing_id == asked.id, Introduction.proposer_listing_id == asking.id)
    return sa.or_(ever, joining(asked, asking))


@kept
def _candidates(actor: Actor, today: date) -> Any:
    return (
        sa.select(
            Match.id,
            Match.request_id,
            Match.offer_id,
            _request.organisation_id.label("request_by"),
            _offer.organisation_id.label("offer_by"),
        )
        .join(_request, _request.id == Match.request_id)
        .join(_offer, _offer.id == Match.offer_id)
        .where(*_wanted(actor, today))
        .order_by(Match.total.desc(), Match.id)
        .limit(LOOKED_AT)
    )


def _explanations(session: Session, keys: Sequence[int]) -> Mapping[int, Any]:
    rows = session.execute(sa.select(Match.id, Match.explanation).where(Match.id.in_(keys)))
    return {row.id: row.explanation for row in rows}


def _live() -> sa.Subquery:
    """Return the organisation of each end of every live introduction."""
    ends = [
        sa.select(column.label("organisation_id")).where(Introduction.state.in_(LIVE))
        for column in (Introduction.proposer_organisation_id, Introduction.other_organisation_id)
    ]
    return sa.union_all(*ends).subquery()


def _busy(session: Session) -> Mapping[int, int]:
    """Return how many live introductions those companies have that are held back.

    Asked once and by itself: within the search for pairs it would be computed again for each end.
    """
    return {row[0]: row[1] for row in session.execute(_held_back())}


@lru_cache(maxsize=1)
def _held_back() -> sa.Select[Any]:
    live, least = _live(), sa.func.min(Office.most_live)
    bearable = sa.select(sa.case((least < MOST_LIVE, least), else_=MOST_LIVE)).scalar_subquery()
    count = sa.func.count()
    # Those that no office would hold back are left out before anybody's office is looked up.
    many = (
        sa.select(live.c.organisation_id, count.label("live"))
        .group_by(live.c.organisation_id)
        .having(count > bearable)
        .subquery()
    )
    return (
        sa.select(many.c.organisation_id, many.c.live)
        .join(Organisation, Organisation.id == many.c.organisation_id)
        .outerjoin(Office, Office.id == Organisation.office_id)
        .where(many.c.live > sa.func.coalesce(Office.most_live, MOST_LIVE))
    )


def _shown(row: Any, found: Mapping[int, ListingCard]) -> bool:
    return row.request_id in found and row.offer_id in found


def _pair(
    row: Any, explanation: Any, found: Mapping[int, ListingCard], busy: Mapping[int, int]
) -> PairToBroker:
    request, offer = found[row.request_id], found[row.offer_id]
    named = {row.request_by: request.organisation_name, row.offer_by: offer.organisation_name}
    return PairToBroker(
        request=request,
        offer=offer,
        score=score_from_json(explanation),
        within=request.office_id == offer.office_id,
        # An anonymous company of another office stays so.
        busy=tuple((named[key] or "", busy[key]) for key in named if key in busy),
    )
