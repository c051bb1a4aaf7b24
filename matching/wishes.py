"""Distinct wishes for countries, as runs of numbers: what each is worth to a country is found in one look."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching import weights as w
from matching.growing import Growing
from matching.kernels import EXCLUDED
from matching.tables import KEPT, Table, Worth

Wish = tuple[frozenset[str], frozenset[str]]
"""Countries wished for, and countries excluded."""
NONE: Final[Wish] = (frozenset(), frozenset())
RUNS: Final = ("wished", "wished_ends", "excluded", "excluded_ends")


class Wishes:
    """Wishes and their numbers, from 0, which is none at all.  Not thread-safe: the index guards it.

    It gives what :func:`matching.score.wish_value` gives, and ``EXCLUDED`` where a country is excluded.
    """

    def __init__(self) -> None:
        self._numbers: dict[Wish, int] = {}
        self._countries: Table[str] = Table()
        self._wished: Growing[np.int16] = Growing(np.int16)
        self._wished_ends: Growing[np.int32] = Growing(np.int32)
        self._excluded: Growing[np.int16] = Growing(np.int16)
        self._excluded_ends: Growing[np.int32] = Growing(np.int32)
        self._any: Growing[np.int32] = Growing(np.int32)
        self._kept: OrderedDict[str, Growing[np.int32]] = OrderedDict()
        self.number(NONE)

    def __len__(self) -> int:
        return len(self._wished_ends)

    def number(self, wish: Wish) -> int:
        """Return the number of a wish, a new one if it is new."""
        found = self._numbers.get(wish)
        if found is None:
            found = self._numbers[wish] = len(self)
            wished, excluded = ([self._countries.number(code) for code in sorted(part)] for part in wish)
            self._wished.extend(wished)
            self._excluded.extend(excluded)
            self._wished_ends.append(len(self._wished))
            self._excluded_ends.append(len(self._excluded))
            self._any.append(len(wished) > 0)
        return found

    @property
    def any(self) -> NDArray[np.int32]:
        """Of each, 1 where a country is wished for, else 0."""
        return self._any.view

    def worth(self, country: str) -> Worth:
        """Return what each is worth to a listing from a country; ``""`` when that is not known."""
        kept = self._kept.pop(country, None) or Growing(np.int32)
        if len(kept) < len(self):
            kept.extend(self._worth_from(len(kept), country))
        self._kept[country] = kept
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept.view

    def _worth_from(self, first: int, country: str) -> Worth:
        """Return what those from a number on are worth."""
        number = self._countries.known(country)
        found = np.where(self.any[first:] > 0, 0 if country else w.UNKNOWN, w.UNIT).astype(np.int32)
        if country:
            found[_having(self._wished.view, self._wished_ends.view, first, number)] = w.UNIT
        found[_having(self._excluded.view, self._excluded_ends.view, first, number)] = EXCLUDED
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the runs as arrays, to be kept; what they number is in :meth:`countries`."""
        return {name: getattr(self, f"_{name}").view for name in RUNS}

    def countries(self) -> list[str]:
        """Return the countries that the runs number."""
        return list(self._countries.values)

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], countries: Iterable[str]) -> Wishes:
        """Return the wishes that were kept.  One that comes again gets a second number, worth the same."""
        found = cls()
        found._countries = Table(countries)
        for name in RUNS:
            setattr(found, f"_{name}", Growing.of(arrays[name]))
        found._any = Growing.of((np.diff(found._wished_ends.view, prepend=0) > 0).astype(np.int32))
        return found


def _having(runs: NDArray[np.int16], ends: NDArray[np.int32], first: int, number: int) -> NDArray[np.intp]:
    """Return which runs hold a number, counted from a first one."""
    start = ends[first - 1] if first else 0
    return np.searchsorted(ends[first:], start + np.flatnonzero(runs[start:] == number), side="right")
