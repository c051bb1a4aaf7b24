"""Synthetic offers and requests, as many as wanted, that look like those of an exchange.

They are for measuring how fast the engine is, not how good: nobody knows which of them fit.  Honest
for that purpose: common words are common, listings of one trade resemble each other, some are
posted nearly twice, people misspell, and write in four languages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from random import Random
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from matching.evaluation.synthetic_phrases import ENGLISH, Phrases
from matching.evaluation.synthetic_terms import (
    CLOSINGS,
    CONDITIONS,
    COUNTRIES,
    FACTS,
    OPENINGS,
    PARTNERSHIPS,
    SYLLABLES,
)
from matching.evaluation.synthetic_words import OTHER_LANGUAGES, trades
from matching.isic import sectors
from matching.types import Condition, Fact, Kind, Listing, Side

TODAY: Final = date(2026, 1, 1)
"""The day on which the listings are looked at; none is younger."""
FIRST_REQUEST: Final = 1_000_000_001
"""Id of the first request; offers count from 1."""
FIRST_NEWCOMER: Final = 2_000_000_001
"""Id of the first newcomer's offer; its request follows it."""
PHRASES_MOST: Final = 100_000
"""Distinct phrases of a million listings and more."""
LISTINGS_PER_PHRASE: Final = 10
BLOCK: Final = 1_000
"""Listings drawn at a time."""
FEWEST: Final = 3
MOST: Final = 8
"""Capabilities of a listing, before doubles are left out."""
SENTENCES: Final = 3
MISSPELT: Final = 0.1
"""Share of capabilities with a typing error."""
ELSEWHERE: Final = 0.15
"""Share of capabilities that belong to another trade than the listing's."""
POSTED_AGAIN: Final = 0.05
"""Share of listings that repeat the one before but for a capability and the company."""
FOREIGN: Final = 0.3
"""Share of listings in another language than English."""
ASKING: Final = 1 / 3
"""Share of listings with conditions."""
STATING: Final = 0.5
"""Share of listings with facts."""
TARGETING: Final = 0.3
"""Share of listings that wish for certain countries."""
PROSE: Final = 0.1
"""Share of listings with a sentence like nobody else's, unless told otherwise."""
MEAN_AGE_DAYS: Final = 120.0
LISTINGS_PER_OWNER: Final = 3

_NO_FACTS: Final[Mapping[str, Fact]] = MappingProxyType({})
_SLOTS: Final = MOST + 2 * SENTENCES

Draws = dict[str, Any]


class SyntheticListings:
    """An exchange's listings, made up.  The same size, seed and prose give the same listings.

    All are of one kind, so that each request is compared with every offer.

    Parameters
    ----------
    size
        Offers that will be asked for: there is a tenth as many distinct phrases, before
        spelling, and at most :data:`PHRASES_MOST`.
    seed
        Any whole number of 0 or more.
    prose
        Share of listings, 0 to 1, with a sentence of its own, that no vocabulary can hold.
    """

    def __init__(self, size: int, seed: int = 1, prose: float = PROSE) -> None:
        self._seed = seed
        self._prose = prose
        self._size = size
        self._phrases = Phrases(phrases_among(size), seed)
        codes = [sector.code for sector in sectors().values() if sector.level == "class"]
        self._classes = [
            [code for division in trade.divisions for code in codes if code.startswith(division)]
            for trade in trades()
        ]

    @property
    def phrases(self) -> int:
        """Distinct phrases, before spelling."""
        return len(self._phrases)

    def offers(self, count: int) -> Iterator[Listing]:
        """Yield so many offers, one after another."""
        return self._listings(Side.OFFER, count)

    def requests(self, count: int) -> Iterator[Listing]:
        """Yield so many requests, one after another."""
        return self._listings(Side.REQUEST, count)

    def offers_of(self, ids: Iterable[int]) -> Iterator[Listing]:
        """Yield the offers of some ids again, by id, without those before them."""
        wanted = sorted(set(ids))
        for block, group in groupby(wanted, key=lambda number: (number - 1) // BLOCK):
            within = set(group)
            yield from (offer for offer in self._block(Side.OFFER, block, BLOCK) if offer.id in within)

    def newcomers(self, count: int) -> Iterator[tuple[Listing, Listing]]:
        """Yield offers, each with a request for the same, whose phrases no other listing holds."""
        rng = Random(f"{self._seed} newcomers")  # noqa: S311 - no secret
        start = rng.randrange(len(SYLLABLES))
        pairs = zip(self.offers(count), self.requests(count), strict=True)
        for at, (offer, request) in enumerate(pairs):
            name = _name(start + at)
            named = tuple(dict.fromkeys(f"{phrase} {name}" for phrase in offer.capabilities))
            number = FIRST_NEWCOMER + 2 * at
            made = Listing(
                id=number,
                side=Side.OFFER,
                kind=offer.kind,
                title=f"{named[0]} and more",
                capabilities=named,
                text=f"{named[-1]} as needed; {name}.",
                sectors=offer.sectors,
                country=offer.country,
                language=offer.language,
            )
            yield made, replace(made, id=number + 1, side=Side.REQUEST, country=request.country)

    def _listings(self, side: Side, count: int) -> Iterator[Listing]:
        for block in range(-(-count // BLOCK)):
            yield from self._block(side, block, min(BLOCK, count - block * BLOCK))

    def _block(self, side: Side, block: int, count: int) -> Iterator[Listing]:
        draws = self._drawn(np.random.default_rng([self._seed, side is Side.REQUEST, block]))
        before: tuple[str, ...] = ()
        for at in range(count):
            listing = self._listing(side, block * BLOCK + at, at, draws, before)
            before = listing.capabilities
            yield listing

    def _drawn(self, rng: Generator) -> Draws:
        """Draw what a block of listings is made of, all at once."""
        sizes, first = np.array(self._phrases.sizes), np.array(self._phrases.first)
        trade = _ranks(rng.random(BLOCK), np.full(BLOCK, len(sizes)))
        strange = rng.random((BLOCK, _SLOTS)) < ELSEWHERE
        others = rng.integers(0, len(sizes), (BLOCK, _SLOTS))
        trade_of = np.where(strange, others, trade[:, None])
        numbers = first[trade_of] + _ranks(rng.random((BLOCK, _SLOTS)), sizes[trade_of])
        classes = np.array([len(found) for found in self._classes])
        days = np.minimum(rng.exponential(MEAN_AGE_DAYS, BLOCK), 3_650).astype(np.int64)
        foreign = rng.random(BLOCK) < FOREIGN
        drawn: dict[str, NDArray[Any]] = {
            "trade": trade,
            "numbers": numbers,
            "form": rng.random((BLOCK, _SLOTS)) ** 2,
            "wrong": rng.random((BLOCK, _SLOTS)) < MISSPELT,
            "capabilities": rng.integers(FEWEST, MOST + 1, BLOCK),
            "sentences": rng.integers(1, SENTENCES + 1, BLOCK),
            "sectors": _ranks(rng.random((BLOCK, 3)), np.repeat(classes[trade], 3).reshape(BLOCK, 3)),
            "sector_count": rng.integers(1, 4, BLOCK),
            "language": np.where(foreign, rng.integers(0, len(OTHER_LANGUAGES), BLOCK), -1),
            "country": _ranks(rng.random(BLOCK), np.full(BLOCK, len(COUNTRIES))),
            "targets": np.where(rng.random(BLOCK) < TARGETING, rng.integers(1, 6, BLOCK), 0),
            "target": _ranks(rng.random((BLOCK, 5)), np.full((BLOCK, 5), len(COUNTRIES))),
            "partnership": rng.integers(0, len(PARTNERSHIPS), BLOCK),
            "day": days,
            "owner": rng.integers(0, max(1, self._size // LISTINGS_PER_OWNER), BLOCK),
            "again": rng.random(BLOCK) < POSTED_AGAIN,
            "prose": rng.random(BLOCK) < self._prose,
            "pieces": rng.integers(2, 10_000, BLOCK),
            "conditions": np.where(rng.random(BLOCK) < ASKING, rng.integers(1, 4, BLOCK), 0),
            "condition": rng.integers(0, len(CONDITIONS), (BLOCK, 3)),
            "facts": np.where(rng.random(BLOCK) < STATING, rng.integers(1, 5, BLOCK), 0),
            "fact": rng.integers(0, len(FACTS), (BLOCK, 4)),
            "stock": rng.integers(0, len(CLOSINGS), BLOCK),
        }
        return {name: column.tolist() for name, column in drawn.items()}

    def _listing(self, side: Side, number: int, at: int, draws: Draws, before: tuple[str, ...]) -> Listing:
        chosen = draws["language"][at]
        language = ENGLISH if chosen < 0 else OTHER_LANGUAGES[chosen]
        written = self._written(at, draws, language)
        named = tuple(written[: draws["capabilities"][at]])
        if before and draws["again"][at]:
            named = (*before[:-1], named[0])
        classes = self._classes[draws["trade"][at]]
        codes = draws["sectors"][at][: draws["sector_count"][at]]
        days: int = draws["day"][at]
        return Listing(
            id=(1 if side is Side.OFFER else FIRST_REQUEST) + number,
            side=side,
            kind=Kind.SUBCONTRACTING,
            title=named[0],
            capabilities=tuple(dict.fromkeys(named)),
            text=self._text(side, at, draws, written[MOST:]),
            sectors=tuple(dict.fromkeys([classes[code] for code in codes])),
            country=COUNTRIES[draws["country"][at]],
            target_countries=frozenset(COUNTRIES[n] for n in draws["target"][at][: draws["targets"][at]]),
            language=language,
            partnership_types=PARTNERSHIPS[draws["partnership"][at]],
            owner=2 * draws["owner"][at] + (side is Side.REQUEST),
            published_on=TODAY - timedelta(days),
            conditions=_conditions(draws["condition"][at][: draws["conditions"][at]]),
            facts=_facts(draws["fact"][at][: draws["facts"][at]]),
        )

    def _written(self, at: int, draws: Draws, language: str) -> list[str]:
        """Return the phrases of a listing as its author writes them."""
        found = []
        slots = zip(draws["numbers"][at], draws["form"][at], draws["wrong"][at], strict=True)
        for number, share, wrong in slots:
            ways = (self._phrases.wrong if wrong else self._phrases.right)(number, language)
            found.append(ways[int(share * len(ways))])
        return found

    @staticmethod
    def _text(side: Side, at: int, draws: Draws, phrases: Sequence[str]) -> str:
        """Return one to three sentences, and for some listings one that is like nobody else's."""
        stock = draws["stock"][at]
        opening = OPENINGS[side][stock % len(OPENINGS[side])]
        many = draws["sentences"][at]
        said = [f"{phrases[2 * n]}; {phrases[2 * n + 1]}." for n in range(many)]
        if draws["prose"][at]:
            pieces = draws["pieces"][at]
            said.append(
                f"Last year {pieces} orders of {phrases[0]} and {phrases[-1]} went through our hands."
            )
        return f"{opening}: {' '.join(said)} {CLOSINGS[stock]}"


def phrases_among(listings: int) -> int:
    """Return how many distinct phrases, before spelling, so many listings draw from."""
    return max(1, min(PHRASES_MOST, listings // LISTINGS_PER_PHRASE))


def _name(number: int) -> str:
    """Return a word that nobody wrote before, another one for each number below 22⁴."""
    count = len(SYLLABLES)
    places = (number % count, number // count % count, number // count**2 % count, number // count**3)
    return "".join(SYLLABLES[place % count] for place in places)


def _ranks(shares: NDArray[Any], sizes: NDArray[Any]) -> NDArray[Any]:
    """Return what :func:`matching.evaluation.synthetic_phrases.rank_of` says of many shares."""
    ranks: NDArray[Any] = np.minimum(sizes - 1, np.floor((sizes + 1.0) ** shares).astype(np.int64) - 1)
    return ranks


def _conditions(numbers: Sequence[int]) -> tuple[Condition, ...]:
    """Return conditions, no two under one criterion."""
    found = {CONDITIONS[number].criterion: CONDITIONS[number] for number in numbers}
    return tuple(found.values())


def _facts(numbers: Sequence[int]) -> Mapping[str, Fact]:
    return dict(FACTS[number] for number in numbers) if numbers else _NO_FACTS
