"""Listings of one side and kind as columns and postings: segments that never change but for who has left.

New listings gather in a small pending part, become a segment when somebody asks, and segments of
about one size are merged, so that there are few of them (O'Neil and others, "The log-structured
merge-tree", 1996).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching import kernels
from matching.narrow import Narrow, narrow, wide

CAPABILITY: Final = 1
"""Lowest bit of a phrase in a listing, and of a listing among those of a phrase."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A listing as numbers.

    Parameters
    ----------
    id
        The caller's.
    sector, values
        As in :class:`matching.kernels.Segment`.
    phrases
        int32: 2 · number, + 1 for a capability; in order.
    weights
        Of capability, text, topic and sector, where it is a request.
    asked_whole
        The sum of its capabilities' weights, where it is a request.
    """

    id: int
    sector: int
    values: tuple[int, ...]
    phrases: NDArray[np.int32]
    weights: tuple[int, int, int, int] | None
    asked_whole: int


class Segment:
    """Some listings of one side and kind, by rising id.

    Parameters
    ----------
    columns
        ``id`` and those of :class:`matching.kernels.Segment`.
    """

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        self.columns = dict(columns)
        self.ids: NDArray[Any] = self.columns["id"]
        self.alive = np.ones(len(self.ids), dtype=np.bool_)
        self.dead = 0
        kept = {name: self.columns[name] for name in kernels.Segment._fields if name != "alive"}
        self.arrays = kernels.Segment(alive=self.alive, **kept)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def living(self) -> int:
        """How many have not left."""
        return len(self.ids) - self.dead

    @property
    def bytes(self) -> int:
        """Bytes of all columns."""
        return sum(column.nbytes for column in self.columns.values()) + self.alive.nbytes

    def place(self, listing_id: int) -> int:
        """Return where a listing stands, -1 if it is not here or has left."""
        bounds = np.iinfo(self.ids.dtype)
        if not bounds.min <= listing_id <= bounds.max:
            return -1
        # Of the ids' own kind: otherwise all of them would be copied into another.
        at = int(np.searchsorted(self.ids, self.ids.dtype.type(listing_id)))
        there = at < len(self.ids) and self.ids[at] == listing_id and self.alive[at]
        return at if there else -1

    def phrases(self, place: int) -> NDArray[np.int32]:
        """Return a listing's phrases as in :class:`Entry`."""
        ends = self.columns["phrase_ends"]
        return wide(self.columns["phrases"][ends[place] : ends[place + 1]])

    def remove(self, place: int) -> None:
        """Let a listing go; its columns are swept up when segments are merged."""
        self.alive[place] = False
        self.dead += 1

    @classmethod
    def of(cls, entries: Sequence[Entry], forms: NDArray[np.int32]) -> Segment:
        """Return a segment of entries with distinct ids, in any order.

        Parameters
        ----------
        forms
            The form of every phrase: see :class:`matching.rows.Rows`.
        """
        held = sorted(entries, key=lambda entry: entry.id)
        columns: dict[str, NDArray[Any]] = {"id": _least([entry.id for entry in held])}
        columns["sectors"] = np.array([entry.sector for entry in held], dtype=np.int32)
        columns["values"] = np.array([entry.values for entry in held], dtype=np.int32).reshape(-1, 7)
        asking = [entry for entry in held if entry.weights]
        columns["weights"] = np.array([entry.weights for entry in asking], dtype=np.int32).reshape(-1, 4)
        columns["asked_whole"] = np.array([entry.asked_whole for entry in asking], dtype=np.int16)
        columns["phrase_ends"] = _ends([len(entry.phrases) for entry in held])
        columns["phrases"] = narrow(
            np.concatenate([np.empty(0, np.int32), *(entry.phrases for entry in held)])
        )
        return cls(columns | _posts(columns["phrase_ends"], columns["phrases"], forms))

    @classmethod
    def merged(cls, segments: Sequence[Segment], forms: NDArray[np.int32]) -> Segment:
        """Return one segment of those of several segments that have not left; see :meth:`of`."""
        keep = np.concatenate([segment.alive for segment in segments])
        ids = np.concatenate([segment.ids for segment in segments])[keep]
        order = np.argsort(ids, kind="stable")
        columns = {}
        for name in ("id", "sectors", "values", "weights", "asked_whole"):
            column = np.concatenate([segment.columns[name] for segment in segments])
            # Offers have no weights.
            columns[name] = column[keep][order] if len(column) else column
        lengths = np.concatenate([np.diff(segment.columns["phrase_ends"]) for segment in segments])
        whole = np.concatenate([segment.columns["phrases"] for segment in segments])
        starts = (np.cumsum(lengths) - lengths)[keep][order]
        columns["phrase_ends"] = _ends(lengths[keep][order])
        columns["phrases"] = whole[_runs(starts, columns["phrase_ends"])]
        return cls(columns | _posts(columns["phrase_ends"], columns["phrases"], forms))


def _least(ids: Sequence[int]) -> NDArray[Any]:
    """Return ids in four bytes each if they fit, else in eight."""
    found, bounds = np.array(ids, dtype=np.int64), np.iinfo(np.int32)
    fits = not ids or (bounds.min <= min(ids) and max(ids) <= bounds.max)
    return found.astype(np.int32) if fits else found


def _ends(lengths: Any) -> NDArray[np.int32]:
    """Return where each run ends, with a 0 in front."""
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, dtype=np.int64))]).astype(np.int32)


def _runs(starts: NDArray[np.int64], ends: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the places of runs of values that begin at ``starts``, one run after the other."""
    lengths = np.diff(ends)
    return np.arange(ends[-1]) + np.repeat(starts - ends[:-1], lengths)


def _posts(ends: NDArray[np.int32], phrases: Narrow, forms: NDArray[np.int32]) -> dict[str, NDArray[Any]]:
    """Return the listings of each form: where they start, and 2 · place + 1 for a capability."""
    held = wide(phrases)
    numbers = forms[held >> 1]
    places = np.repeat(np.arange(len(ends) - 1, dtype=np.int32), np.diff(ends))
    order = np.argsort(numbers, kind="stable")
    return {
        "post_starts": _ends(np.bincount(numbers, minlength=0)),
        "posts": narrow(((places << 1) | (held & CAPABILITY))[order]),
    }
