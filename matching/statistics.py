"""How rare each word and topic is among the listings that are there now.

What a request's words and topics weigh depends on it; nothing else of a score depends on the other
listings.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.growing import Growing
from matching.numbered import Numbered

RARITY_UNIT: Final = 1000
"""Rarities are whole numbers of 1/1000."""


@lru_cache(maxsize=50_000)
def rarity(listings: int, held: int) -> int:
    """Return BM25's inverse document frequency (Robertson and Zaragoza 2009, §3.3), at least 1.

    Parameters
    ----------
    listings, held
        How many there are, and how many of them hold the word.
    """
    return max(1, round(RARITY_UNIT * math.log(1 + (listings - held + 0.5) / (held + 0.5))))


class Statistics:
    """The distinct words with their numbers, and in how many listings each word and topic occurs.

    Not thread-safe: the index guards it.

    Parameters
    ----------
    topics
        How many topics there are.
    """

    def __init__(self, topics: int) -> None:
        self.listings = 0
        self._words = Numbered()
        self._held: Growing[np.int32] = Growing(np.int32)
        self._topics = np.zeros(topics, dtype=np.int32)
        self._rarities: dict[str, NDArray[np.int32]] = {}

    def __len__(self) -> int:
        return len(self._words)

    @property
    def topics(self) -> NDArray[np.int32]:
        """In how many listings each topic occurs."""
        return self._topics

    def number(self, word: str) -> int:
        """Return the number of a word, a new one if it is new."""
        found = self._words.number(word)
        if found >= 0:
            return found
        self._held.append(0)
        return self._words.add(word)

    def known(self, word: str) -> int:
        """Return the number of a word, -1 for one that was never seen."""
        return self._words.number(word)

    def count(self, words: Iterable[int], topics: Iterable[int], by: int) -> None:
        """Take a listing in (``by`` 1) or out (-1): its distinct words and topics by their numbers."""
        self.listings += by
        self._rarities = {}
        held = self._held.view
        for number in words:
            held[number] += by
        for topic in topics:
            self._topics[topic] += by

    def word_rarity(self, word: str) -> int:
        """Return how rare a word is, in 1/:data:`RARITY_UNIT`."""
        number = self.known(word)
        return rarity(self.listings, int(self._held.view[number]) if number >= 0 else 0)

    def topic_rarity(self, topic: int) -> int:
        """Return how rare a topic is, in 1/:data:`RARITY_UNIT`."""
        return rarity(self.listings, int(self._topics[topic]))

    @property
    def word_rarities(self) -> NDArray[np.int32]:
        """The rarity of every word, by its number."""
        return self._kept("words", self._held.view)

    @property
    def topic_rarities(self) -> NDArray[np.int32]:
        """The rarity of every topic."""
        return self._kept("topics", self._topics)

    def _kept(self, name: str, held: NDArray[np.int32]) -> NDArray[np.int32]:
        found = self._rarities.get(name)
        if found is None or len(found) < len(held):
            counts, where = np.unique(held, return_inverse=True)
            table = np.array([rarity(self.listings, count) for count in counts.tolist()], dtype=np.int32)
            found = self._rarities[name] = table[where.reshape(-1)]
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be kept."""
        return {
            **self._words.arrays(),
            "held": self._held.view,
            "topics": self._topics,
            "listings": np.array([self.listings]),
        }

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]]) -> Statistics:
        """Return the statistics of :meth:`arrays`."""
        found = cls(0)
        found.listings = int(arrays["listings"][0])
        found._words = Numbered.restored(arrays)
        # These change.
        found._held, found._topics = Growing.of(np.array(arrays["held"])), np.array(arrays["topics"])
        return found
