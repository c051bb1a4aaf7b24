"""The slow, plain reference: every pair explained, sorted, cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matching.profiles import NoGuess, Profile, SectorGuess, profile
from matching.query import query
from matching.reading import Reader
from matching.score import explain
from matching.statistics import Statistics
from matching.types import Hit, Listing, Score, Side


class WordVectors:
    """A small encoder: texts are near where they share the beginnings of words."""

    dimensions = 16

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the unit sums of the vectors of the words' first four letters."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()):
                rows[at] += np.random.default_rng(crc32(word[:4].encode())).normal(size=self.dimensions)
            rows[at] /= max(float(np.linalg.norm(rows[at])), 1e-9)
        return rows


class FirstLetter:
    """Guesses a sector by the first letter of a text."""

    def shares(self, text: str, language: str) -> Mapping[str, float]:
        """Return a class or two; nothing for a text that starts with neither."""
        return {"c": {"2592": 0.75, "2431": 0.25}, "s": {"1313": 1.0}}.get(text[:1].casefold(), {})


class Pool:
    """Listings and nothing else: what an index must agree with."""

    def __init__(
        self, reader: Reader, listings: Iterable[Listing] = (), guess: SectorGuess | None = None
    ) -> None:
        self.reader = reader
        self.guess = guess or NoGuess()
        self.held = {listing.id: listing for listing in listings}

    def profile(self, listing: Listing) -> Profile:
        """Return a listing ready to be compared."""
        return profile(listing, self.reader, self.guess)

    def statistics(self) -> Statistics:
        """Count every listing's words and topics."""
        found = Statistics(len(self.reader.topics.names))
        for listing in self.held.values():
            phrases = self.profile(listing).phrases
            words = {found.number(stem) for phrase in phrases for stem in phrase.stems}
            found.count(words, {topic for phrase in phrases for topic in phrase.topics}, 1)
        return found

    def explain(self, request: Listing, offer: Listing, today: date) -> Score:
        """Return the score of a pair."""
        asked = self.profile(request)
        return explain(asked, self.profile(offer), query(asked, self.statistics()), self.reader, today)

    def best(self, asked: Listing, k: int, today: date, minimum: float = 0.0) -> tuple[Hit, ...]:
        """Explain every pair, sort, cut."""
        hits = []
        for other in self.held.values():
            if other.side is asked.side or other.kind is not asked.kind or other.id == asked.id:
                continue
            request, offer = (asked, other) if asked.side is Side.REQUEST else (other, asked)
            score = self.explain(request, offer, today)
            if not score.excluded_by and score.total >= minimum:
                hits.append(Hit(other.id, score.total))
        return tuple(sorted(hits, key=lambda hit: (-hit.total, hit.id))[:k])
