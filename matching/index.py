"""The callers' interface: listings in, the best partners and their reasons out."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np

from matching.columns import Columns
from matching.profiles import Profile, profile
from matching.score import explain_profiles
from matching.search import Finder
from matching.semantic import Encoder, NullEncoder
from matching.types import Found, Hit, Kind, Listing, Score, Side
from matching.vocabulary import Vocabulary

DEAD_SHARE: Final = 0.5
"""Share of removed listings from which a part of the index is built anew."""
DEAD_LEAST: Final = 64
"""Fewer removed listings are never worth it."""


class Index:
    """All open listings, ready to be matched.  Safe to use from several threads.

    Parameters
    ----------
    encoder
        Meaning across languages; this version keeps it for later and works by words.
    """

    def __init__(self, encoder: Encoder | None = None) -> None:
        self._lock = threading.RLock()
        self._encoder: Encoder = encoder or NullEncoder()
        self._vocabulary = Vocabulary()
        self._parts: dict[tuple[Side, Kind], Columns] = {}
        self._places: dict[int, tuple[Columns, int]] = {}
        self._finder = Finder()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, listing_id: object) -> bool:
        return listing_id in self._places

    def get(self, listing_id: int) -> Listing | None:
        """Return a listing by its id, ``None`` if it is not in the index."""
        with self._lock:
            place = self._places.get(listing_id)
            return place[0].profiles[place[1]].listing if place else None

    def put(self, listing: Listing) -> None:
        """Add a listing, or replace the one of the same id."""
        self.put_many((listing,))

    def put_many(self, listings: Iterable[Listing]) -> None:
        """Add or replace listings; readers see each of them whole or not at all."""
        for listing in listings:
            ready = profile(listing)  # the slow part, outside the lock
            with self._lock:
                self._drop(listing.id)
                part = self._part(listing.side, listing.kind)
                self._places[listing.id] = (part, part.add(ready))
                self._finder.add(ready)

    def remove(self, listing_id: int) -> None:
        """Take a listing out; nothing happens if it is not there."""
        with self._lock:
            self._drop(listing_id)

    def best(self, listing: Listing, k: int, today: date, minimum: float = 0.0) -> Found:
        """Return the best partners of a listing, which need not be in the index.

        Parameters
        ----------
        listing
            Partners are sought on its other side, of its kind.
        k
            Hits wanted, 0 or more.
        today
            For certificates and freshness.
        minimum
            Least total of a hit, 0 to 100.

        Returns
        -------
        Found
            Exactly what explaining every pair would give: pairs that are not excluded, by
            total and then by id.
        """
        asked = profile(listing)
        with self._lock:
            part = self._parts.get((listing.side.other, listing.kind))
            if part is None:
                return Found((), 0)
            totals, allowed = part.score(asked, today)
            ids = part.ids.view
            slots = np.flatnonzero(allowed & (totals >= minimum) & (ids != listing.id))
            order = np.lexsort((ids[slots], -totals[slots]))[: max(0, k)]
            chosen = [part.profiles[slot] for slot in slots[order]]
        hits = tuple(Hit(p.listing.id, _explain(asked, p, today)) for p in chosen)
        return Found(hits, len(slots))

    def explain(self, request: Listing, offer: Listing, today: date) -> Score:
        """Return how well two listings fit and why; they need not be in the index."""
        return explain_profiles(profile(request), profile(offer), today)

    def search(
        self,
        text: str,
        k: int,
        side: Side | None = None,
        kinds: frozenset[Kind] | None = None,
    ) -> list[tuple[int, float]]:
        """Return the listings that a search box should show.

        Parameters
        ----------
        text
            What was typed; misspellings are forgiven.
        k
            Listings wanted, 0 or more.
        side, kinds
            Only these; ``None`` for all.

        Returns
        -------
        list of (int, float)
            Id and relevance, above 0 to 1; best first, then by id.
        """
        with self._lock:
            found = self._finder.find(text)
            wanted = (
                (-relevance, listing_id)
                for listing_id, relevance in found
                if self._wanted(listing_id, side, kinds)
            )
            best = heapq.nsmallest(max(0, k), wanted)
        return [(listing_id, -negative) for negative, listing_id in best]

    def _wanted(self, listing_id: int, side: Side | None, kinds: frozenset[Kind] | None) -> bool:
        part, slot = self._places[listing_id]
        listing = part.profiles[slot].listing
        return (side is None or listing.side is side) and (kinds is None or listing.kind in kinds)

    def _part(self, side: Side, kind: Kind) -> Columns:
        found = self._parts.get((side, kind))
        if found is None:
            found = self._parts[side, kind] = Columns(side, self._vocabulary)
        return found

    def _drop(self, listing_id: int) -> None:
        place = self._places.pop(listing_id, None)
        if place is None:
            return
        part, slot = place
        part.remove(slot)
        self._finder.remove(listing_id)
        if part.dead >= DEAD_LEAST and part.dead > DEAD_SHARE * len(part):
            self._rebuild(part)

    def _rebuild(self, part: Columns) -> None:
        """Replace a part by one without the listings that went."""
        left = [p for p, alive in zip(part.profiles, part.alive.view, strict=True) if alive]
        listing = part.profiles[0].listing
        fresh = self._parts[listing.side, listing.kind] = Columns(listing.side, self._vocabulary)
        for item in left:
            self._places[item.listing.id] = (fresh, fresh.add(item))


def _explain(asked: Profile, found: Profile, today: date) -> Score:
    if asked.listing.side is Side.REQUEST:
        return explain_profiles(asked, found, today)
    return explain_profiles(found, asked, today)
