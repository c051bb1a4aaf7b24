"""All distinct phrases of an index, each known once, as columns that the compiled loops read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.growing import Growing
from matching.forms import Form
from matching.query import asked_weight
from matching.reading import Key, Reader, Reading
from matching.statistics import Statistics

SEPARATOR: Final = "\t"
"""Stands between the language and the text of a phrase in the names of phrases."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The phrases' readings, as they were when it was asked for.

    Parameters
    ----------
    vectors
        int8, (phrases, dimensions): see :class:`matching.reading.Reading`.
    gram_ends, grams, gram_weights
        Of phrase n: those from ``gram_ends[n]`` to ``gram_ends[n + 1]``.
    word_ends, words
        Likewise the numbers of its words.
    topic_ends, topics
        Likewise its topics.
    short
        Whether it names one piece of work.
    weights
        What it counts when it is asked for; 0 for a phrase without words.
    """

    vectors: NDArray[np.int8]
    gram_ends: NDArray[np.int32]
    grams: NDArray[np.uint16]
    gram_weights: NDArray[np.int16]
    word_ends: NDArray[np.int32]
    words: NDArray[np.int32]
    topic_ends: NDArray[np.int32]
    topics: NDArray[np.int16]
    short: NDArray[np.bool_]
    weights: NDArray[np.int8]


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
        self._numbers: dict[str, int] = {}
        self._names: list[str] = []
        self._vectors: Growing[np.int8] = Growing(np.int8, reader.dimensions)
        self._gram_ends: Growing[np.int32] = Growing(np.int32)
        self._grams: Growing[np.uint16] = Growing(np.uint16)
        self._gram_weights: Growing[np.int16] = Growing(np.int16)
        self._word_ends: Growing[np.int32] = Growing(np.int32)
        self._words: Growing[np.int32] = Growing(np.int32)
        self._topic_ends: Growing[np.int32] = Growing(np.int32)
        self._topics: Growing[np.int16] = Growing(np.int16)
        self._short: Growing[np.bool_] = Growing(np.bool_)
        self._weights: Growing[np.int8] = Growing(np.int8)
        for ends in (self._gram_ends, self._word_ends, self._topic_ends):
            ends.append(0)

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
        found = self._numbers.get(name)
        if found is not None:
            return found
        new = len(self._names)
        self._vectors.append(reading.vector)
        self._grams.extend(reading.grams)
        self._gram_weights.extend(reading.gram_weights)
        self._words.extend([self.statistics.number(stem) for stem in reading.stems])
        self._topics.extend(reading.topics)
        self._short.append(reading.short)
        self._weights.append(asked_weight(reading) if reading.form.phrase.tokens else 0)
        self._gram_ends.append(len(self._grams))
        self._word_ends.append(len(self._words))
        self._topic_ends.append(len(self._topics))
        # Last, as it says that the phrase is there.
        self._names.append(name)
        self._numbers[name] = new
        return new

    def count(self, numbers: NDArray[np.int32], by: int) -> None:
        """Count a listing's distinct words and topics in (``by`` 1) or out (-1)."""
        words: set[int] = set()
        topics: set[int] = set()
        word_ends, topic_ends = self._word_ends.view, self._topic_ends.view
        for n in numbers.tolist():
            words.update(self._words.view[word_ends[n] : word_ends[n + 1]].tolist())
            topics.update(self._topics.view[topic_ends[n] : topic_ends[n + 1]].tolist())
        self.statistics.count(words, topics, by)

    @property
    def columns(self) -> Columns:
        """The columns so far; they stay as they are while phrases are added."""
        return Columns(
            vectors=self._vectors.view, gram_ends=self._gram_ends.view, grams=self._grams.view,
            gram_weights=self._gram_weights.view, word_ends=self._word_ends.view, words=self._words.view,
            topic_ends=self._topic_ends.view, topics=self._topics.view, short=self._short.view,
            weights=self._weights.view,
        )  # fmt: skip

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be kept."""
        columns = self.columns
        kept = {name: getattr(columns, name) for name in Columns.__dataclass_fields__}
        return {
            **kept,
            "names": packed(self._names),
            "stems": packed(self.statistics.words),
            "held": self.statistics.held,
            "topics_held": self.statistics.topics,
            "listings": np.array([self.statistics.listings]),
        }

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Take the place of phrases that were kept; the arrays are not copied."""
        for name in Columns.__dataclass_fields__:
            setattr(self, f"_{name}", Growing.of(arrays[name]))
        self._names = unpacked(arrays["names"])
        self._numbers = {name: number for number, name in enumerate(self._names)}
        self.statistics.restore(
            int(arrays["listings"][0]), unpacked(arrays["stems"]), arrays["held"], arrays["topics_held"]
        )


def packed(texts: Sequence[str]) -> NDArray[np.uint8]:
    """Return texts without line ends as one array of bytes."""
    return np.frombuffer("\n".join(texts).encode("utf-8", "surrogatepass"), dtype=np.uint8)


def unpacked(kept: NDArray[np.uint8]) -> list[str]:
    """Return the texts of :func:`packed`."""
    text = kept.tobytes().decode("utf-8", "surrogatepass")
    return text.split("\n") if text else []
