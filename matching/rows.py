"""For each phrase the row of the forms alike to it: worked out once, kept, and lengthened by what is new.

A compiled scan over the columns of all forms finds the few that may be alike, by words, concepts or
meaning, and compares them; see :mod:`matching.comparing`.  This is the only place where two phrases
meet: what scores listings is arithmetic on the rows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.apart import NEXT
from matching.comparing import UNIT, room
from matching.forms import spans_of, words_of_form
from matching.held import Forms
from matching.likeness import concepts_near
from matching.reading import Reading
from matching.scanning import SURE, Sought, scan
from matching.spelling import HASH, IS_GENERIC, MARKS, joined, runs

KEPT: Final = 20_000_000
"""Forms in all rows kept, of 6 bytes each; the rows used longest ago go first."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The forms alike to one phrase.

    Parameters
    ----------
    ids, values
        Their numbers, rising, and how alike they are in 1/10,000, from the cut-off on.
    upto
        Forms with numbers below it were looked at.
    """

    ids: NDArray[np.int32]
    values: NDArray[np.int16]
    upto: int


class Rows:
    """The rows of an index's phrases.  Not thread-safe: the index guards it.

    Parameters
    ----------
    forms
        Of the index.
    """

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._kept: OrderedDict[Hashable, Row] = OrderedDict()
        self._size = 0
        self._room = room()

    def of(self, reading: Reading) -> Row:
        """Return the row of a phrase, which need not be in the index."""
        self._forms.follow()
        key = _key(reading)
        row = self._kept.get(key)
        if row is None or row.upto < len(self._forms):
            row = self._keep(key, row, *self._scanned(row, reading, self._sought(reading), self._room))
        self._kept.move_to_end(key)
        return row

    def work_out(self, readings: Iterable[Reading], pool: Executor) -> None:
        """Work out the rows of phrases ahead, side by side; they are remembered."""
        self._forms.follow()
        missing = {}
        for reading in readings:
            key = _key(reading)
            row = self._kept.get(key)
            if row is None or row.upto < len(self._forms):
                missing[key] = (row, reading)
        # What is sought is looked up one after the other: what is remembered of tokens is for one thread.
        jobs = [(row, reading, self._sought(reading), room()) for row, reading in missing.values()]
        for key, (row, _), found in zip(
            missing, missing.values(), pool.map(lambda job: self._scanned(*job), jobs), strict=True
        ):
            self._keep(key, row, *found)

    def _scanned(
        self, row: Row | None, reading: Reading, sought: Sought, space: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int16]]:
        """Return the forms alike to a phrase that its row does not know yet, and how alike they are."""
        if not reading.form.phrase.tokens:
            return np.zeros(0, np.int32), np.zeros(0, np.int16)
        forms, first = self._forms, row.upto if row else 0
        ids, values = scan(first, sought, forms.tokens.words, forms.held, space)
        return ids, values

    def _keep(self, key: Hashable, row: Row | None, ids: NDArray[np.int32], values: NDArray[np.int16]) -> Row:
        """Remember a row with what is new in it, and forget those used longest ago where they are many."""
        self._size += len(ids)
        if row:
            ids, values = np.concatenate((row.ids, ids)), np.concatenate((row.values, values))
        made = self._kept[key] = Row(ids, values, len(self._forms))
        while self._size > KEPT and len(self._kept) > 1:
            self._size -= len(self._kept.popitem(last=False)[1].ids)
        return made

    def _sought(self, reading: Reading) -> Sought:
        form, table = reading.form, self._forms.tokens.words.table
        tokens = form.phrase.tokens
        words, own, spans, near = (
            words_of_form(form),
            np.arange(len(tokens)),
            spans_of(form.spans),
            concepts_near(form),
        )
        heavy = quarters(words.table)
        standing = [token for run in runs(words, own).tolist() for token in self._forms.tokens.of_hash(run)]
        likes = np.zeros((len(tokens), len(table)), dtype=np.int16)
        found = [self._forms.tokens.like(token) for token in tokens]
        for place, like in enumerate(found):
            likes[place, list(like)] = list(like.values())
        met = np.unique(np.array([*chain(*found), *standing], dtype=np.int32))
        met_likes, met_heavy = likes[:, met], quarters(table[met])
        worth = np.zeros(len(table), dtype=np.int32)
        worth[met] = met_heavy * met_likes.max(axis=0, initial=0)
        says = (met_likes > 0) & ((met_heavy > 1) | (heavy[:, np.newaxis] > 1))
        met_bits = (1 << own).astype(np.uint32) @ says
        met_bits[np.isin(met, standing)] |= SURE
        named = np.zeros(near.shape[1], dtype=np.uint32)
        for (_, start, end), row in zip(spans.tolist(), near, strict=True):
            named[row >= NEXT] |= (1 << end) - (1 << start)
        same = near.max(axis=0, initial=0) >= (NEXT if (heavy == 1).any() else UNIT)
        return Sought(
            words=words,
            own=own,
            spans=spans,
            heavy=heavy,
            likes=likes,
            worth=worth,
            near=near,
            named=named,
            same=np.flatnonzero(same),
            met=met[met_bits > 0],
            met_bits=met_bits[met_bits > 0],
            stand_for=np.array([*words.table[:, HASH], joined(words, own)], dtype=np.uint64).astype(
                np.uint32
            ),
            vector=reading.vector.astype(np.int16),
        )


def _key(reading: Reading) -> Hashable:
    """Return what is equal for phrases that are alike to the same."""
    tokens = tuple((token.key, token.stem) for token in reading.form.phrase.tokens)
    return tokens, reading.form.spans, reading.vector.tobytes()


def quarters(table: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the weights of tokens in quarters, by their table."""
    return np.where(table[:, MARKS] & IS_GENERIC, 1, 4)
