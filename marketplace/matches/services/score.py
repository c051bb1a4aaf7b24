"""Asking the engine for the partners of listings; nothing is written here, reading is enough."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from marketplace.listings.queries import engine_listings_of
from matching.index import Index
from matching.types import Score, Side

KEEP: Final = 40.0
"""Total from which a pair is kept: what shares only circumstances stays below it."""
TOP: Final = 50
"""A pair is kept where it is among so many best of at least one of its two listings."""
REACH: Final = 200
"""Partners looked at: beyond :data:`TOP`, a pair may still be among the best of the partner."""

Pair = tuple[int, int]
"""Request and offer."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What the engine found for some listings.

    Parameters
    ----------
    index
        As it was asked; for pairs that turn up later.
    today
        The day for which it holds.
    listing_ids
        Those asked about, open or not.
    partners
        For each of them that the engine holds: the pairs that reach :data:`KEEP`, best first.
    beyond
        Those that have more partners than were looked at.
    """

    index: Index
    today: date
    listing_ids: frozenset[int]
    partners: Mapping[int, tuple[Score, ...]]
    beyond: frozenset[int]

    def explain(self, session: Session, pair: Pair) -> Score | None:
        """Return the score of one pair; ``None`` where a side is not open."""
        if pair[0] not in self.index or pair[1] not in self.index:
            return None
        found = engine_listings_of(session, pair)
        return self.index.explain(found[pair[0]], found[pair[1]], self.today)


def score_listings(
    session: Session, index: Index, listing_ids: Iterable[int], today: date, reach: int = REACH
) -> Scored:
    """Return the best partners of listings.

    Parameters
    ----------
    index
        Refreshed after the listings were changed.
    today
        For certificates and freshness.
    reach
        Partners looked at for each, at least :data:`TOP` unless one does without the rest.
    """
    wanted = frozenset(listing_ids)
    partners: dict[int, tuple[Score, ...]] = {}
    beyond: set[int] = set()
    asked = engine_listings_of(session, (key for key in wanted if key in index))
    for key, listing in sorted(asked.items()):
        hits = index.best(listing, reach + 1, today, KEEP).hits
        others = engine_listings_of(session, (hit.id for hit in hits[:reach]))
        scores = index.explain_all(listing, list(others.values()), today)
        # A partner that changed since the index read it may have fallen below.
        partners[key] = tuple(sorted((s for s in scores if s.total >= KEEP), key=_best_first))
        if len(hits) > reach:
            beyond.add(key)
    return Scored(index, today, wanted, partners, frozenset(beyond))


def _best_first(score: Score) -> tuple[float, int, int]:
    return -score.total, score.request_id, score.offer_id


def other_end(pair: Pair, listing_id: int) -> int:
    """Return the partner in a pair."""
    return pair[1] if pair[0] == listing_id else pair[0]


def own_end(pair: Pair, side: Side) -> int:
    """Return the listing of a side in a pair."""
    return pair[0] if side is Side.REQUEST else pair[1]
