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
from matching.likeness import (
    ALL_WORDS,
    CUTOFF,
    MEANING_ALONE,
    MEANING_FLOOR,
    OTHERS_APART,
    SURE_MEANING,
    WORDS_APART,
    Form,
    likeness,
    related_concepts,
)
from matching.normalise import GENERIC_WEIGHT, Token
from matching.phrases import Phrases, packed, unpacked
from matching.reading import VECTOR_UNIT, Key, Reading
from matching.tokens import Tokens

ROWS_KEPT: Final = 100_000
"""Rows kept at a time; those used longest ago go first."""
LIKE_UNIT: Final = 10_000
KEPT_COLUMNS: Final = (
    "generic", "token_ends", "token_ids", "concept_ends", "concepts", "named", "joined", "run_ends", "runs",
)  # fmt: skip
NEXT: Final = 1
SAME: Final = 2
"""A concept that stands next to one of a phrase's, and one that is its own."""
LEAST: Final = CUTOFF - 0.001
"""Bounds are sums in another order: a little less is let through."""
VECTOR_WHOLE: Final = VECTOR_UNIT**2

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
        self._generic: Growing[np.bool_] = Growing(np.bool_)
        self._token_ends: Growing[np.int32] = Growing(np.int32)
        self._token_ids: Growing[np.int32] = Growing(np.int32)
        self._concept_ends: Growing[np.int32] = Growing(np.int32)
        self._concepts: Growing[np.int16] = Growing(np.int16)
        self._named: Growing[np.float32] = Growing(np.float32)
        self._joined: Growing[np.uint32] = Growing(np.uint32)
        self._run_ends: Growing[np.int32] = Growing(np.int32)
        self._runs: Growing[np.uint32] = Growing(np.uint32)
        for ends in (self._token_ends, self._concept_ends, self._run_ends):
            ends.append(0)
        self._kept: OrderedDict[Key, Row] = OrderedDict()

    def of(self, reading: Reading) -> Row:
        """Return the row of a phrase, which need not be in the index."""
        self._follow()
        key = (reading.text, reading.language)
        row = self._kept.pop(key, None)
        if row is None or row.upto < len(self._phrases):
            row = self._lengthen(reading, row)
        self._kept[key] = row
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
        for line in unpacked(arrays["tokens"]):
            key, stem, marks = line.split(" ")
            exact, known, qualifier, generic = (mark == "1" for mark in marks)
            self._tokens.intern(Token(key, stem, GENERIC_WEIGHT if generic else 1.0, exact, known, qualifier))

    def _follow(self) -> None:
        """Take in the phrases that are new."""
        for number in range(len(self._token_ends) - 1, len(self._phrases)):
            form = self._phrases.form(number)
            for token in form.phrase.tokens:
                token_id = self._tokens.intern(token)
                if token_id == len(self._generic):
                    self._generic.append(token.generic)
                self._token_ids.append(token_id)
            self._concepts.extend(np.array(form.concepts, dtype=np.int16))
            self._named.append(named_weight(form))
            self._joined.append(_hash(form.phrase.joined))
            self._runs.extend([_hash(run) for run in form.runs])
            self._token_ends.append(len(self._token_ids))
            self._concept_ends.append(len(self._concepts))
            self._run_ends.append(len(self._runs))

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
        meaning = int(reading.vector.astype(np.int32) @ vectors[number].astype(np.int32)) / VECTOR_WHOLE
        near = round(likeness(reading.form, self._phrases.form(number), meaning).value * w.UNIT)
        return near if near >= round(CUTOFF * w.UNIT) else 0

    def _leads(self, reading: Reading, first: int) -> list[int]:
        """Return the phrases from a number on that may be alike to one."""
        form = reading.form
        tokens = form.phrase.tokens
        likes = np.zeros((len(tokens), max(1, len(self._generic))), dtype=np.int16)
        for place, token in enumerate(tokens):
            for other, near in self._tokens.like(token).items():
                likes[place, other] = round(near * LIKE_UNIT)
        concepts = np.zeros(len(self._phrases.reader.thesaurus) + 1, dtype=np.int8)
        concepts[list(related_concepts(form))] = NEXT
        concepts[list(form.concepts)] = SAME
        run_tokens = np.zeros(likes.shape[1], dtype=np.bool_)
        run_tokens[[token_id for run in form.runs for token_id in self._tokens.of_key(run)]] = True
        found = scan(
            first,
            likes,
            np.array([token.weight for token in tokens]),
            run_tokens,
            np.array([_hash(token.key) for token in tokens], dtype=np.uint32),
            concepts,
            named_weight(form),
            _hash(form.phrase.joined),
            reading.vector.astype(np.int16),
            self._generic.view,
            self._token_ends.view,
            self._token_ids.view,
            self._concept_ends.view,
            self._concepts.view,
            self._named.view,
            self._joined.view,
            self._run_ends.view,
            self._runs.view,
            self._phrases.columns.vectors,
        )
        leads: list[int] = found.tolist()
        return leads


def _hash(key: str) -> int:
    return crc32(key.encode("utf-8", "surrogatepass"))


def named_weight(form: Form) -> float:
    """Return the weight of the tokens that name concepts."""
    return sum(token.weight for span in form.spans for token in form.phrase.tokens[span.first : span.last])


@compiled
def _blend(met_asked: float, met_offered: float, asked: float, offered: float) -> float:
    """Return :func:`matching.lexical.blend`."""
    covered = max(met_asked / asked, met_offered / offered)
    return 0.5 * (met_asked + met_offered) / (asked + offered) + 0.5 * covered * covered


@compiled
def _bound(
    likes: Ints, weights: Ints, held_generic: Ints, ids: Ints, named: float, held_named: float, meaning: float
) -> float:
    """Return the most that two phrases which share a word or a concept can be alike.

    Parameters
    ----------
    named, held_named
        Weight of the tokens of either that concepts may let meet; 0 where these have nothing in common.
    meaning
        Cosine; 0 without an encoder.
    """
    met_asked, met_offered, asked, offered = 0.0, 0.0, 0.0, 0.0
    alone, also_alone, shares = False, False, False
    for i in range(len(weights)):
        best = 0
        for t in ids:
            best = max(best, likes[i, t])
        asked += weights[i]
        met_asked += weights[i] * best / LIKE_UNIT
        alone |= best == 0
        shares |= best > 0
    for t in ids:
        best = 0
        for i in range(len(weights)):
            best = max(best, likes[i, t])
        weight = GENERIC_WEIGHT if held_generic[t] else 1.0
        offered += weight
        met_offered += weight * best / LIKE_UNIT
        also_alone |= best == 0
    by_words = _blend(met_asked, met_offered, asked, offered)
    if by_words < ALL_WORDS and meaning > 0.0:
        by_words = (by_words + meaning) / 2
    backed = meaning if shares else meaning * MEANING_ALONE
    if shares and alone and also_alone and meaning < SURE_MEANING:
        backed *= max(WORDS_APART, OTHERS_APART)
    by_concept = 0.0
    if named > 0.0:
        more, held_more = min(asked, met_asked + named), min(offered, met_offered + held_named)
        by_concept = _blend(more, held_more, asked, offered)
    return max(by_words if shares else 0.0, backed, by_concept)


@compiled
def scan(
    first: int,
    likes: Ints,
    weights: Ints,
    run_tokens: Ints,
    runs: Ints,
    concepts: Ints,
    named: float,
    joined: int,
    vector: Ints,
    held_generic: Ints,
    token_ends: Ints,
    tokens: Ints,
    concept_ends: Ints,
    held_concepts: Ints,
    held_named: Ints,
    held_joined: Ints,
    run_ends: Ints,
    held_runs: Ints,
    vectors: Ints,
) -> Ints:
    """Return the phrases from ``first`` on that may be alike to one, by words, concepts or meaning.

    Parameters
    ----------
    likes
        (tokens, all tokens): how far each token of the phrase meets each there is, in 1/10,000.
    weights, runs
        Of the phrase's tokens, and the hashes of their keys.
    run_tokens
        For each token there is whether it says in one word what the phrase says in several.
    concepts
        For each concept 2 where the phrase names it, 1 where it names one next to it.
    named
        Weight of the phrase's tokens that name concepts.
    joined
        Hash of its words written together.
    vector, vectors
        Its meaning and all phrases'.
    held_generic, token_ends, tokens, concept_ends, held_concepts, held_named, held_joined, run_ends,
    held_runs
        Of all tokens and phrases: runs as in :class:`matching.phrases.Columns`.
    """
    count = len(token_ends) - 1
    found = np.empty(count - first, dtype=np.int32)
    size = 0
    touched = np.zeros(likes.shape[1], dtype=np.bool_)
    for i in range(likes.shape[0]):
        touched |= likes[i] > 0
    for n in range(first, count):
        ids = tokens[token_ends[n] : token_ends[n + 1]]
        # Whatever stands between the words, written together they are the same.
        shares, kin, lead = False, 0, held_joined[n] == joined
        for t in ids:
            shares |= touched[t]
            lead |= run_tokens[t]
        for at in range(concept_ends[n], concept_ends[n + 1]):
            kin = max(kin, concepts[held_concepts[at]])
        for at in range(run_ends[n], run_ends[n + 1]):
            for run in runs:
                lead |= held_runs[at] == run
        dot = np.int64(0)
        row = vectors[n]
        for d in range(len(vector)):
            dot += np.int32(vector[d]) * np.int32(row[d])
        meaning = dot / VECTOR_WHOLE
        # A concept that is only next to one of the phrase's is not enough without a word.
        if shares or kin == SAME:
            held = held_named[n] if kin > 0 else 0.0
            most = _bound(likes, weights, held_generic, ids, named if kin > 0 else 0.0, held, meaning)
            lead |= most >= LEAST
        if lead or (meaning >= MEANING_FLOOR and not shares):
            found[size] = n
            size += 1
    return found[:size]
