"""Phrase ↔ id, and for each phrase the sparse row of the phrases like it.

A new phrase is not compared with every other one: its tokens find their likes among the tokens
(same key, same stem, or the same first letter and about the same length), and these find the
phrases that hold them.  The rows give exactly what :func:`matching.lexical.similarity` gives.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.growing import Growing
from matching.lexical import (
    DIGIT_CONFLICT,
    QUALIFIER_LACK,
    SIMILARITY_MINIMUM,
    SOFT_LETTERS,
    edits_allowed,
    token_similarity,
)
from matching.normalise import Phrase, Token

ROWS_KEPT: Final = 50_000
"""Rows kept at a time; those used longest ago go first."""

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Row:
    """The phrases like one phrase.

    Parameters
    ----------
    ids
        Rising.
    similarities
        Of the same length; from :data:`matching.lexical.SIMILARITY_MINIMUM` to 1.
    upto
        Phrases with ids below it were looked at.
    """

    ids: Ids
    similarities: Floats
    upto: int


def how(similarity: float) -> str:
    """Return the word for a similarity by words: ``same``, ``fuzzy`` or ``none``."""
    if similarity >= 1.0:
        return "same"
    return "fuzzy" if similarity > 0.0 else "none"


class Tokens:
    """The distinct tokens, and for each the tokens that may stand for it.  Not thread-safe."""

    def __init__(self) -> None:
        self._tokens: list[Token] = []
        self._ids: dict[tuple[str, str], int] = {}
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        self._by_stem: defaultdict[str, list[int]] = defaultdict(list)
        self._by_look: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
        self._likes: dict[tuple[str, str], tuple[int, dict[int, float]]] = {}

    def __getitem__(self, token_id: int) -> Token:
        return self._tokens[token_id]

    def intern(self, token: Token) -> int:
        """Return the id of a token, a new one if it is new."""
        name = (token.key, token.stem)
        found = self._ids.get(name)
        if found is not None:
            return found
        new = self._ids[name] = len(self._tokens)
        self._tokens.append(token)
        self._by_key[token.key].append(new)
        self._by_stem[token.stem].append(new)
        self._by_look[token.key[0], len(token.key)].append(new)
        return new

    def like(self, token: Token) -> dict[int, float]:
        """Return id → similarity of all tokens that a token may meet, itself included."""
        name = (token.key, token.stem)
        upto, found = self._likes.get(name, (0, {}))
        if upto == len(self._tokens):
            return found
        candidates = {*self._by_key.get(token.key, ()), *self._by_stem.get(token.stem, ())}
        if not token.exact and len(token.key) >= SOFT_LETTERS:
            candidates.update(self._looks(token.key, upto))
        found = dict(found)
        for other in candidates:
            near = token_similarity(token, self._tokens[other]) if other >= upto else 0.0
            if near > 0.0:
                found[other] = near
        if name in self._ids:  # what people only search for is not kept
            self._likes[name] = (len(self._tokens), found)
        return found

    def _looks(self, key: str, first: int) -> list[int]:
        """Return the tokens from id ``first`` on that may be other spellings of a key."""
        most = edits_allowed(len(key))
        found: list[int] = []
        for length in range(max(SOFT_LETTERS, len(key) - most), len(key) + most + 1):
            bucket = self._by_look.get((key[0], length), [])
            found.extend(bucket[bisect_left(bucket, first) :])
        return found


class Vocabulary:
    """All distinct phrases of an index.  Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._phrases: list[Phrase] = []
        self._ids: dict[tuple[str, ...], int] = {}
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        self._by_joined: defaultdict[str, list[int]] = defaultdict(list)
        self._postings: defaultdict[int, Growing[np.int64]] = defaultdict(lambda: Growing(np.int64))
        self._weights: Growing[np.float64] = Growing(np.float64)
        self._exact: Growing[np.int64] = Growing(np.int64)
        self._qualifiers: Growing[np.int64] = Growing(np.int64)
        self._rows: OrderedDict[int, Row] = OrderedDict()
        self.tokens = Tokens()

    def __len__(self) -> int:
        return len(self._phrases)

    def __getitem__(self, phrase_id: int) -> Phrase:
        return self._phrases[phrase_id]

    def intern(self, phrase: Phrase) -> int:
        """Return the id of a phrase: the same for phrases with the same tokens in order.

        Parameters
        ----------
        phrase
            With one token at least.
        """
        name = tuple(part for token in phrase.tokens for part in (token.key, token.stem))
        with self._lock:
            found = self._ids.get(name)
            if found is not None:
                return found
            new = self._ids[name] = len(self._phrases)
            self._phrases.append(phrase)
            self._by_key[phrase.key].append(new)
            self._by_joined[phrase.joined].append(new)
            for token in phrase.tokens:
                self._postings[self.tokens.intern(token)].append(new)
            self._weights.append(phrase.weight)
            self._exact.append(sum(token.exact for token in phrase.tokens))
            self._qualifiers.append(sum(token.qualifier for token in phrase.tokens))
            return new

    def row(self, phrase_id: int) -> Row:
        """Return the row of a phrase; kept, and lengthened by what came since."""
        with self._lock:
            kept = self._rows.pop(phrase_id, None)
            if kept is None or kept.upto < len(self._phrases):
                kept = self._lengthen(self._phrases[phrase_id], kept)
            self._rows[phrase_id] = kept
            if len(self._rows) > ROWS_KEPT:
                self._rows.popitem(last=False)
            return kept

    def like(self, phrase: Phrase) -> Row:
        """Return the row of a phrase that need not be in the vocabulary and does not enter it."""
        name = tuple(part for token in phrase.tokens for part in (token.key, token.stem))
        with self._lock:
            known = self._ids.get(name)
            return self._lengthen(phrase, None) if known is None else self.row(known)

    def _lengthen(self, phrase: Phrase, row: Row | None) -> Row:
        first = row.upto if row else 0
        dense = self._similarities(phrase, first)
        near = np.flatnonzero(dense)
        ids, similarities = (near + first).astype(np.int64), dense[near]
        if row:
            ids = np.concatenate((row.ids, ids))
            similarities = np.concatenate((row.similarities, similarities))
        return Row(ids, similarities, len(self._phrases))

    def _similarities(self, phrase: Phrase, first: int) -> Floats:
        """Return the similarity of a phrase to each from id ``first`` on: lexical.similarity."""
        size = len(self._phrases) - first
        met_asked, met_offered = np.zeros(size), np.zeros(size)
        exact_left = self._exact.view[first:].copy()
        qualifiers_left = self._qualifiers.view[first:].copy()
        says_something = np.zeros(size, dtype=bool)
        exact_alone = np.zeros(size, dtype=bool)
        qualifier_alone = np.zeros(size, dtype=bool)
        reverse: dict[int, float] = {}
        for token in phrase.tokens:
            best = np.zeros(size)
            for other, near in self.tokens.like(token).items():
                reverse[other] = max(near, reverse.get(other, 0.0))
                held = self._postings[other].since(first) - first
                best[held] = np.maximum(best[held], near)
            met_asked += token.weight * best
            met = best > 0.0
            if not token.generic:
                says_something |= met
            if token.exact:
                exact_alone |= ~met
            if token.qualifier:
                qualifier_alone |= ~met
        for other, near in reverse.items():
            token = self.tokens[other]
            held = self._postings[other].since(first) - first
            met_offered[held] += token.weight * near
            if not token.generic:
                says_something[held] = True
            exact_left[held] -= token.exact
            qualifiers_left[held] -= token.qualifier
        weights = self._weights.view[first:]
        dice = (met_asked + met_offered) / (phrase.weight + weights)
        covered = np.maximum(met_asked / phrase.weight, met_offered / weights)
        value = 0.5 * dice + 0.5 * covered * covered
        value[exact_alone & (exact_left > 0)] *= DIGIT_CONFLICT
        value[qualifier_alone | (qualifiers_left > 0)] *= QUALIFIER_LACK
        settled = np.floor(value * 10_000 + 0.5 + 1e-6) / 10_000
        settled[~says_something | (settled < SIMILARITY_MINIMUM)] = 0.0
        for same in (*self._by_key.get(phrase.key, ()), *self._by_joined.get(phrase.joined, ())):
            if same >= first:
                settled[same - first] = 1.0
        return settled
