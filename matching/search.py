"""The search box: words as people type them, forgiven, against all words of all listings."""

from __future__ import annotations

import heapq
import threading
from collections import defaultdict
from typing import Final

from matching.comparing import UNIT
from matching.normalise import PHRASE_CHARS, Phrase, clean, tokens_of
from matching.profiles import CAPABILITIES
from matching.tokens import Tokens
from matching.types import Listing

TITLE_WEIGHT: Final = 1.0
"""Worth of a word met in a title or capability."""
TEXT_WEIGHT: Final = 0.6
"""Worth of a word met in the text only."""
PREFIX_WEIGHT: Final = 0.8
"""Worth of the last word typed where it only begins a word."""
PREFIX_LETTERS: Final = 3
"""Letters from which the beginning of a word is looked up."""
PREFIXES: Final = 200
"""Words that one beginning may stand for."""
WORDS: Final = 600
"""Distinct words of a listing that the search box knows."""


class Finder:
    """Word → listings.  Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens = Tokens()
        self._postings: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self._held: dict[int, tuple[int, ...]] = {}
        self._by_start: defaultdict[str, dict[int, None]] = defaultdict(dict)

    def put(self, listing: Listing) -> None:
        """Take in a listing, or replace the one of the same id."""
        heads = ((text, TITLE_WEIGHT) for text in (listing.title, *listing.capabilities[:CAPABILITIES]))
        texts = [
            (tokens_of(clean(text), listing.language), weight)
            for text, weight in (*heads, (listing.text, TEXT_WEIGHT))
        ]
        with self._lock:
            self._remove(listing.id)
            worth: dict[int, float] = {}
            for tokens, weight in texts:
                for token in tokens:
                    if len(worth) < WORDS:
                        number = self._tokens.intern(token)
                        self._by_start[token.key[:PREFIX_LETTERS]][number] = None
                        worth[number] = max(weight, worth.get(number, 0.0))
            for number, weight in worth.items():
                self._postings[number][listing.id] = weight
            self._held[listing.id] = tuple(worth)

    def remove(self, listing_id: int) -> None:
        """Let a listing go; nothing happens if it is not there."""
        with self._lock:
            self._remove(listing_id)

    def _remove(self, listing_id: int) -> None:
        for number in self._held.pop(listing_id, ()):
            del self._postings[number][listing_id]

    def find(self, text: str, k: int) -> list[tuple[int, float]]:
        """Return the listings that words typed into the search box mean.

        Parameters
        ----------
        text
            As typed; misspelt words and the beginning of the last one are understood.
        k
            Listings wanted.

        Returns
        -------
        list of (int, float)
            Id and relevance above 0 up to 1, best first; ties by id.
        """
        typed = Phrase("", tuple(tokens_of(clean(text, PHRASE_CHARS))))
        if not typed.tokens:
            return []
        with self._lock:
            scores = self._scores(typed)
        whole = typed.weight
        found = ((listing_id, min(1.0, score / whole)) for listing_id, score in scores.items())
        return heapq.nsmallest(k, found, key=lambda hit: (-hit[1], hit[0]))

    def _scores(self, typed: Phrase) -> dict[int, float]:
        scores: defaultdict[int, float] = defaultdict(float)
        for position, token in enumerate(typed.tokens):
            likes = {number: near / UNIT for number, near in self._tokens.like(token).items()}
            if position == len(typed.tokens) - 1 and len(token.key) >= PREFIX_LETTERS:
                for number in list(self._by_start.get(token.key[:PREFIX_LETTERS], ()))[:PREFIXES]:
                    if self._tokens[number].key.startswith(token.key):
                        likes.setdefault(number, PREFIX_WEIGHT)
            best: dict[int, float] = {}
            for number, near in likes.items():
                for listing_id, weight in self._postings[number].items():
                    best[listing_id] = max(best.get(listing_id, 0.0), near * weight)
            for listing_id, near in best.items():
                scores[listing_id] += token.weight * near
        return scores
