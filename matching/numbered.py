"""Distinct texts and their numbers, in memory or where a snapshot lies: what is not asked for is not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_NONE: Final = np.zeros(0, dtype=np.uint64)

Keys = NDArray[np.uint64]


class Lookup:
    """Key → the numbers that have it, rising.  Not thread-safe: the index guards it.

    Parameters
    ----------
    keys, numbers
        Of a snapshot: see :func:`ordered`.
    """

    def __init__(self, keys: Keys = _NONE, numbers: NDArray[np.int32] | None = None) -> None:
        self._keys = keys
        self._order = np.zeros(0, dtype=np.int32) if numbers is None else numbers
        self._found: dict[int, list[int]] = {}

    def of(self, key: int) -> list[int]:
        """Return the numbers of a key."""
        found = self._found.get(key)
        if found is None:
            found = self._kept(key) if len(self._keys) else []
            if found:
                self._found[key] = found
        return found

    def _kept(self, key: int) -> list[int]:
        # Of the keys' own kind: otherwise all of them would be copied into another.
        sought = np.array([key], dtype=np.uint64)
        first, last = (int(self._keys.searchsorted(sought, side)[0]) for side in ("left", "right"))
        found: list[int] = self._order[first:last].tolist()
        return found

    def add(self, key: int, number: int) -> None:
        """Give a further number to a key."""
        found = self.of(key)
        found.append(number)
        self._found[key] = found


def ordered(keys: Keys) -> tuple[Keys, NDArray[np.int32]]:
    """Return keys in rising order and the number that each had, for :class:`Lookup`.

    Parameters
    ----------
    keys
        (numbers,), uint64: that of each number from 0.
    """
    order = np.argsort(keys, kind="stable").astype(np.int32)
    return keys[order], order


class Numbered:
    """Distinct texts, numbered from 0 in the order in which they come.  Not thread-safe."""

    def __init__(self) -> None:
        self._kept, self._ends = np.zeros(0, dtype=np.uint8), np.zeros(1, dtype=np.int64)
        self._lookup = Lookup()
        # Those that came since, and the numbers that were asked for.
        self._added: list[str] = []
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._ends) - 1 + len(self._added)

    def __getitem__(self, number: int) -> str:
        kept = len(self._ends) - 1
        if number >= kept:
            return self._added[number - kept]
        held = self._kept[self._ends[number] : self._ends[number + 1]]
        return held.tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def number(self, text: str) -> int:
        """Return the number of a text, -1 for one that is not there."""
        found = self._numbers.get(text)
        if found is None:
            for other in self._lookup.of(_key(text)):
                if self[other] == text:
                    self._numbers[text] = other
                    return other
            return -1
        return found

    def add(self, text: str) -> int:
        """Return the number of a text that is new."""
        new = self._numbers[text] = len(self)
        self._added.append(text)
        return new

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be kept."""
        texts = list(self)
        lines = [text.encode("utf-8", "surrogatepass") for text in texts]
        keys, order = ordered(np.array([_key(text) for text in texts], dtype=np.uint64))
        return {
            "texts": np.frombuffer(b"".join(lines), dtype=np.uint8),
            "ends": np.cumsum([0, *(len(line) for line in lines)], dtype=np.int64),
            "keys": keys,
            "order": order,
        }

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]]) -> Numbered:
        """Return the texts of :meth:`arrays`, which are not copied."""
        found = cls()
        found._kept, found._ends = arrays["texts"], arrays["ends"]
        found._lookup = Lookup(arrays["keys"], arrays["order"])
        return found


def _key(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))
