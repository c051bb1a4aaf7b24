"""The listings of one side and kind: segments, and what waits to become one."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.segments import Entry, Segment

GROWTH: Final = 4
"""A segment is merged with the one before it that is not so many times as large."""
DEAD_SHARE: Final = 0.25
"""Share of listings that have left from which a segment is swept."""


class Part:
    """The listings of one side and kind.  Not thread-safe: the index guards it."""

    def __init__(self) -> None:
        self.segments: tuple[Segment, ...] = ()
        self.pending: dict[int, Entry] = {}

    def __len__(self) -> int:
        return len(self.pending) + sum(segment.living for segment in self.segments)

    def drop(self, listing_id: int) -> NDArray[np.int32] | None:
        """Let a listing go and return its phrases; ``None`` if it is not here."""
        entry = self.pending.pop(listing_id, None)
        if entry is not None:
            return entry.phrases
        for segment in self.segments:
            place = segment.place(listing_id)
            if place >= 0:
                segment.remove(place)
                return segment.phrases(place)
        return None

    def holds(self, listing_id: int) -> bool:
        """Whether a listing is here."""
        return listing_id in self.pending or any(s.place(listing_id) >= 0 for s in self.segments)

    def settle(self, forms: NDArray[np.int32]) -> tuple[Segment, ...]:
        """Make a segment of what is pending, merge, and return the segments.

        Parameters
        ----------
        forms
            The form of every phrase: see :class:`matching.rows.Rows`.
        """
        held = [s for s in self.segments if s.living]
        if self.pending:
            held.append(Segment.of(list(self.pending.values()), forms))
            self.pending = {}
        while len(held) > 1 and held[-2].living < GROWTH * held[-1].living:
            held[-2:] = [Segment.merged(held[-2:], forms)]
        swept = [Segment.merged([s], forms) if s.dead > DEAD_SHARE * len(s) else s for s in held]
        self.segments = tuple(swept)
        return self.segments

    def merge(self, forms: NDArray[np.int32]) -> None:
        """Make one segment of all; see :meth:`settle`."""
        if self.settle(forms):
            self.segments = (Segment.merged(self.segments, forms),)
