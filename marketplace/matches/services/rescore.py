"""Bringing the stored matches of listings up to date.

A pair is stored if and only if, when either of its listings was last rescored, it reached
``KEEP`` and was among the ``TOP`` best of at least one of the two.  A list that loses a pair
because the partner closed is filled up again when it is next rescored itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace.listings.models import Listing, State
from marketplace.matches.models import Match
from marketplace.matches.services.announce import announce
from marketplace.matches.services.score import KEEP, TOP, Pair, Scored, other_end
from marketplace.matches.stored import score_as_json
from matching.types import Score

# Any number that no other advisory lock of the installation uses.
LOCK: Final = 0x6D617463
ROWS: Final = 200
"""Rows written by one statement."""
CHUNK: Final = 5000
"""Values in one condition of a query."""

Live = Mapping[int, Sequence[Score]]
"""Open listing that is rescored → its pairs with open partners, best first."""


def store_scores(
    session: Session,
    scored: Scored,
    *,
    now: datetime,
    threshold: float,
    mails_per_listing: int,
    top: int = TOP,
) -> int:
    """Write what the engine found; running it twice changes nothing more.

    Listings that are not open lose their matches.  Writers take turns, so that two workers that
    rescore the two ends of a pair neither lose nor double anything, whatever the order of their
    rows.

    Parameters
    ----------
    scored
        From :func:`~marketplace.matches.services.score.score_listings`, asked before the
        transaction: on SQLite the engine would work while nobody else can write.
    threshold
        Total from which a match is told, 0 to 100.
    mails_per_listing
        Among so many best of its own listing must a match be to be told.
    top
        A pair is kept where it is among so many best of one of its listings, from 1.

    Returns
    -------
    int
        How many matches were announced.
    """
    _take_turn(session)
    partner_ids = {
        other_end(_pair(score), key) for key, scores in scored.partners.items() for score in scores
    }
    open_ids = _open_among(session, scored.listing_ids | partner_ids, scored.today)
    _delete_of(session, scored.listing_ids - open_ids)
    # A listing that is open but not yet in the engine has an event of its own on the way.
    live = {
        key: [score for score in scores if other_end(_pair(score), key) in open_ids]
        for key, scores in scored.partners.items()
        if key in open_ids
    }
    kept = _worth_keeping(session, live, top)
    _refresh_others(session, scored, live, kept)
    _upsert(session, kept, now)
    _prune(session, kept, top)
    return announce(session, kept, now=now, threshold=threshold, mails_per_listing=mails_per_listing)


def _pair(score: Score) -> Pair:
    return score.request_id, score.offer_id


def _chunks(values: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (values[at : at + size] for at in range(0, len(values), size))


def _take_turn(session: Session) -> None:
    """Wait for other writers of matches; on SQLite the transaction itself is the turn."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))


def _open_among(session: Session, ids: Collection[int], today: date) -> set[int]:
    is_open = sa.and_(Listing.state == State.PUBLISHED, Listing.valid_until >= today)
    return {
        key
        for chunk in _chunks(sorted(ids), CHUNK)
        for key in session.scalars(sa.select(Listing.id).where(Listing.id.in_(chunk), is_open))
    }


def _delete_of(session: Session, closed: Collection[int]) -> None:
    if closed:
        ids = sorted(closed)
        session.execute(sa.delete(Match).where(sa.or_(Match.request_id.in_(ids), Match.offer_id.in_(ids))))


def _worth_keeping(session: Session, live: Live, top: int) -> dict[Pair, Score]:
    """Return the pairs that are among the best of the rescored listing, or of the partner."""
    kept: dict[Pair, Score] = {}
    others: list[tuple[int, Score]] = []
    for key, hits in live.items():
        kept.update((_pair(score), score) for score in hits[:top])
        others.extend((other_end(_pair(score), key), score) for score in hits[top:])
    floors = _floors(session, {partner for partner, _score in others}, live, top)
    kept.update((_pair(score), score) for partner, score in others if score.total >= floors.get(partner, 0.0))
    return kept


def _floors(
    session: Session, partners: Collection[int], rescored: Collection[int], top: int
) -> dict[int, float]:
    """Return the total that a pair must reach to be among a partner's best, where it has that many."""
    totals: defaultdict[int, list[float]] = defaultdict(list)
    ids = sorted(partners)
    for own, other in ((Match.request_id, Match.offer_id), (Match.offer_id, Match.request_id)):
        for key, partner, total in session.execute(sa.select(own, other, Match.total).where(own.in_(ids))):
            # What is being rescored has no say by its old total.
            if partner not in rescored:
                totals[key].append(total)
    return {key: sorted(found, reverse=True)[top - 1] for key, found in totals.items() if len(found) >= top}


def _refresh_others(session: Session, scored: Scored, live: Live, kept: dict[Pair, Score]) -> None:
    """Score anew, or delete, the stored pairs of rescored listings that are not among their best."""
    ids, gone = sorted(live), []
    found = {_pair(score): score for scores in live.values() for score in scores}
    stored = session.execute(
        sa.select(Match.id, Match.request_id, Match.offer_id).where(
            sa.or_(Match.request_id.in_(ids), Match.offer_id.in_(ids))
        )
    )
    for match_id, request_id, offer_id in stored:
        pair = (request_id, offer_id)
        if pair in kept:
            continue
        score = found.get(pair)
        if score is None and scored.beyond.intersection(pair):
            score = scored.explain(session, pair)
        if score is None or score.total < KEEP:
            gone.append(match_id)
        else:
            # Still among the partner's best, perhaps; pruning decides with its new total.
            kept[pair] = score
    for chunk in _chunks(gone, CHUNK):
        session.execute(sa.delete(Match).where(Match.id.in_(chunk)))


def _upsert(session: Session, kept: dict[Pair, Score], now: datetime) -> None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [
        {
            "request_id": pair[0],
            "offer_id": pair[1],
            "total": score.total,
            "explanation": score_as_json(score),
            "found_at": now,
            "scored_at": now,
        }
        for pair, score in sorted(kept.items())
    ]
    for chunk in _chunks(rows, ROWS):
        new = insert(Match).values(chunk)
        session.execute(
            new.on_conflict_do_update(
                index_elements=["request_id", "offer_id"],
                set_={name: new.excluded[name] for name in ("total", "explanation", "scored_at")},
            )
        )


def _prune(session: Session, kept: Collection[Pair], top: int) -> None:
    """Delete what is among the best of neither side any more."""
    surplus: set[int] = set()
    for position, (own, other) in enumerate(
        ((Match.request_id, Match.offer_id), (Match.offer_id, Match.request_id))
    ):
        place = (
            sa.func.row_number().over(partition_by=own, order_by=(Match.total.desc(), other)).label("place")
        )
        for chunk in _chunks(sorted({pair[position] for pair in kept}), CHUNK):
            ranked = sa.select(Match.id, place).where(own.in_(chunk)).subquery()
            surplus.update(session.scalars(sa.select(ranked.c.id).where(ranked.c.place > top)))
    for chunk in _chunks(sorted(surplus), CHUNK):
        doomed = session.scalars(
            sa.select(Match.id).where(
                Match.id.in_(chunk),
                _better(Match.request_id, Match.offer_id) >= top,
                _better(Match.offer_id, Match.request_id) >= top,
            )
        ).all()
        if doomed:
            session.execute(sa.delete(Match).where(Match.id.in_(doomed)))


def _better(own: Any, other: Any) -> sa.ScalarSelect[int]:
    """Return how many pairs of the same listing stand before a pair, in SQL."""
    rival = sa.orm.aliased(Match)
    rival_own, rival_other = (getattr(rival, column.key) for column in (own, other))
    before = sa.or_(rival.total > Match.total, sa.and_(rival.total == Match.total, rival_other < other))
    return (
        sa.select(sa.func.count())
        .select_from(rival)
        .where(rival_own == own, before)
        .correlate(Match)
        .scalar_subquery()
    )
