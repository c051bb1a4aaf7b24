"""All distinct phrases of an index, each known once, as columns that the compiled loops read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.forms import Form
from matching.growing import Growing
from matching.narrow import LIMIT
from matching.numbered import Numbered
from matching.reading import Key, Reader, Reading
from matching.snapshots import under
from matching.statistics import Statistics

SEPARATOR: Final = "\t"
"""Stands between the language and the text of a phrase in the names of phrases."""
MOST: Final = LIMIT // 2
"""Distinct phrases that the numbers of a segment have room for, with a bit to spare for each."""
COUNT_BITS: Final = 12
"""Bits of a count in the head of a record."""
COUNT_MASK: Final = (1 << COUNT_BITS) - 1
GRAM_WEIGHT_BITS: Final = 16
"""A gram's weight stands in the lower bits of its place, its number in the upper."""

Record = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The phrases' readings, as they were when it was asked for.

    Parameters
    ----------
    vectors
        int8, (phrases, dimensions): see :class:`matching.reading.Reading`.
    ends, records
        The record of phrase n from ``ends[n]`` to ``ends[n + 1]``: what is read of a phrase stands
        together, as fetching it costs more than reading it. See :func:`record`.
    """

    vectors: NDArray[np.int8]
    ends: NDArray[np.int32]
    records: Record


def record(reading: Reading, words: Sequence[int]) -> Record:
    """Return what the loops read of a phrase beside its meaning.

    Parameters
    ----------
    words
        The numbers of its words.

    Returns
    -------
    Record
        A head (how many words, topics, and whether it names one piece of work), the words, the topics,
        the grams with their weights.
    """
    head = len(words) | len(reading.topics) << COUNT_BITS | reading.short << 2 * COUNT_BITS
    grams = reading.grams.astype(np.uint32) << GRAM_WEIGHT_BITS | reading.gram_weights.astype(np.uint32)
    return np.concatenate((np.array([head, *words, *reading.topics], dtype=np.uint32), grams))


def words_in(held: Record) -> list[int]:
    """Return the words of a record."""
    found: list[int] = held[1 : 1 + (int(held[0]) & COUNT_MASK)].tolist()
    return found


def topics_in(held: Record) -> list[int]:
    """Return the topics of a record."""
    start = 1 + (int(held[0]) & COUNT_MASK)
    found: list[int] = held[start : start + (int(held[0]) >> COUNT_BITS & COUNT_MASK)].tolist()
    return found


class Phrases:
    """Phrase ↔ number, and the columns.  Not thread-safe: the index guards it.

    Parameters
    ----------
    reader
        Reads those that are new.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.statistics = Statistics(len(reader.topics.names))
        self._names = Numbered()
        self._vectors: Growing[np.int8] = Growing(np.int8, reader.dimensions)
        self._ends: Growing[np.int32] = Growing(np.int32)
        self._records: Growing[np.uint32] = Growing(np.uint32)
        self._ends.append(0)

    def __len__(self) -> int:
        return len(self._names)

    def key(self, number: int) -> Key:
        """Return a phrase and its language."""
        language, _, text = self._names[number].partition(SEPARATOR)
        return text, language

    def form(self, number: int) -> Form:
        """Return a phrase in the form in which phrases are compared."""
        text, language = self.key(number)
        return self.reader.form(text, language)

    def number_all(self, readings: Sequence[Reading]) -> list[int]:
        """Return the numbers of phrases, new ones for those that are new."""
        return [self._number(reading) for reading in readings]

    def _number(self, reading: Reading) -> int:
        name = reading.language + SEPARATOR + reading.text
        found = self._names.number(name)
        if found >= 0:
            return found
        if len(self._names) >= MOST:
            raise OverflowError(f"An index holds {MOST} distinct phrases at most.")
        self._vectors.append(reading.vector)
        self._records.extend(record(reading, [self.statistics.number(stem) for stem in reading.stems]))
        self._ends.append(len(self._records))
        # Last, as it says that the phrase is there.
        return self._names.add(name)

    def count(self, numbers: NDArray[np.int32], by: int) -> None:
        """Count a listing's distinct words and topics in (``by`` 1) or out (-1)."""
        words: set[int] = set()
        topics: set[int] = set()
        ends, records = self._ends.view, self._records.view
        for n in numbers.tolist():
            held = records[ends[n] : ends[n + 1]]
            words.update(words_in(held))
            topics.update(topics_in(held))
        self.statistics.count(words, topics, by)

    @property
    def columns(self) -> Columns:
        """The columns so far; they stay as they are while phrases are added."""
        return Columns(self._vectors.view, self._ends.view, self._records.view)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be kept."""
        columns = self.columns
        kept = {name: getattr(columns, name) for name in Columns.__dataclass_fields__}
        return {
            **kept,
            **{f"name_{name}": array for name, array in self._names.arrays().items()},
            **{f"word_{name}": array for name, array in self.statistics.arrays().items()},
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take the place of phrases that were kept; the arrays are not copied."""
        for name in Columns.__dataclass_fields__:
            setattr(self, f"_{name}", Growing.of(arrays[name]))
        self._names = Numbered.restored(dict(under(arrays, "name_")))
        self.statistics = Statistics.restored(dict(under(arrays, "word_")))
