"""For each phrase the row of the phrases alike to it: worked out once, kept, and lengthened by what is new.

A compiled scan over the columns of all phrases finds the few that may be alike, by words, concepts or
meaning; :func:`matching.likeness.likeness` then decides.  This is the only place where two phrases
meet: what scores listings is arithmetic on the rows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matching import weights as w
from matching.compiling import compiled
from matching.growing import Growing
from matching.lexical import DIGIT_CONFLICT, QUALIFIER_LACK, SIMILARITY_MINIMUM
from matching.likeness import CUTOFF, MEANING_FLOOR, Form, keys_of, likeness, related_concepts
from matching.normalise import GENERIC_WEIGHT, Token
from matching.phrases import Phrases, packed, unpacked
from matching.reading import VECTOR_UNIT, Reading
from matching.tokens import Tokens

ROWS_KEPT: Final = 100_000
"""Rows kept at a time; those used longest ago go first."""
LIKE_UNIT: Final = 10_000
KEPT_COLUMNS: Final = (
    "marks", "token_ends", "token_ids", "concept_ends", "concepts", "key_ends", "keys",
)  # fmt: skip
EXACT: Final = 1
QUALIFIER: Final = 2
GENERIC: Final = 4
"""What a token is, as bits."""

Ints = NDArray[Any]


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
    values: NDArray[np.int32]
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
        self._marks: Growing[np.int8] = Growing(np.int8)
        self._token_ends: Growing[np.int32] = Growing(np.int32)
        self._token_ids: Growing[np.int32] = Growing(np.int32)
        self._concept_ends: Growing[np.int32] = Growing(np.int32)
        self._concepts: Growing[np.int16] = Growing(np.int16)
        self._key_ends: Growing[np.int32] = Growing(np.int32)
        self._keys: Growing[np.uint32] = Growing(np.uint32)
        for ends in (self._token_ends, self._concept_ends, self._key_ends):
            ends.append(0)
        self._kept: OrderedDict[int, Row] = OrderedDict()

    def of(self, reading: Reading) -> Row:
        """Return the row of a phrase, which need not be in the index."""
        self._follow()
        number = self._phrases.known(reading)
        row = self._kept.pop(number, None) if number >= 0 else None
        if row is None or row.upto < len(self._phrases):
            row = self._lengthen(reading, row)
        if number >= 0:
            self._kept[number] = row
            if len(self._kept) > ROWS_KEPT:
                self._kept.popitem(last=False)
        return row

    @property
    def bytes(self) -> int:
        """Bytes of what is known of the phrases, and of the rows kept."""
        kept = sum(row.ids.nbytes + row.values.nbytes for row in self._kept.values())
        columns: list[NDArray[Any]] = [getattr(self, f"_{name}").view for name in KEPT_COLUMNS]
        return kept + sum(column.nbytes for column in columns)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what is known of the phrases as arrays, to be kept; the rows are made anew."""
        self._follow()
        return {
            **{name: getattr(self, f"_{name}").view for name in KEPT_COLUMNS},
            "tokens": packed([f"{t.key} {t.stem} {int(t.known)}" for t in self._tokens]),
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take the place of what was kept; the arrays are not copied."""
        for name in KEPT_COLUMNS:
            setattr(self, f"_{name}", Growing.of(arrays[name]))
        for line, mark in zip(unpacked(arrays["tokens"]), self._marks.view.tolist(), strict=True):
            key, stem, known = line.split(" ")
            weight = GENERIC_WEIGHT if mark & GENERIC else 1.0
            self._tokens.intern(
                Token(key, stem, weight, bool(mark & EXACT), known == "1", bool(mark & QUALIFIER))
            )

    def _follow(self) -> None:
        """Take in the phrases that are new."""
        for number in range(len(self._token_ends) - 1, len(self._phrases)):
            form = self._phrases.form(number)
            for token in form.phrase.tokens:
                token_id = self._tokens.intern(token)
                if token_id == len(self._marks):
                    self._marks.append(
                        EXACT * token.exact + QUALIFIER * token.qualifier + GENERIC * token.generic
                    )
                self._token_ids.append(token_id)
            self._concepts.extend(np.array(form.concepts, dtype=np.int16))
            self._keys.extend(_hashed(form))
            self._token_ends.append(len(self._token_ids))
            self._concept_ends.append(len(self._concepts))
            self._key_ends.append(len(self._keys))

    def _lengthen(self, reading: Reading, row: Row | None) -> Row:
        first, upto = row.upto if row else 0, len(self._phrases)
        if reading.form.phrase.tokens:
            found = [(n, near) for n in self._leads(reading, first) if (near := self._near(reading, n))]
        else:
            found = []
        ids = np.array([n for n, _ in found], dtype=np.int32)
        values = np.array([near for _, near in found], dtype=np.int32)
        if row:
            ids, values = np.concatenate((row.ids, ids)), np.concatenate((row.values, values))
        return Row(ids, values, upto)

    def _near(self, reading: Reading, number: int) -> int:
        vectors = self._phrases.columns.vectors
        meaning = int(reading.vector.astype(np.int32) @ vectors[number].astype(np.int32)) / VECTOR_UNIT**2
        near = round(likeness(reading.form, self._phrases.form(number), meaning).value * w.UNIT)
        return near if near >= round(CUTOFF * w.UNIT) else 0

    def _leads(self, reading: Reading, first: int) -> list[int]:
        """Return the phrases from a number on that may be alike to one."""
        form = reading.form
        tokens = form.phrase.tokens
        likes = np.zeros((len(tokens), max(1, len(self._marks))), dtype=np.int16)
        for place, token in enumerate(tokens):
            for other, near in self._tokens.like(token).items():
                likes[place, other] = round(near * LIKE_UNIT)
        concepts = np.zeros(len(self._phrases.reader.thesaurus) + 1, dtype=np.bool_)
        concepts[list(related_concepts(form))] = True
        found = scan(
            first,
            likes,
            np.array([token.weight for token in tokens]),
            np.array(
                [EXACT * t.exact + QUALIFIER * t.qualifier + GENERIC * t.generic for t in tokens],
                dtype=np.int8,
            ),
            self._marks.view,
            self._token_ends.view,
            self._token_ids.view,
            concepts,
            self._concept_ends.view,
            self._concepts.view,
            np.array(_hashed(form), dtype=np.uint32),
            self._key_ends.view,
            self._keys.view,
            reading.vector.astype(np.int16),
            self._phrases.columns.vectors,
        )
        leads: list[int] = found.tolist()
        return leads


def _hashed(form: Form) -> list[int]:
    return [crc32(key.encode("utf-8", "surrogatepass")) for key in keys_of(form)]


@compiled
def _wording(likes: Ints, weights: Ints, marks: Ints, held_marks: Ints, ids: Ints) -> float:
    """Return :func:`matching.lexical.similarity` by words, but for joined writing and rounding."""
    met_asked, met_offered, asked, offered = 0.0, 0.0, 0.0, 0.0
    says, exact_asked, exact_offered, lacking = False, False, False, False
    for i in range(len(weights)):
        best = 0
        for t in ids:
            best = max(best, likes[i, t])
        asked += weights[i]
        met_asked += weights[i] * best / LIKE_UNIT
        if best > 0:
            says |= (marks[i] & GENERIC) == 0
        else:
            exact_asked |= (marks[i] & EXACT) > 0
            lacking |= (marks[i] & QUALIFIER) > 0
    for t in ids:
        best = 0
        for i in range(len(weights)):
            best = max(best, likes[i, t])
        weight = 0.25 if held_marks[t] & GENERIC else 1.0
        offered += weight
        met_offered += weight * best / LIKE_UNIT
        if best > 0:
            says |= (held_marks[t] & GENERIC) == 0
        else:
            exact_offered |= (held_marks[t] & EXACT) > 0
            lacking |= (held_marks[t] & QUALIFIER) > 0
    if not says:
        return 0.0
    covered = max(met_asked / asked, met_offered / offered)
    value = 0.5 * (met_asked + met_offered) / (asked + offered) + 0.5 * covered * covered
    if exact_asked and exact_offered:
        value *= DIGIT_CONFLICT
    return value * QUALIFIER_LACK if lacking else value


@compiled
def scan(  # noqa: C901 - one loop over all phrases is what makes it fast
    first: int,
    likes: Ints,
    weights: Ints,
    marks: Ints,
    held_marks: Ints,
    token_ends: Ints,
    tokens: Ints,
    concepts: Ints,
    concept_ends: Ints,
    held_concepts: Ints,
    keys: Ints,
    key_ends: Ints,
    held_keys: Ints,
    vector: Ints,
    vectors: Ints,
) -> Ints:
    """Return the phrases from ``first`` on that may be alike to one, by words, concept, key or meaning.

    Parameters
    ----------
    likes
        (tokens, all tokens): how far each token of the phrase meets each there is, in 1/10,000.
    weights, marks, held_marks
        Of the phrase's tokens, and of all.
    token_ends, tokens, concept_ends, held_concepts, key_ends, held_keys
        Of all phrases: runs as in :class:`matching.phrases.Columns`.
    concepts
        For each concept whether a phrase that names it may be alike.
    keys
        Of the phrase.
    vector, vectors
        Its meaning and all phrases'.
    """
    count = len(token_ends) - 1
    found = np.empty(count - first, dtype=np.int32)
    size = 0
    least = MEANING_FLOOR * VECTOR_UNIT**2
    touched = np.zeros(likes.shape[1], dtype=np.bool_)
    for i in range(likes.shape[0]):
        for t in range(likes.shape[1]):
            touched[t] |= likes[i, t] > 0
    for n in range(first, count):
        lead, shares = False, False
        for at in range(token_ends[n], token_ends[n + 1]):
            shares |= touched[tokens[at]]
        if shares:
            ids = tokens[token_ends[n] : token_ends[n + 1]]
            lead = _wording(likes, weights, marks, held_marks, ids) >= SIMILARITY_MINIMUM - 1e-3
        for at in range(concept_ends[n], concept_ends[n + 1]):
            lead |= concepts[held_concepts[at]]
        for at in range(key_ends[n], key_ends[n + 1]):
            for key in keys:
                lead |= held_keys[at] == key
        if not lead and len(vector) > 0:
            row = vectors[n]
            dot = np.int32(0)
            for d in range(len(vector)):
                dot += np.int32(vector[d]) * np.int32(row[d])
            lead = bool(dot >= least)
        if lead:
            found[size] = n
            size += 1
    return found[:size]
