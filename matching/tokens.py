"""The distinct tokens of many texts, and for each the tokens that may stand for it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from matching.comparing import UNIT
from matching.forms import (
    CONTRAST,
    DECISIVE,
    EXACT,
    GENERIC,
    KNOWN,
    LENGTH_BITS,
    QUALIFIER,
    Words,
    entry,
    hashed,
)
from matching.growing import Growing
from matching.lexical import SOFT_LETTERS, edits_allowed, token_similarity
from matching.normalise import GENERIC_WEIGHT, Token
from matching.numbered import Lookup, Numbered, ordered
from matching.snapshots import under
from matching.spelling import HASH, IS_EXACT, LENGTH_MASK, LENGTH_SHIFT, MARKS, PLACE, STEM

LIKES_KEPT: Final = 100_000
"""Tokens of which it is remembered what is like them."""
SEPARATOR: Final = " "
"""Stands between key and stem in the names of tokens; neither holds one."""
NO_LOOK: Final = 0
"""Look of tokens that are met only as they are."""


class Tokens:
    """The distinct tokens, and for each the tokens that may stand for it.  Not thread-safe."""

    def __init__(self) -> None:
        self._names = Numbered()
        self._table: Growing[np.uint64] = Growing(np.uint64, 4)
        self._letters: Growing[np.uint32] = Growing(np.uint32)
        self._by_hash, self._by_stem, self._by_look = Lookup(), Lookup(), Lookup()
        # The keys of tokens that begin alike and are as long, which are compared together.
        self._keys: dict[int, list[str]] = {}
        self._likes: dict[tuple[str, str], tuple[int, dict[int, int]]] = {}

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, token_id: int) -> Token:
        key, _, stem = self._names[token_id].partition(SEPARATOR)
        held = int(self._table.view[token_id, MARKS])
        return Token(
            key, stem, GENERIC_WEIGHT if held & GENERIC else 1.0,
            bool(held & EXACT), bool(held & KNOWN), bool(held & QUALIFIER),
            bool(held & DECISIVE), bool(held & CONTRAST),
        )  # fmt: skip

    @property
    def words(self) -> Words:
        """The tokens as numbers, as they are when it is asked for."""
        return Words(self._table.view, self._letters.view)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be kept."""
        table = self._table.view
        kept: dict[str, NDArray[Any]] = {"table": table, "letters": self._letters.view}
        kept["hash_keys"], kept["hash_order"] = ordered(table[:, HASH])
        kept["stem_keys"], kept["stem_order"] = ordered(table[:, STEM])
        kept["look_keys"], kept["look_order"] = ordered(_looks(self.words))
        return {**kept, **{f"name_{name}": array for name, array in self._names.arrays().items()}}

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]]) -> Tokens:
        """Return the tokens of :meth:`arrays`, which are not copied."""
        found = cls()
        found._names = Numbered.restored(dict(under(arrays, "name_")))
        found._table, found._letters = Growing.of(arrays["table"]), Growing.of(arrays["letters"])
        found._by_hash = Lookup(arrays["hash_keys"], arrays["hash_order"])
        found._by_stem = Lookup(arrays["stem_keys"], arrays["stem_order"])
        found._by_look = Lookup(arrays["look_keys"], arrays["look_order"])
        return found

    def of_hash(self, key: int) -> list[int]:
        """Return the tokens of a key by its hash; they differ by their stems."""
        return self._by_hash.of(key)

    def intern(self, token: Token) -> int:
        """Return the id of a token, a new one if it is new."""
        name = token.key + SEPARATOR + token.stem
        found = self._names.number(name)
        if found >= 0:
            return found
        new = self._names.add(name)
        row = entry(token, len(self._letters))
        self._table.append(row)
        self._letters.extend([ord(letter) for letter in token.key])
        self._by_hash.add(row[HASH], new)
        self._by_stem.add(row[STEM], new)
        look = _look(token)
        if look != NO_LOOK:
            self._by_look.add(look, new)
            if look in self._keys:
                self._keys[look].append(token.key)
        return new

    def like(self, token: Token) -> dict[int, int]:
        """Return id → similarity, in 1/10,000, of all tokens that a token may meet, itself included."""
        name = (token.key, token.stem)
        upto, found = self._likes.get(name, (0, {}))
        if upto == len(self):
            return found
        candidates = {*self._by_hash.of(hashed(token.key)), *self._by_stem.of(hashed(token.stem))}
        if _look(token) != NO_LOOK:
            candidates.update(self._looks(token.key, upto))
        found = dict(found)
        for other in candidates:
            near = round(UNIT * token_similarity(token, self[other])) if other >= upto else 0
            if near > 0:
                found[other] = near
        if len(self._likes) >= LIKES_KEPT:
            self._likes.pop(next(iter(self._likes)))
        self._likes[name] = (len(self), found)
        return found

    def _looks(self, key: str, first: int) -> list[int]:
        """Return the tokens from id ``first`` on that may be other spellings of a key."""
        most = edits_allowed(len(key))
        found: list[int] = []
        for length in range(max(SOFT_LETTERS, len(key) - most), len(key) + most + 1):
            look = _packed(key[0], length)
            ids = self._by_look.of(look)
            keys = self._keys.get(look)
            if keys is None:
                keys = self._keys[look] = [self[token].key for token in ids]
            start = bisect_left(ids, first)
            new = keys[start:] if start else keys
            for _, _, at in process.extract(key, new, scorer=OSA.distance, score_cutoff=most, limit=None):
                found.append(ids[start + at])
        return found


def _look(token: Token) -> int:
    """Return what tokens share that may be two spellings of one: how they begin and how long they are."""
    soft = not token.exact and len(token.key) >= SOFT_LETTERS
    return _packed(token.key[0], len(token.key)) if soft else NO_LOOK


def _looks(words: Words) -> NDArray[np.uint64]:
    """Return the :func:`_look` of every token."""
    places, lengths = words.table[:, PLACE] >> LENGTH_SHIFT, words.table[:, PLACE] & LENGTH_MASK
    firsts = words.letters[places].astype(np.uint64)
    soft = ((words.table[:, MARKS] & IS_EXACT) == 0) & (lengths >= SOFT_LETTERS)
    return np.where(soft, firsts << LENGTH_SHIFT | lengths, np.uint64(NO_LOOK))


def _packed(letter: str, length: int) -> int:
    return ord(letter) << LENGTH_BITS | length
