"""The engine's index as far as one person may know of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.listings.models import Listing, State
from marketplace.policy import Actor
from matching.index import Index
from matching.terms import Terms
from matching.types import Found, Score
from matching.types import Listing as EngineListing


class Visible:
    """The open listings that an actor may see: what the others are must not show in any number.

    Parameters
    ----------
    index
        Of all open listings.
    hidden
        Those of them that are not to be told of.
    """

    def __init__(self, index: Index, hidden: Iterable[int]) -> None:
        self._index = index
        self._hidden = frozenset(hidden)

    @property
    def terms(self) -> Terms:
        """What compares the terms of conditions; see :attr:`matching.index.Index.terms`."""
        return self._index.terms

    def best(
        self, listing: EngineListing, k: int, today: date, minimum: float = 0.0, *, hard: bool = True
    ) -> Found:
        """Return the best partners that may be seen; see :meth:`matching.index.Index.best`."""
        found = self._index.best(listing, k + len(self._hidden), today, minimum, hard=hard).hits
        return Found(tuple(hit for hit in found if hit.id not in self._hidden)[:k])

    def count(self, listing: EngineListing, today: date, minimum: float, *, hard: bool = True) -> int:
        """Return how many partners that may be seen reach a minimum."""
        reached = self._index.count(listing, today, minimum, hard=hard)
        if not self._hidden or not reached:
            return reached
        found = self._index.best(listing, reached, today, minimum, hard=hard).hits
        return sum(hit.id not in self._hidden for hit in found)

    def explain(self, request: EngineListing, offer: EngineListing, today: date) -> Score:
        """Return the score of a pair with its reasons."""
        return self._index.explain(request, offer, today)


def visible(session: Session, index: Index, actor: Actor, listing: EngineListing, *, today: date) -> Visible:
    """Return the index as an actor may know it when partners of a listing are sought."""
    hidden = sa.select(Listing.id).where(
        Listing.side == listing.side.other,
        Listing.kind == listing.kind,
        Listing.state == State.PUBLISHED,
        sa.or_(Listing.valid_until < today, sa.not_(policy.visible_to(actor, Listing))),
    )
    return Visible(index, session.scalars(hidden))
