"""The distinct tokens of many texts, and for each the tokens that may stand for it."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from matching.lexical import SOFT_LETTERS, edits_allowed, token_similarity
from matching.normalise import Token


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

    def __iter__(self) -> Iterator[Token]:
        return iter(self._tokens)

    def of_key(self, key: str) -> list[int]:
        """Return the tokens of a key, which differ by their stems."""
        return self._by_key.get(key, [])

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
