"""For each phrase the row of the phrases alike to it: worked out once, kept, and lengthened by what is new.

A compiled scan over the columns of all phrases finds the few that may be alike, by words, concepts or
meaning, and compares them; see :mod:`matching.comparing`.  This is the only place where two phrases
meet: what scores listings is arithmetic on the rows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.comparing import room
from matching.forms import spans_of, words_of_form
from matching.growing import Growing
from matching.likeness import concepts_near
from matching.phrases import Phrases
from matching.reading import Key, Reading
from matching.scanning import BUCKETS, Held, Sought, chained, scan, written
from matching.snapshots import under
from matching.spelling import HASH, joined, runs
from matching.tokens import Tokens

KEPT: Final = 20_000_000
"""Phrases in all rows kept, of 6 bytes each; the rows used longest ago go first."""
KEPT_COLUMNS: Final = (
    "weights", "token_ends", "token_ids", "token_heads", "token_befores", "span_ends", "spans", "span_heads",
    "span_befores", "run_ends", "runs", "run_heads", "run_befores",
)  # fmt: skip
NONE: Final = -1
"""Where a chain of places ends."""
LOWER: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The phrases alike to one phrase.

    Parameters
    ----------
    ids, values
        Their numbers, rising, and how alike they are in 1/10,000, from the cut-off on.
    upto
        Phrases with numbers below it were looked at.
    """

    ids: NDArray[np.int32]
    values: NDArray[np.int16]
    upto: int


class Rows:
    """The rows of an index's phrases.  Not thread-safe: the index guards it.

    Parameters
    ----------
    phrases
        Of the index.
    """

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._tokens = Tokens()
        self._weights: Growing[np.uint8] = Growing(np.uint8, 2)
        self._token_ends: Growing[np.int32] = Growing(np.int32)
        self._token_ids: Growing[np.int32] = Growing(np.int32)
        self._token_heads: Growing[np.int32] = Growing(np.int32)
        self._token_befores: Growing[np.int32] = Growing(np.int32)
        self._span_ends: Growing[np.int32] = Growing(np.int32)
        self._spans: Growing[np.int16] = Growing(np.int16, 3)
        self._span_heads: Growing[np.int32] = Growing(np.int32)
        self._span_befores: Growing[np.int32] = Growing(np.int32)
        self._run_ends: Growing[np.int32] = Growing(np.int32)
        self._runs: Growing[np.uint32] = Growing(np.uint32)
        self._run_heads: Growing[np.int32] = Growing(np.int32)
        self._run_befores: Growing[np.int32] = Growing(np.int32)
        for ends in (self._token_ends, self._span_ends, self._run_ends):
            ends.append(0)
        self._span_heads.extend(np.full(len(phrases.reader.thesaurus), NONE, dtype=np.int32))
        self._run_heads.extend(np.full(BUCKETS, NONE, dtype=np.int32))
        self._kept: OrderedDict[Key, Row] = OrderedDict()
        self._size = 0
        self._room = room()

    def of(self, reading: Reading) -> Row:
        """Return the row of a phrase, which need not be in the index."""
        self.follow()
        key = (reading.text, reading.language)
        row = self._kept.get(key)
        if row is None or row.upto < len(self._phrases):
            self._size -= len(row.ids) if row else 0
            row = self._kept[key] = self._lengthen(reading, row)
            self._size += len(row.ids)
        self._kept.move_to_end(key)
        while self._size > KEPT:
            self._size -= len(self._kept.popitem(last=False)[1].ids)
        return row

    @property
    def bytes(self) -> int:
        """Bytes of what is known of the phrases."""
        columns: list[NDArray[Any]] = [getattr(self, f"_{name}").view for name in KEPT_COLUMNS]
        return sum(column.nbytes for column in (*columns, *self._tokens.words))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what is known of the phrases as arrays, to be kept; the rows are made anew."""
        self.follow()
        return {
            **{name: getattr(self, f"_{name}").view for name in KEPT_COLUMNS},
            **{f"word_{name}": array for name, array in self._tokens.arrays().items()},
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take the place of what was kept; the arrays are not copied."""
        for name in KEPT_COLUMNS:
            setattr(self, f"_{name}", Growing.of(arrays[name]))
        for name in ("token_heads", "span_heads", "run_heads"):  # These change.
            setattr(self, f"_{name}", Growing.of(np.array(arrays[name])))
        self._tokens = Tokens.restored(dict(under(arrays, "word_")))

    def follow(self) -> None:
        """Take in the phrases that are new."""
        first = len(self._token_ends) - 1
        for number in range(first, len(self._phrases)):
            form = self._phrases.form(number)
            heavy = [1 if token.generic else 4 for token in form.phrase.tokens]
            self._weights.append((sum(heavy), heavy.count(1)))
            self._token_ids.extend([self._tokens.intern(token) for token in form.phrase.tokens])
            self._spans.extend(spans_of(form.spans))
            self._token_ends.append(len(self._token_ids))
            self._span_ends.append(len(self._spans))
        if first < len(self._phrases):
            more = len(self._tokens) - len(self._token_heads)
            self._token_heads.extend(np.full(more, NONE, dtype=np.int32))
            old = len(self._token_befores)
            self._token_befores.extend(chained(self._token_ids.view[old:], old, self._token_heads.view))
            old = len(self._span_befores)
            self._span_befores.extend(chained(self._spans.view[old:, 0], old, self._span_heads.view))
            ends, new = written(self._tokens.words, self._token_ends.view[first:], self._token_ids.view)
            old = len(self._runs)
            self._run_ends.extend(old + ends)
            self._runs.extend(new)
            self._run_befores.extend(chained(new % BUCKETS, old, self._run_heads.view))

    def _lengthen(self, reading: Reading, row: Row | None) -> Row:
        first, upto = row.upto if row else 0, len(self._phrases)
        if not reading.form.phrase.tokens:
            return Row(np.zeros(0, np.int32), np.zeros(0, np.int16), upto)
        ids, values = scan(first, self._sought(reading), self._tokens.words, self._held(), self._room)
        if row:
            ids, values = np.concatenate((row.ids, ids)), np.concatenate((row.values, values))
        return Row(ids, values, upto)

    def _held(self) -> Held:
        columns = {name: getattr(self, f"_{name}").view for name in KEPT_COLUMNS}
        return Held(vectors=self._phrases.columns.vectors, **columns)

    def _sought(self, reading: Reading) -> Sought:
        form = reading.form
        tokens = form.phrase.tokens
        words, own = words_of_form(form), np.arange(len(tokens))
        likes = np.zeros((len(tokens), len(self._tokens)), dtype=np.int16)
        for place, token in enumerate(tokens):
            found = self._tokens.like(token)
            likes[place, list(found)] = list(found.values())
        stands_for = np.zeros(likes.shape[1], dtype=np.bool_)
        for run in runs(words, own).tolist():
            stands_for[self._tokens.of_hash(run)] = True
        return Sought(
            words=words,
            own=own,
            spans=spans_of(form.spans),
            likes=likes,
            near=concepts_near(form),
            stands_for=stands_for,
            stand_for=np.array([*words.table[:, HASH], joined(words, own)], dtype=np.uint64).astype(
                np.uint32
            ),
            vector=reading.vector.astype(np.int16),
        )
