"""The engine's best pairs that nobody has introduced yet, for the officers of either side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import LIVE
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import ListingCard, cards
from marketplace.matches.models import Dismissal, Match
from marketplace.matches.stored import score_from_json
from marketplace.offices.models import MOST_LIVE, Office
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from matching.types import Score

SHOWN: Final = 20
HELD_BACK: Final = 5
"""Pairs that are held back and shown with the reason."""


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
    busy = _busy()
    is_held = sa.or_(*(listing.organisation_id.in_(sa.select(busy.c.id)) for listing in (_request, _offer)))
    wanted = _wanted(actor, today)
    best = session.execute(_best(wanted, sa.not_(sa.func.coalesce(is_held, sa.false())), SHOWN)).all()
    held = session.execute(_best(wanted, is_held, HELD_BACK)).all()
    found = {
        card.id: card
        for card in cards(session, actor, [key for row in (*best, *held) for key in (row[0], row[1])])
    }
    counts = _counts(session, held)
    return PairsToBroker(
        [_pair(row, found, {}) for row in best if row[0] in found and row[1] in found],
        [_pair(row, found, counts) for row in held if row[0] in found and row[1] in found],
    )


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
    """Return the condition that nobody has introduced a pair, and no side has waved it away."""
    one, two = Introduction.proposer_listing_id, Introduction.other_listing_id
    introduced = sa.or_(
        sa.exists().where(one == Match.request_id, two == Match.offer_id),
        sa.exists().where(one == Match.offer_id, two == Match.request_id),
    )
    waved = sa.exists().where(Dismissal.request_id == Match.request_id, Dismissal.offer_id == Match.offer_id)
    return sa.and_(~introduced, ~waved)


def _best(
    wanted: Sequence[sa.ColumnElement[bool]], held: sa.ColumnElement[bool], limit: int
) -> sa.Select[Any]:
    return (
        sa.select(
            Match.request_id,
            Match.offer_id,
            Match.explanation,
            _request.organisation_id,
            _offer.organisation_id,
        )
        .join(_request, _request.id == Match.request_id)
        .join(_offer, _offer.id == Match.offer_id)
        .where(*wanted, held)
        .order_by(Match.total.desc(), Match.id)
        .limit(limit)
    )


def _live() -> sa.Subquery:
    """Return the organisation of each end of every live introduction."""
    ends = [
        sa.select(column.label("organisation_id")).where(Introduction.state.in_(LIVE))
        for column in (Introduction.proposer_organisation_id, Introduction.other_organisation_id)
    ]
    return sa.union_all(*ends).subquery()


def _busy() -> sa.Subquery:
    """Return the companies that are held back, with how many live introductions they have."""
    live = _live()
    count = sa.func.count()
    most = sa.func.coalesce(sa.func.max(Office.most_live), MOST_LIVE)
    return (
        sa.select(Organisation.id, Organisation.name, count.label("live"))
        .join(live, live.c.organisation_id == Organisation.id)
        .outerjoin(Office, Office.id == Organisation.office_id)
        .group_by(Organisation.id, Organisation.name)
        .having(count > most)
        .subquery()
    )


def _counts(session: Session, held: Sequence[Any]) -> Mapping[int, tuple[str, int]]:
    """Return name and number of live introductions of the companies that hold pairs back."""
    keys = {key for row in held for key in (row[3], row[4]) if key is not None}
    if not keys:
        return {}
    busy = _busy()
    rows = session.execute(sa.select(busy.c.id, busy.c.name, busy.c.live).where(busy.c.id.in_(keys)))
    return {row.id: (row.name, row.live) for row in rows}


def _pair(row: Any, found: Mapping[int, ListingCard], counts: Mapping[int, tuple[str, int]]) -> PairToBroker:
    request, offer = found[row[0]], found[row[1]]
    named = {row[3]: request.organisation_name, row[4]: offer.organisation_name}
    return PairToBroker(
        request=request,
        offer=offer,
        score=score_from_json(row[2]),
        within=request.office_id == offer.office_id,
        # An anonymous company of another office stays so.
        busy=tuple((named[key] or "", counts[key][1]) for key in named if key in counts),
    )
