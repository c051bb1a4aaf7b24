"""The distinct tokens of many texts, and for each the tokens that may stand for it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from matching.comparing import UNIT
from matching.forms import Words, entry, hashed
from matching.growing import Growing
from matching.lexical import SOFT_LETTERS, edits_allowed, token_similarity
from matching.normalise import Token

LIKES_KEPT: Final = 100_000
"""Tokens of which it is remembered what is like them."""


class Tokens:
    """The distinct tokens, and for each the tokens that may stand for it.  Not thread-safe."""

    def __init__(self) -> None:
        self._tokens: list[Token] = []
        self._ids: dict[tuple[str, str], int] = {}
        self._by_hash: defaultdict[int, list[int]] = defaultdict(list)
        self._by_stem: defaultdict[str, list[int]] = defaultdict(list)
        self._by_look: defaultdict[tuple[str, int], tuple[list[int], list[str]]] = defaultdict(
            lambda: ([], [])
        )
        self._likes: dict[tuple[str, str], tuple[int, dict[int, int]]] = {}
        self._table: Growing[np.uint64] = Growing(np.uint64, 4)
        self._letters: Growing[np.uint32] = Growing(np.uint32)

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, token_id: int) -> Token:
        return self._tokens[token_id]

    def __iter__(self) -> Iterator[Token]:
        return iter(self._tokens)

    @property
    def words(self) -> Words:
        """The tokens as numbers, as they are when it is asked for."""
        return Words(self._table.view, self._letters.view)

    def of_hash(self, key: int) -> list[int]:
        """Return the tokens of a key by its hash; they differ by their stems."""
        return self._by_hash.get(key, [])

    def intern(self, token: Token) -> int:
        """Return the id of a token, a new one if it is new."""
        name = (token.key, token.stem)
        found = self._ids.get(name)
        if found is not None:
            return found
        new = self._ids[name] = len(self._tokens)
        self._tokens.append(token)
        self._table.append(entry(token, len(self._letters)))
        self._letters.extend([ord(letter) for letter in token.key])
        self._by_hash[hashed(token.key)].append(new)
        self._by_stem[token.stem].append(new)
        if not token.exact and len(token.key) >= SOFT_LETTERS:
            ids, keys = self._by_look[token.key[0], len(token.key)]
            ids.append(new)
            keys.append(token.key)
        return new

    def like(self, token: Token) -> dict[int, int]:
        """Return id → similarity, in 1/10,000, of all tokens that a token may meet, itself included."""
        name = (token.key, token.stem)
        upto, found = self._likes.get(name, (0, {}))
        if upto == len(self._tokens):
            return found
        candidates = {*self._by_hash.get(hashed(token.key), ()), *self._by_stem.get(token.stem, ())}
        if not token.exact and len(token.key) >= SOFT_LETTERS:
            candidates.update(self._looks(token.key, upto))
        found = dict(found)
        for other in candidates:
            near = round(UNIT * token_similarity(token, self._tokens[other])) if other >= upto else 0
            if near > 0:
                found[other] = near
        if len(self._likes) >= LIKES_KEPT:
            self._likes.pop(next(iter(self._likes)))
        self._likes[name] = (len(self._tokens), found)
        return found

    def _looks(self, key: str, first: int) -> list[int]:
        """Return the tokens from id ``first`` on that may be other spellings of a key."""
        most = edits_allowed(len(key))
        found: list[int] = []
        for length in range(max(SOFT_LETTERS, len(key) - most), len(key) + most + 1):
            ids, keys = self._by_look.get((key[0], length), ([], []))
            start = bisect_left(ids, first)
            new = keys[start:] if start else keys
            for _, _, at in process.extract(key, new, scorer=OSA.distance, score_cutoff=most, limit=None):
                found.append(ids[start + at])
        return found
