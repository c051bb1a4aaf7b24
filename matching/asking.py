"""A listing that asks, made ready for the compiled loops: every distinct value's worth, looked up later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching import kernels
from matching import weights as w
from matching.held import Forms
from matching.phrases import Phrases, record
from matching.profiles import Profile
from matching.query import NAMES, Query, nearness_most, query, text_most
from matching.reading import Reading
from matching.rows import Rows
from matching.score import FactsKey, facts_key, judged, partnership_value, wish_value
from matching.snapshots import (
    Decoded,
    conditions_as_json,
    conditions_from_json,
    encoded,
    facts_as_json,
    facts_from_json,
    under,
)
from matching.tables import SectorTable, Table
from matching.terms import Terms
from matching.types import Condition, Listing, Side
from matching.wishes import Wishes

_EMPTY: Final = np.zeros(0, dtype=np.int32)


class Values:
    """The distinct values of an index.  Number 0 of wishes, types, facts and conditions is none at all."""

    def __init__(self) -> None:
        self.countries: Table[str] = Table()
        self.wishes = Wishes()
        self.types: Table[frozenset[str]] = Table([frozenset()])
        self.sectors = SectorTable()
        self.facts: Table[FactsKey] = Table([()])
        self.conditions: Table[tuple[Condition, ...]] = Table([()])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return facts, conditions, sectors and wishes as arrays, to be kept."""
        facts, fact_ends = encoded(self.facts.values, facts_as_json)
        conditions, condition_ends = encoded(self.conditions.values, conditions_as_json)
        return {
            "facts": facts,
            "fact_ends": fact_ends,
            "conditions": conditions,
            "condition_ends": condition_ends,
            **{f"sector_{name}": array for name, array in self.sectors.arrays().items()},
            **{f"wish_{name}": array for name, array in self.wishes.arrays().items()},
        }

    def head(self) -> dict[str, Any]:
        """Return the other values as plain ones."""
        return {
            "countries": list(self.countries.values),
            "wishes": self.wishes.countries(),
            "types": [sorted(types) for types in self.types.values],
            "sectors": self.sectors.codes(),
        }

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], head: Mapping[str, Any]) -> Values:
        """Return the values that were kept."""
        found = cls()
        found.countries = Table(head["countries"])
        found.wishes = Wishes.restored(dict(under(arrays, "wish_")), head["wishes"])
        found.types = Table(frozenset(types) for types in head["types"])
        found.sectors = SectorTable.restored(dict(under(arrays, "sector_")), head["sectors"])
        # Number 0 must be found again: it says that there are none.
        found.facts.restore(Decoded(arrays["facts"], arrays["fact_ends"], facts_from_json), 1)
        found.conditions.restore(
            Decoded(arrays["conditions"], arrays["condition_ends"], conditions_from_json), 1
        )
        return found


@dataclass(slots=True, eq=False)
class Asking:
    """A listing that asks, and what the loops need of it.

    Parameters
    ----------
    terms
        Compares free terms, by the thesaurus of the index's reader.
    arrays
        Handed to the loops; ``facts_worth`` and ``conditions_worth`` are filled in as pairs are judged.
    """

    listing: Listing
    today: date
    hard: bool
    terms: Terms
    values: Values
    arrays: kernels.Asker
    facts: FactsKey = field(init=False)

    def __post_init__(self) -> None:
        self.facts = facts_key(self.listing)

    def judge(self, facts: NDArray[Any], conditions: NDArray[Any]) -> None:
        """Judge the asker's conditions on listings' facts, and theirs on its own, by their numbers."""
        for number in set(facts[self.arrays.facts_worth[facts] == kernels.UNJUDGED].tolist()):
            found = judged(self.listing.conditions, self.values.facts.values[number], self.today, self.terms)
            self.arrays.facts_worth[number] = self._worth(found)
        for number in set(conditions[self.arrays.conditions_worth[conditions] == kernels.UNJUDGED].tolist()):
            found = judged(self.values.conditions.values[number], self.facts, self.today, self.terms)
            self.arrays.conditions_worth[number] = self._worth(found)

    def _worth(self, found: tuple[int, bool]) -> int:
        credit, fits = found
        return credit if fits or not self.hard else kernels.EXCLUDED


def asking(
    profile: Profile, phrases: Phrases, forms: Forms, rows: Rows, values: Values, today: date, *, hard: bool
) -> Asking:
    """Return a listing ready to ask; the caller holds the index's lock."""
    if profile.listing.side is Side.REQUEST:
        arrays = _of_request(profile, query(profile, phrases.statistics), phrases, forms, rows, values, today)
    else:
        arrays = _of_offer(profile, phrases, forms, rows, values, today)
    return Asking(profile.listing, today, hard, phrases.reader.terms, values, arrays)


def _of_request(
    profile: Profile, asked: Query, phrases: Phrases, forms: Forms, rows: Rows, values: Values, today: date
) -> kernels.Asker:
    found = [rows.of(reading) for reading, _ in asked.asked]
    statistics = phrases.statistics
    words = np.zeros(len(statistics), dtype=np.int32)
    for stem, weight in asked.words.items():
        number = statistics.known(stem)
        if number >= 0:
            words[number] = weight
    topics = np.zeros(len(statistics.topics), dtype=np.int32)
    for topic, weight in asked.topics.items():
        topics[topic] = weight
    weights = [asked.weights[name] for name in NAMES]
    asked_weights = [weight for _, weight in asked.asked]
    near_most = nearness_most(asked)
    return kernels.Asker(
        forward=True,
        row_ends=_ends([len(row.ids) for row in found]),
        row_ids=np.concatenate([_EMPTY, *(row.ids for row in found)], dtype=np.int32),
        row_values=np.concatenate([_EMPTY, *(row.values for row in found)], dtype=np.int32),
        asked=np.array(asked_weights, dtype=np.int64),
        weights=np.array([*weights, asked.whole, sum(asked_weights)], dtype=np.int64),
        vector=asked.vector,
        grams=asked.grams,
        gram_weights=asked.gram_weights,
        near_most=near_most,
        text_most=text_most(near_most),
        words=words,
        words_whole=sum(asked.words.values()),
        topics=topics,
        topics_whole=sum(asked.topics.values()),
        own=_columns([], phrases),
        form_weights=forms.asked,
        **_worths(profile, values, today, phrases.reader.terms),
    )


def _of_offer(
    profile: Profile, phrases: Phrases, forms: Forms, rows: Rows, values: Values, today: date
) -> kernels.Asker:
    statistics = phrases.statistics
    best: dict[int, int] = {}
    for reading, named in zip(profile.phrases, profile.named, strict=True):
        row = rows.of(reading)
        for number, near in zip(row.ids.tolist(), row.values.tolist(), strict=True):
            counted = near if named else near * w.TOLD_PERCENT // 100
            best[number] = max(counted, best.get(number, 0))
    return kernels.Asker(
        forward=False,
        row_ends=_ends([len(best)]),
        row_ids=np.fromiter(best.keys(), dtype=np.int32, count=len(best)),
        row_values=np.fromiter(best.values(), dtype=np.int32, count=len(best)),
        asked=np.array(w.DECAYS, dtype=np.int64),
        weights=np.zeros(12, dtype=np.int64),
        vector=np.zeros(0, dtype=np.int16),
        grams=np.zeros(0, dtype=np.uint16),
        gram_weights=np.zeros(0, dtype=np.int32),
        near_most=w.UNIT,
        text_most=np.zeros(0, dtype=np.int32),
        words=statistics.word_rarities,
        words_whole=0,
        topics=statistics.topic_rarities,
        topics_whole=0,
        own=_columns(list(profile.phrases), phrases),
        form_weights=forms.asked,
        **_worths(profile, values, today, phrases.reader.terms),
    )


def _worths(profile: Profile, values: Values, today: date, terms: Terms) -> dict[str, Any]:
    """Return what the distinct values of the listings that are found are worth for the one that asks."""
    listing, types = profile.listing, profile.listing.partnership_types

    def country(code: str) -> int:
        return (
            kernels.EXCLUDED
            if code in listing.excluded_countries
            else wish_value(listing.target_countries, code)
        )

    facts = facts_key(listing)
    facts_worth = np.full(len(values.facts), kernels.UNJUDGED if listing.conditions else w.UNIT, np.int32)
    facts_worth[0] = judged(listing.conditions, (), today, terms)[0]
    # Nothing is known of who states nothing, whatever is asked.
    conditions_worth = np.full(len(values.conditions), kernels.UNJUDGED if facts else w.UNKNOWN, np.int32)
    conditions_worth[0] = w.UNIT
    return {
        "owner": -1 if listing.owner is None else listing.owner,
        "day": listing.published_on.toordinal() if listing.published_on else kernels.NO_DAY,
        "today": today.toordinal(),
        "sector_worth": values.sectors.worth(profile.sectors),
        "country_worth": values.countries.worth(
            (listing.target_countries, listing.excluded_countries), country
        ),
        "wish_worth": values.wishes.worth(listing.country),
        "has_wish": values.wishes.any,
        "types_worth": values.types.worth(types, lambda other: partnership_value(types, other)),
        "facts_worth": facts_worth,
        "conditions_worth": conditions_worth,
        "fresh": w.FRESHNESS_BY_AGE,
        "clauses": w.CLAUSES_EVIDENCE,
        "topic_table": w.TOPICS_EVIDENCE,
    }


def _ends(lengths: list[int]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int32)


def _columns(readings: list[Reading], phrases: Phrases) -> kernels.Phrases:
    """Return the columns of a listing's own phrases, which need not be in the index."""
    known = phrases.statistics.known
    records = [record(r, [n for stem in r.stems if (n := known(stem)) >= 0]) for r in readings]
    return kernels.Phrases(
        vectors=np.array([r.vector for r in readings], dtype=np.int8).reshape(
            len(readings), phrases.reader.dimensions
        ),
        ends=_ends([len(held) for held in records]),
        records=np.concatenate([np.empty(0, np.uint32), *records]),
    )
