"""Telling the sides of good matches: one event a pair and side, ever, and few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import outbox
from marketplace.listings.models import Dissemination, Listing
from marketplace.matches.models import Dismissal, Match
from marketplace.matches.services.score import Pair, own_end
from marketplace.organisations.models import Membership, Organisation
from marketplace.outbox import Event
from matching.types import Score, Side

CHUNK: Final = 5000
"""Values in one condition of a query."""


def announce(
    session: Session, pairs: Mapping[Pair, Score], *, now: datetime, threshold: float, mails_per_listing: int
) -> int:
    """Record ``MatchFound`` for each side that is to be told of a pair.

    A side is told where the pair reaches the threshold, is among the best of its own listing
    that it has not waved away and may read, and where somebody is there to be told.

    Returns
    -------
    int
        How many events are new.
    """
    good = sorted(pair for pair, score in pairs.items() if score.total >= threshold)
    told = 0
    for side in Side:
        best = _best_of(session, side, {own_end(pair, side) for pair in good}, threshold, mails_per_listing)
        wanted = {_key(pair, side): pair for pair in good if pair in best}
        for key in sorted(wanted.keys() - _taken(session, wanted.keys())):
            request_id, offer_id = wanted[key]
            ids = {
                "request": request_id,
                "offer": offer_id,
                "side": side.value,
                "listing": own_end(wanted[key], side),
            }
            told += outbox.record(session, "MatchFound", ids, at=now, key=key)
    return told


def _key(pair: Pair, side: Side) -> str:
    return f"match:{pair[0]}:{pair[1]}:{side.value}"


def _taken(session: Session, keys: Collection[str]) -> set[str]:
    ordered = sorted(keys)
    return {
        str(key)
        for at in range(0, len(ordered), CHUNK)
        for key in session.scalars(sa.select(Event.key).where(Event.key.in_(ordered[at : at + CHUNK])))
    }


def _best_of(
    session: Session, side: Side, listing_ids: Collection[int], threshold: float, most: int
) -> set[Pair]:
    """Return the pairs that are among the best of a side's listings, as far as that side may be told."""
    own, other = (
        (Match.request_id, Match.offer_id) if side is Side.REQUEST else (Match.offer_id, Match.request_id)
    )
    mine, partner = sa.orm.aliased(Listing), sa.orm.aliased(Listing)
    dismissed = sa.exists().where(
        Dismissal.request_id == Match.request_id, Dismissal.offer_id == Match.offer_id, Dismissal.side == side
    )
    somebody = sa.exists().where(Membership.organisation_id == mine.organisation_id)
    rows = session.execute(
        sa.select(Match.request_id, Match.offer_id)
        .join(mine, mine.id == own)
        .join(partner, partner.id == other)
        .join(Organisation, Organisation.id == mine.organisation_id)
        .where(
            own.in_(sorted(listing_ids)),
            Match.total >= threshold,
            Organisation.suspended_at.is_(None),
            somebody,
            # Members never read what is for offices only.
            partner.dissemination != Dissemination.OFFICES,
            sa.not_(dismissed),
        )
        .order_by(own, Match.total.desc(), other)
    )
    best: defaultdict[int, list[Pair]] = defaultdict(list)
    for request_id, offer_id in rows:
        pair = (request_id, offer_id)
        if len(best[own_end(pair, side)]) < most:
            best[own_end(pair, side)].append(pair)
    return {pair for pairs in best.values() for pair in pairs}
