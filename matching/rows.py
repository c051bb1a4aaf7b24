"""For each phrase the row of the phrases alike to it: worked out once, kept, and lengthened by what is new.

A compiled scan over the columns of all phrases finds the few that may be alike, by words, concepts or
meaning, and compares them; see :mod:`matching.comparing`.  This is the only place where two phrases
meet: what scores listings is arithmetic on the rows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.comparing import CUTOFF, MEANING_FLOOR, UNIT, alike, room
from matching.compiling import compiled
from matching.forms import Words, spans_of, words_of_form
from matching.growing import Growing
from matching.likeness import concepts_near
from matching.normalise import GENERIC_WEIGHT, Token
from matching.phrases import Phrases, packed, unpacked
from matching.reading import VECTOR_UNIT, Key, Reading
from matching.spelling import HASH, Ints, joined, runs
from matching.tokens import Tokens

KEPT: Final = 20_000_000
"""Phrases in all rows kept, of 6 bytes each; the rows used longest ago go first."""
CUT: Final = round(CUTOFF * UNIT)
VECTOR_WHOLE: Final = VECTOR_UNIT**2
KEPT_COLUMNS: Final = (
    "token_ends", "token_ids", "token_heads", "token_befores", "span_ends", "spans", "span_heads",
    "span_befores", "run_ends", "runs", "run_heads", "run_befores",
)  # fmt: skip
NONE: Final = -1
"""Where a chain of places ends."""
LOWER: Final = 0xFFFFFFFF
BUCKETS: Final = 1 << 16
"""Chains of runs."""


class Held(NamedTuple):
    """What is compared of all phrases.

    Of phrase n, the tokens by number lie from ``token_ends[n]`` to ``token_ends[n + 1]``, and likewise
    its spans, (spans, 3), and the lower halves of the hashes of its runs; ``vectors`` holds its meaning.
    The places of a token are a chain: the last one is ``token_heads[token]``, and before place p comes
    ``token_befores[p]``; likewise those of a concept, and of the runs whose hashes end in the same bits.
    """

    token_ends: Ints
    token_ids: Ints
    token_heads: Ints
    token_befores: Ints
    span_ends: Ints
    spans: Ints
    span_heads: Ints
    span_befores: Ints
    run_ends: Ints
    runs: Ints
    run_heads: Ints
    run_befores: Ints
    vectors: Ints


class Sought(NamedTuple):
    """The phrase to which others are compared.

    Parameters
    ----------
    words, own, spans
        Its tokens and the concepts that they name; see :mod:`matching.forms`.
    likes
        (tokens, all tokens): how far each meets each there is, in 1/10,000.
    near
        (spans, concepts): how near each concept is, in 1/10,000.
    stands_for
        For each token there is whether it says in one word what the phrase says in several.
    stand_for
        Lower halves of the hashes of its tokens and of all its words together: runs that are the same
        say in several words what it says in one.
    vector
        Its meaning as int16; of length 0 without an encoder.
    """

    words: Words
    own: Ints
    spans: Ints
    likes: Ints
    near: Ints
    stands_for: Ints
    stand_for: Ints
    vector: Ints


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
        self._follow()
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
        self._follow()
        tokens = [
            f"{t.key} {t.stem} {t.exact:d}{t.known:d}{t.qualifier:d}{t.generic:d}" for t in self._tokens
        ]
        return {
            **{name: getattr(self, f"_{name}").view for name in KEPT_COLUMNS},
            "tokens": packed(tokens),
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take the place of what was kept; the arrays are not copied."""
        for name in KEPT_COLUMNS:
            setattr(self, f"_{name}", Growing.of(arrays[name]))
        for name in ("token_heads", "span_heads", "run_heads"):  # These change.
            setattr(self, f"_{name}", Growing.of(np.array(arrays[name])))
        for line in unpacked(arrays["tokens"]):
            key, stem, marks = line.split(" ")
            exact, known, qualifier, generic = (mark == "1" for mark in marks)
            self._tokens.intern(Token(key, stem, GENERIC_WEIGHT if generic else 1.0, exact, known, qualifier))

    def _follow(self) -> None:
        """Take in the phrases that are new."""
        first = len(self._token_ends) - 1
        for number in range(first, len(self._phrases)):
            form = self._phrases.form(number)
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
        likes = np.zeros((len(tokens), max(1, len(self._tokens))), dtype=np.int16)
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


@compiled
def chained(values: Ints, first: int, heads: Ints) -> Ints:
    """Put places, from ``first`` on, at the ends of the chains of their values; return what comes before."""
    befores = np.empty(len(values), dtype=np.int32)
    for at in range(len(values)):
        befores[at] = heads[values[at]]
        heads[values[at]] = first + at
    return befores


@compiled
def _mark(marks: Ints, ends: Ints, first: int, head: int, befores: Ints) -> None:
    """Mark the phrases from ``first`` on that a chain of places goes through."""
    place = head
    while place >= ends[first]:
        marks[np.searchsorted(ends, place, side="right") - 1 - first] = True
        place = befores[place]


@compiled
def written(words: Words, token_ends: Ints, token_ids: Ints) -> tuple[Ints, Ints]:
    """Return of phrases where their runs end, and the lower halves of the hashes of these.

    Parameters
    ----------
    token_ends
        Where the tokens of each phrase end, and in front where those of the first begin.
    """
    count = len(token_ends) - 1
    ends, found = np.empty(count, dtype=np.int32), np.empty(16, dtype=np.uint32)
    size = 0
    for n in range(count):
        ids = token_ids[token_ends[n] : token_ends[n + 1]]
        new = runs(words, ids)
        if size + len(new) > len(found):
            longer = np.empty(2 * (size + len(new)), dtype=np.uint32)
            longer[:size] = found[:size]
            found = longer
        for at in range(len(new)):
            found[size + at] = np.uint32(new[at])
        size += len(new)
        ends[n] = size
    return ends, found[:size]


@compiled
def scan(first: int, sought: Sought, words: Words, held: Held, space: Ints) -> tuple[Ints, Ints]:
    """Return the phrases from ``first`` on that are alike to one, and how far, in 1/10,000.

    Parameters
    ----------
    words
        All tokens.
    space
        Of :func:`matching.comparing.room`.
    """
    likes, near, vector = sought.likes, sought.near, sought.vector
    token_ends, token_ids, span_ends, spans = held.token_ends, held.token_ids, held.span_ends, held.spans
    vectors, dimensions = held.vectors, len(vector)
    kin = np.zeros(near.shape[1], dtype=np.int16)
    for x in range(len(near)):
        kin = np.maximum(kin, near[x])
    marks = _marked(first, sought, held, kin)
    ids, values = np.empty(16, dtype=np.int32), np.empty(16, dtype=np.int16)
    size = 0
    for at in range(len(marks)):
        meaning = 0.0
        if not marks[at] and dimensions == 0:
            continue
        n = first + at
        if dimensions > 0:
            dot = np.int32(0)
            for d in range(dimensions):
                dot += np.int32(vector[d]) * np.int32(vectors[n, d])
            meaning = dot / VECTOR_WHOLE
            if not marks[at] and meaning < MEANING_FLOOR:
                continue
        own = token_ids[token_ends[n] : token_ends[n + 1]]
        own_spans = spans[span_ends[n] : span_ends[n + 1]]
        value, _ = alike(
            sought.words, sought.own, sought.spans, words, own, own_spans, likes, near, meaning, CUT, space
        )
        if value >= CUT:
            if size == len(ids):
                ids, values = np.concatenate((ids, ids)), np.concatenate((values, values))
            ids[size], values[size] = n, value
            size += 1
    return ids[:size].copy(), values[:size].copy()


@compiled
def _marked(first: int, sought: Sought, held: Held, kin: Ints) -> Ints:
    """Return which phrases from ``first`` on may be alike by words or concepts.

    Parameters
    ----------
    kin
        How near each concept is to those of the phrase sought, in 1/10,000.
    """
    marks = np.zeros(len(held.token_ends) - 1 - first, dtype=np.bool_)
    likes = sought.likes
    for token in range(likes.shape[1]):
        touched = sought.stands_for[token]
        for i in range(len(likes)):
            touched |= likes[i, token] > 0
        if touched:
            _mark(marks, held.token_ends, first, held.token_heads[token], held.token_befores)
    for concept in range(len(kin)):
        # A concept that is only next to one of the phrase's is not enough without a word.
        if kin[concept] == UNIT:
            _mark(marks, held.span_ends, first, held.span_heads[concept], held.span_befores)
    for key in sought.stand_for:
        place = held.run_heads[key % BUCKETS]
        while place >= held.run_ends[first]:
            if held.runs[place] == key:
                marks[np.searchsorted(held.run_ends, place, side="right") - 1 - first] = True
            place = held.run_befores[place]
    return marks
