"""The matches of one's listings, as far as the dashboard shows them, and what would bring more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from marketplace import policy
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import ListingCard, cards
from marketplace.matches import wording
from marketplace.matches.explanation import Explained, explain
from marketplace.matches.models import Dismissal, Match
from marketplace.matches.stored import score_from_json
from marketplace.policy import Actor
from matching.types import Outcome, Side

BEST: Final = 3
CHANCES: Final = 4
# Matches read for the question what would bring more.
LOOKED_AT: Final = 50


@dataclass(frozen=True, slots=True)
class Best:
    """One of the best partners of a listing."""

    card: ListingCard
    explained: Explained


@dataclass(frozen=True, slots=True)
class Chance:
    """A fact that partners ask for and a listing does not state.

    Parameters
    ----------
    title
        The criterion, in the reader's language.
    asking
        How many listings ask for it.
    """

    listing: ListingCard
    title: str
    asking: int


@dataclass(frozen=True, slots=True)
class Matched:
    """What was found for one listing."""

    total: int = 0
    new: int = 0
    best: Sequence[Best] = ()


def matched(
    session: Session, actor: Actor, own: Sequence[ListingCard], since: datetime, today: date
) -> tuple[dict[int, Matched], list[Chance]]:
    """Return the matches by listing, and the chances, most asked for first.

    All listings are read together: a member may have dozens of them.

    Parameters
    ----------
    own
        The actor's listings.
    since
        What was found after this moment counts as new.
    """
    rows: dict[int, list[Any]] = defaultdict(list)
    for side in Side:
        keys = [card.id for card in own if card.side is side]
        for row in session.execute(_best(actor, side, keys, since, today)) if keys else ():
            rows[row.own].append(row)
    partners = [row.other for found in rows.values() for row in found[:BEST]]
    shown = {card.id: card for card in cards(session, actor, partners)}
    result = {card.id: _matched(card, rows[card.id], shown) for card in own}
    return result, _chances(own, rows)


def _best(actor: Actor, side: Side, keys: Sequence[int], since: datetime, today: date) -> sa.Select[Any]:
    """Select the best matches of each listing of one side, with how many there are and how many new."""
    own, other = (
        (Match.request_id, Match.offer_id) if side is Side.REQUEST else (Match.offer_id, Match.request_id)
    )
    partner = aliased(Listing)
    waved_away = sa.exists().where(
        Dismissal.request_id == Match.request_id, Dismissal.offer_id == Match.offer_id, Dismissal.side == side
    )
    new = sa.case((Match.found_at > since, 1), else_=0)
    ranked = (
        sa.select(
            own.label("own"),
            other.label("other"),
            Match.explanation,
            sa.func.count().over(partition_by=own).label("total"),
            sa.func.sum(new).over(partition_by=own).label("new"),
            sa.func.row_number().over(partition_by=own, order_by=(Match.total.desc(), other)).label("place"),
        )
        .join(partner, partner.id == other)
        .where(
            own.in_(keys),
            partner.state == State.PUBLISHED,
            partner.valid_until >= today,
            policy.visible_to(actor, partner),
            sa.not_(waved_away),
        )
        .subquery()
    )
    return sa.select(ranked).where(ranked.c.place <= LOOKED_AT).order_by(ranked.c.own, ranked.c.place)


def _matched(own: ListingCard, rows: Sequence[Any], shown: Mapping[int, ListingCard]) -> Matched:
    if not rows:
        return Matched()
    best = [
        Best(shown[row.other], explain(score_from_json(row.explanation), own.side))
        for row in rows[:BEST]
        if row.other in shown
    ]
    return Matched(rows[0].total, rows[0].new, best)


def _chances(own: Sequence[ListingCard], rows: Mapping[int, Sequence[Any]]) -> list[Chance]:
    """Count who asks for what the listings leave unsaid."""
    asking: Counter[tuple[int, str]] = Counter()
    for card in own:
        for row in rows[card.id]:
            asking.update((card.id, criterion) for criterion in _unsaid(row.explanation, card.side))
    by_id = {card.id: card for card in own}
    return [
        Chance(by_id[own_id], wording.title(criterion), count)
        for (own_id, criterion), count in asking.most_common(CHANCES)
    ]


def _unsaid(kept: Mapping[str, Any], side: Side) -> set[str]:
    """Return the criteria that the other side asks for and this side does not state."""
    return {
        result.condition.criterion
        for result in score_from_json(kept).conditions
        if result.outcome is Outcome.UNKNOWN and not result.stated and result.asked_by is not side
    }
