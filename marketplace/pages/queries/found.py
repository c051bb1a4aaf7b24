"""The matches of one's listings, as far as the dashboard shows them, and what would bring more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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


@dataclass(slots=True)
class Matched:
    """What was found for one listing."""

    total: int = 0
    new: int = 0
    best: list[Best] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A match from one side."""

    own_id: int
    other_id: int
    found_at: datetime
    kept: Mapping[str, Any]


def matched(
    session: Session, actor: Actor, own: Sequence[ListingCard], since: datetime
) -> tuple[dict[int, Matched], list[Chance]]:
    """Return the matches by listing, and the chances, most asked for first.

    Parameters
    ----------
    own
        The actor's listings.
    since
        What was found after this moment counts as new.
    """
    result = {card.id: Matched() for card in own}
    for side in Side:
        keys = [card.id for card in own if card.side is side]
        if not keys:
            continue
        for own_id, total, new in session.execute(_counts(actor, side, keys, since)):
            result[own_id].total, result[own_id].new = total, new or 0
    rows = [
        row for side in Side for row in _best(session, actor, side, [c.id for c in own if c.side is side])
    ]
    _fill(session, actor, own, rows, result)
    return result, _chances(own, rows)


def _fill(
    session: Session,
    actor: Actor,
    own: Sequence[ListingCard],
    rows: Sequence[Row],
    result: dict[int, Matched],
) -> None:
    first: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if len(first[row.own_id]) < BEST:
            first[row.own_id].append(row)
    side = {card.id: card.side for card in own}
    others = [row.other_id for kept in first.values() for row in kept]
    shown = {card.id: card for card in cards(session, actor, others)}
    for own_id, kept in first.items():
        result[own_id].best = [
            Best(shown[row.other_id], explain(score_from_json(row.kept), side[own_id]))
            for row in kept
            if row.other_id in shown
        ]


def _chances(own: Sequence[ListingCard], rows: Iterable[Row]) -> list[Chance]:
    """Count who asks for what the listings leave unsaid."""
    side = {card.id: card for card in own}
    asking: Counter[tuple[int, str]] = Counter()
    for row in rows:
        score = score_from_json(row.kept)
        unsaid = {
            result.condition.criterion
            for result in score.conditions
            if result.outcome is Outcome.UNKNOWN
            and not result.stated
            and result.asked_by is not side[row.own_id].side
        }
        asking.update((row.own_id, criterion) for criterion in unsaid)
    return [
        Chance(side[own_id], wording.title(criterion), count)
        for (own_id, criterion), count in asking.most_common(CHANCES)
    ]


def _live(
    actor: Actor, side: Side, keys: Sequence[int]
) -> tuple[Any, Any, sa.ColumnElement[bool], type[Listing]]:
    """Return own key, other key and the condition of the matches that are still open to a side."""
    own_id, other_id = (
        (Match.request_id, Match.offer_id) if side is Side.REQUEST else (Match.offer_id, Match.request_id)
    )
    other = aliased(Listing)
    waved_away = sa.exists().where(
        Dismissal.request_id == Match.request_id, Dismissal.offer_id == Match.offer_id, Dismissal.side == side
    )
    condition = sa.and_(
        own_id.in_(keys),
        other.state == State.PUBLISHED,
        other.valid_until >= today,
        policy.visible_to(actor, other),
        ~waved_away,
    )
    return own_id, other_id, condition, other


def _counts(actor: Actor, side: Side, keys: Sequence[int], since: datetime) -> sa.Select[Any]:
    own_id, other_id, condition, other = _live(actor, side, keys)
    new = sa.func.sum(sa.case((Match.found_at > since, 1), else_=0))
    return (
        sa.select(own_id, sa.func.count(), new)
        .join(other, other.id == other_id)
        .where(condition)
        .group_by(own_id)
    )


def _best(session: Session, actor: Actor, side: Side, keys: Sequence[int]) -> list[Row]:
    if not keys:
        return []
    own_id, other_id, condition, other = _live(actor, side, keys)
    place = (
        sa.func.row_number().over(partition_by=own_id, order_by=(Match.total.desc(), Match.id)).label("place")
    )
    ranked = (
        sa.select(own_id.label("own"), other_id.label("other"), Match.found_at, Match.explanation, place)
        .join(other, other.id == other_id)
        .where(condition)
        .subquery()
    )
    rows = session.execute(
        sa.select(ranked).where(ranked.c.place <= LOOKED_AT).order_by(ranked.c.own, ranked.c.place)
    )
    return [Row(row.own, row.other, row.found_at, row.explanation) for row in rows]
