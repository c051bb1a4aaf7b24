"""The search box: words as people type them, forgiven, against all words of all listings."""

from __future__ import annotations

from collections import defaultdict
from typing import Final

from matching.normalise import PHRASE_CHARS, Phrase, clean, tokens_of
from matching.profiles import Profile
from matching.vocabulary import Tokens

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
"""Distinct words of a listing that the search box knows."""
WORDS: Final = 600


class Finder:
    """Word → listings.  Not thread-safe: the index guards it."""

    def __init__(self) -> None:
        self._tokens = Tokens()
        self._postings: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self._held: dict[int, tuple[int, ...]] = {}
        self._by_start: defaultdict[str, dict[int, None]] = defaultdict(dict)

    def add(self, item: Profile) -> None:
        """Take in a listing that is not there."""
        listing = item.listing
        worth: dict[int, float] = {}
        heads = ((text, TITLE_WEIGHT) for text in (listing.title, *(p.text for p in item.named)))
        for text, weight in (*heads, (listing.text, TEXT_WEIGHT)):
            for token in tokens_of(clean(text), listing.language):
                if len(worth) < WORDS:
                    number = self._tokens.intern(token)
                    self._by_start[token.key[:PREFIX_LETTERS]][number] = None
                    worth[number] = max(weight, worth.get(number, 0.0))
        for number, weight in worth.items():
            self._postings[number][listing.id] = weight
        self._held[listing.id] = tuple(worth)

    def remove(self, listing_id: int) -> None:
        """Let a listing go."""
        for number in self._held.pop(listing_id):
            del self._postings[number][listing_id]

    def find(self, text: str) -> list[tuple[int, float]]:
        """Return (id, relevance) of all listings that hold one of the words, in no order."""
        typed = Phrase("", tuple(tokens_of(clean(text, PHRASE_CHARS))))
        if not typed.tokens:
            return []
        scores: defaultdict[int, float] = defaultdict(float)
        for position, token in enumerate(typed.tokens):
            likes = dict(self._tokens.like(token))
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
        whole = typed.weight
        return [(listing_id, min(1.0, score / whole)) for listing_id, score in scores.items()]
