"""All listings of one side and kind as columns and postings, scored at once against one listing.

Each value is worked out with the same operations in the same order as in
:mod:`matching.score`, so that the two agree to the last bit; the tests hold them together.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.growing import Growing
from matching.profiles import CAPABILITIES, Profile, phrase_weight
from matching.score import (
    AGE_DAYS,
    FRESHNESS,
    OTHER_LANGUAGE,
    TEXT_FULL,
    TOLD_DISCOUNT,
    WEIGHTS,
    hard_gaps,
    judge,
    requirement,
)
from matching.sectors import sector_similarity
from matching.types import Side
from matching.vocabulary import Vocabulary

Floats = NDArray[np.float64]
Slots = NDArray[np.int64]
Mask = NDArray[np.bool_]
# A value for every slot, and where there is one.
Column = tuple[Floats, Mask]

_NONE: Final = -1
_NO_SLOTS: Final[Slots] = np.empty(0, dtype=np.int64)
_FRESHNESS: Final[Floats] = np.array(FRESHNESS)


class Postings:
    """Key → the slots of the listings that have it."""

    def __init__(self) -> None:
        self._slots: dict[Hashable, Growing[np.int64]] = {}

    def add(self, key: Hashable, slot: int) -> None:
        """Note that a slot has a key."""
        if key not in self._slots:
            self._slots[key] = Growing(np.int64)
        self._slots[key].append(slot)

    def __getitem__(self, key: Hashable) -> Slots:
        found = self._slots.get(key)
        return _NO_SLOTS if found is None else found.view

    def named(self) -> Iterable[Hashable]:
        """Return all keys."""
        return self._slots


class Columns:
    """The listings of one side and kind.  Not thread-safe: the index guards it."""

    def __init__(self, side: Side, vocabulary: Vocabulary) -> None:
        self._side = side
        self._vocabulary = vocabulary
        self.profiles: list[Profile] = []
        self.ids: Growing[np.int64] = Growing(np.int64)
        self.alive: Growing[np.bool_] = Growing(np.bool_)
        self.dead = 0
        self._numbers: dict[Hashable, int] = {}
        self._owner: Growing[np.int64] = Growing(np.int64)
        self._country: Growing[np.int64] = Growing(np.int64)
        self._language: Growing[np.int64] = Growing(np.int64)
        self._published: Growing[np.int64] = Growing(np.int64)
        self._types: Growing[np.int64] = Growing(np.int64)
        self._targets: Growing[np.int64] = Growing(np.int64)
        self._sectors: Growing[np.bool_] = Growing(np.bool_)
        self._terms_weight: Growing[np.float64] = Growing(np.float64)
        self._phrases: Growing[np.bool_] = Growing(np.bool_)
        self._conditions: list[int] = []
        self._by_phrase = Postings()
        self._by_told = Postings()
        self._by_term = Postings()
        self._by_sector = Postings()
        self._by_target = Postings()
        self._by_excluded = Postings()
        self._by_type = Postings()
        # Requests: what the n-th asked phrase of each listing is.
        self._asked_weights: list[Growing[np.float64]] = [Growing(np.float64) for _ in range(CAPABILITIES)]
        self._by_asked = [Postings() for _ in range(CAPABILITIES)]

    def __len__(self) -> int:
        return len(self.profiles)

    def add(self, item: Profile) -> int:
        """Append a listing and return its slot."""
        listing, slot = item.listing, len(self.profiles)
        self.profiles.append(item)
        self.ids.append(listing.id)
        self.alive.append(1)
        self._owner.append(self._number(listing.owner))
        self._country.append(self._number(listing.country or None))
        self._language.append(self._number(listing.language or None))
        self._published.append(listing.published_on.toordinal() if listing.published_on else _NONE)
        self._types.append(len(listing.partnership_types))
        self._targets.append(len(listing.target_countries))
        self._sectors.append(bool(item.sectors))
        self._terms_weight.append(item.terms_weight)
        if listing.conditions:
            self._conditions.append(slot)
        for postings, keys in (
            (self._by_term, item.terms), (self._by_sector, item.sectors),
            (self._by_target, listing.target_countries),
            (self._by_excluded, listing.excluded_countries),
            (self._by_type, listing.partnership_types),
        ):  # fmt: skip
            for key in keys:
                postings.add(key, slot)
        if self._side is Side.OFFER:
            self._add_offered(item, slot)
        else:
            self._add_asked(item, slot)
        return slot

    def _add_offered(self, item: Profile, slot: int) -> None:
        self._phrases.append(bool(item.named or item.told))
        for postings, phrases in ((self._by_phrase, item.named), (self._by_told, item.told)):
            for number in dict.fromkeys(self._vocabulary.intern(p) for p in phrases):
                postings.add(number, slot)

    def _add_asked(self, item: Profile, slot: int) -> None:
        self._phrases.append(bool(item.asked))
        for n in range(CAPABILITIES):
            asked = item.asked[n] if n < len(item.asked) else None
            self._asked_weights[n].append(phrase_weight(asked) if asked else 0.0)
            if asked:
                self._by_asked[n].add(self._vocabulary.intern(asked), slot)

    def remove(self, slot: int) -> None:
        """Let a listing go; its place is swept up when the index rebuilds."""
        self.alive.set(slot, 0)
        self.dead += 1

    def _number(self, name: Hashable | None) -> int:
        """Return a number for an owner, country or language; -1 for none."""
        if name is None:
            return _NONE
        return self._numbers.setdefault(name, len(self._numbers))

    def _known(self, name: Hashable | None) -> int:
        return _NONE if name is None else self._numbers.get(name, _NONE - 1)

    def score(self, item: Profile, today: date) -> tuple[Floats, Mask]:
        """Return the total of every slot against a listing of the other side, and who is in.

        A slot is out when it was removed or the pair is excluded.
        """
        allowed = self.alive.view & ~self._excluded(item)
        columns: dict[str, Column] = {
            "capability": self._capability(item),
            "sector": self._sector(item),
            "text": self._text(item),
            "requirement": self._requirement(item, today, allowed),
            "geography": self._geography(item),
            "language": self._same_language(item),
            "partnership": self._partnership(item),
            "freshness": self._freshness(item, today),
        }
        present = np.zeros(len(self))
        for name, weight in WEIGHTS.items():
            present += np.where(columns[name][1], weight, 0.0)
        totals = np.zeros(len(self))
        for name, weight in WEIGHTS.items():
            value, there = columns[name]
            share = np.divide(weight, present, out=np.zeros(len(self)), where=there)
            totals += 100.0 * share * np.where(there, value, 0.0)
        return np.minimum(100.0, totals), allowed

    def _excluded(self, item: Profile) -> Mask:
        listing = item.listing
        owner = self._known(listing.owner)
        out: Mask = (self._owner.view == owner) & (owner != _NONE)
        for country in listing.excluded_countries:
            out |= self._country.view == self._known(country or None)
        out[self._by_excluded[listing.country]] = True
        return out

    def _capability(self, item: Profile) -> Column:
        there = self._phrases.view.copy()
        if self._side is Side.OFFER:
            return self._offered(item), there & bool(item.asked)
        return self._asked(item), there & bool(item.named or item.told)

    def _offered(self, request: Profile) -> Floats:
        """Return how far each offer covers a request."""
        met, whole = np.zeros(len(self)), 0.0
        for asked in request.asked:
            row = self._vocabulary.like(asked)
            best = np.zeros(len(self))
            for number, near in zip(row.ids.tolist(), row.similarities.tolist(), strict=True):
                for postings, value in (
                    (self._by_phrase, near), (self._by_told, near * TOLD_DISCOUNT),
                ):  # fmt: skip
                    slots = postings[number]
                    if len(slots):
                        best[slots] = np.maximum(best[slots], value)
            met += phrase_weight(asked) * best
            whole += phrase_weight(asked)
        return met / whole if whole else met

    def _asked(self, offer: Profile) -> Floats:
        """Return how far each request is covered by an offer."""
        near = np.zeros(len(self._vocabulary))
        for phrases, discount in ((offer.named, 1.0), (offer.told, TOLD_DISCOUNT)):
            for offered in phrases:
                row = self._vocabulary.like(offered)
                near[row.ids] = np.maximum(near[row.ids], row.similarities * discount)
        numbers = np.flatnonzero(near)
        met, whole = np.zeros(len(self)), np.zeros(len(self))
        for n in range(CAPABILITIES):
            weights = self._asked_weights[n].view
            if not weights.any():
                break
            best = np.zeros(len(self))
            for number in numbers.tolist():
                best[self._by_asked[n][number]] = near[number]
            met += weights * best
            whole += weights
        return np.divide(met, whole, out=np.zeros(len(self)), where=whole > 0)

    def _sector(self, item: Profile) -> Column:
        value = np.zeros(len(self))
        for code in self._by_sector.named():
            near = max((sector_similarity(str(code), own) for own in item.sectors), default=0.0)
            if near > 0.0:
                slots = self._by_sector[code]
                value[slots] = np.maximum(value[slots], near)
        return value, self._sectors.view & bool(item.sectors)

    def _text(self, item: Profile) -> Column:
        shared = np.zeros(len(self))
        for term, weight in item.terms.items():
            shared[self._by_term[term]] += weight
        own, theirs = np.full(len(self), item.terms_weight), self._terms_weight.view
        asked = theirs if self._side is Side.REQUEST else own
        there = (own > 0.0) & (theirs > 0.0)
        whole = np.where(there, own * theirs, 1.0)
        share = shared / np.sqrt(np.where(there, asked, 1.0)) / np.sqrt(np.sqrt(whole))
        return np.minimum(1.0, share / TEXT_FULL), there

    def _requirement(self, item: Profile, today: date, allowed: Mask) -> Column:
        """Judge the pairs that have conditions, and take those with a hard gap out of ``allowed``."""
        value, there = np.zeros(len(self)), np.zeros(len(self), dtype=bool)
        slots = range(len(self)) if item.listing.conditions else self._conditions
        for slot in slots:
            if not allowed[slot]:
                continue
            pair = (item.listing, self.profiles[slot].listing)
            request, offer = pair if self._side is Side.OFFER else pair[::-1]
            results = judge(request, offer, today)
            if hard_gaps(results):
                allowed[slot] = False
            credit = requirement(results)
            if credit is not None:
                value[slot], there[slot] = credit, True
        return value, there

    def _geography(self, item: Profile) -> Column:
        listing = item.listing
        countries = self._country.view
        wishes, come_true = np.zeros(len(self)), np.zeros(len(self))
        if listing.target_countries:
            wishes += countries != _NONE
            for country in listing.target_countries:
                come_true += countries == self._known(country or None)
            come_true *= countries != _NONE
        if listing.country:
            wishes += self._targets.view > 0
            come_true[self._by_target[listing.country]] += 1.0
        there = wishes > 0
        return np.divide(come_true, wishes, out=np.zeros(len(self)), where=there), there

    def _same_language(self, item: Profile) -> Column:
        language = item.listing.language
        known = self._language.view
        same = known == self._known(language or None)
        return np.where(same, 1.0, OTHER_LANGUAGE), (known != _NONE) & bool(language)

    def _partnership(self, item: Profile) -> Column:
        types = item.listing.partnership_types
        shared = np.zeros(len(self))
        for kind in types:
            shared[self._by_type[kind]] += 1.0
        fewest = np.minimum(self._types.view, len(types))
        there = fewest > 0
        return np.divide(shared, fewest, out=np.zeros(len(self)), where=there), there

    def _freshness(self, item: Profile, today: date) -> Column:
        days = self._published.view.copy()
        if item.listing.published_on is not None:
            own = item.listing.published_on.toordinal()
            days = np.where(days == _NONE, own, np.minimum(days, own))
        there = days != _NONE
        age = np.clip(today.toordinal() - days, 0, AGE_DAYS)
        return _FRESHNESS[age], there
