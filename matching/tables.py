"""Values that many listings share, each known once by a number: countries, wishes, sectors, conditions.

For a listing that asks, what each of the distinct values is worth is worked out once and kept; the
columns of the segments then only look it up.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, MutableSequence, Sequence
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching import weights as w
from matching.compiling import compiled
from matching.growing import Growing
from matching.profiles import ROOT_UNIT, Sectors
from matching.sectors import sector_similarity

KEPT: Final = 256
"""Askers for whom a table keeps what its values are worth."""

NOT_STATED: Final = -1
"""Nearness to the stated sectors of an asker that states none."""
SECTOR_RUNS: Final = ("stated", "stated_ends", "level_ids", "roots", "level_ends")
ROOTS_WHOLE: Final = 3 * ROOT_UNIT**2 // w.UNIT
"""The product of equal shares, at three levels, is 1."""

Value = TypeVar("Value", bound=Hashable)
Worth = NDArray[np.int32]


class Table(Generic[Value]):
    """Distinct values and their numbers, from 0.  Not thread-safe: the index guards it."""

    def __init__(self, values: Iterable[Value] = ()) -> None:
        self.values: MutableSequence[Value] = []
        self._numbers: dict[Value, int] = {}
        self._kept: OrderedDict[Hashable, Growing[np.int32]] = OrderedDict()
        for value in values:
            self.number(value)

    def __len__(self) -> int:
        return len(self.values)

    def number(self, value: Value) -> int:
        """Return the number of a value, a new one if it is new."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found

    def restore(self, values: MutableSequence[Value], numbered: int) -> None:
        """Take the place of a table that was kept; only the first values are known by their value.

        A value that comes again gets a second number: both are worth the same.
        """
        self.values = values
        self._numbers = {value: number for number, value in enumerate(values[:numbered])}

    def known(self, value: Value) -> int:
        """Return the number of a value, -1 for one that is not there."""
        return self._numbers.get(value, -1)

    def worth(self, key: Hashable, of: Callable[[Value], int]) -> Worth:
        """Return what each value is worth to an asker.

        Parameters
        ----------
        key
            Of the asker: equal keys give equal values.
        of
            Returns what a value is worth; called for those that are new.
        """
        kept = self._kept.pop(key, None) or Growing(np.int32)
        if len(kept) < len(self.values):
            kept.extend([of(value) for value in self.values[len(kept) :]])
        self._kept[key] = kept
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept.view


class SectorTable:
    """Distinct :class:`~matching.profiles.Sectors`, with their codes as runs, compared by a compiled loop.

    It gives what :func:`matching.score.sector_value` gives.
    """

    def __init__(self) -> None:
        self._numbers: dict[Sectors, int] = {}
        self._codes: Table[str] = Table()
        self._levels: Table[str] = Table()
        self._stated: Growing[np.int32] = Growing(np.int32)
        self._stated_ends: Growing[np.int32] = Growing(np.int32)
        self._level_ids: Growing[np.int32] = Growing(np.int32)
        self._roots: Growing[np.int32] = Growing(np.int32)
        self._level_ends: Growing[np.int32] = Growing(np.int32)

    def __len__(self) -> int:
        return len(self._stated_ends)

    def number(self, value: Sectors) -> int:
        """Return the number of a value, a new one if it is new."""
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self)
            self._stated.extend([self._codes.number(code) for code in value.stated])
            self._level_ids.extend([self._levels.number(code) for code, _ in value.levels])
            self._roots.extend([root for _, root in value.levels])
            self._stated_ends.append(len(self._stated))
            self._level_ends.append(len(self._roots))
        return found

    def worth(self, asker: Sectors) -> Worth:
        """Return how near each value is to an asker's sectors."""
        nearest = np.full(len(self._codes), NOT_STATED, dtype=np.int32)
        for code in asker.stated:
            nearest = np.maximum(nearest, self._codes.worth(code, _nearness_to(code)))
        roots = np.zeros(len(self._levels), dtype=np.int64)
        for code, root in asker.levels:
            number = self._levels.known(code)
            if number >= 0:
                roots[number] = root
        found: Worth = _worth(
            nearest, self._stated.view, self._stated_ends.view, roots, self._level_ids.view,
            self._roots.view, self._level_ends.view, len(self) if asker.known else 0,
        )  # fmt: skip
        return found

    def arrays(self) -> dict[str, NDArray[np.int32]]:
        """Return the runs as arrays, to be kept; the codes are in :meth:`codes`."""
        return {name: getattr(self, f"_{name}").view for name in SECTOR_RUNS}

    def codes(self) -> list[list[str]]:
        """Return the codes that the runs number, of stated sectors and of levels."""
        return [list(self._codes.values), list(self._levels.values)]

    @classmethod
    def restored(cls, arrays: Mapping[str, NDArray[Any]], codes: Sequence[Iterable[str]]) -> SectorTable:
        """Return the table that was kept.  Sectors that come again get a second number, worth the same."""
        found = cls()
        found._codes, found._levels = (Table(values) for values in codes)
        for name in SECTOR_RUNS:
            setattr(found, f"_{name}", Growing.of(arrays[name]))
        return found


@compiled
def _worth(
    nearest: Worth, stated: Worth, stated_ends: Worth, roots: NDArray[np.int64], level_ids: Worth,
    held_roots: Worth, level_ends: Worth, known: int,
) -> Worth:  # fmt: skip
    """Return the worth of values: the nearest stated sector, else the shared roots; see :class:`SectorTable`.

    Parameters
    ----------
    nearest
        Of each code there is, how near it is to those that the asker states; :data:`NOT_STATED` without.
    roots
        Of each level there is, the asker's root.
    known
        How many values have sectors to be compared; the others are unknown.
    """
    found = np.full(len(stated_ends), w.UNKNOWN, dtype=np.int32)
    first, first_level = 0, 0
    for n in range(known):
        last, last_level = stated_ends[n], level_ends[n]
        best, summed = np.int32(NOT_STATED), np.int64(0)
        for at in range(first, last):
            best = max(best, nearest[stated[at]])
        if best == NOT_STATED:
            for at in range(first_level, last_level):
                summed += roots[level_ids[at]] * np.int64(held_roots[at])
            best = np.int32(summed // ROOTS_WHOLE)
        # A section has no levels, and is known all the same.
        if last > first or last_level > first_level:
            found[n] = best
        first, first_level = last, last_level
    return found


def _nearness_to(code: str) -> Callable[[str], int]:
    return lambda other: round(sector_similarity(code, other) * w.UNIT)
