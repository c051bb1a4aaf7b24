"""The compiled search among all forms for those that are alike to a phrase; see :mod:`matching.rows`."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from matching.chains import members
from matching.comparing import CUTOFF, MEANING_FLOOR, UNIT, alike, blend, weight
from matching.compiling import compiled
from matching.forms import Words
from matching.reading import VECTOR_UNIT
from matching.spelling import MARKS, Ints, Whole, runs

LEAST: Final = CUTOFF - 0.001
"""Bounds are sums in another order: a little less is let through."""
SURE: Final = np.uint32(1 << 31)
"""Mark of a phrase that is compared whatever meets; the bits below are the tokens that meet."""
CUT: Final = round(CUTOFF * UNIT)
VECTOR_WHOLE: Final = VECTOR_UNIT**2
BUCKETS: Final = 1 << 16
"""Chains of runs."""


class Held(NamedTuple):
    """What is compared of all forms.

    ``weights``, (forms, 2), holds the weight of all their words and that of those that say little, in
    quarters.  Of form n, the tokens by number lie from ``token_ends[n]`` to ``token_ends[n + 1]``, and
    likewise its spans, (spans, 3), and the lower halves of the hashes of its runs.  The forms of a token,
    of a concept, and of the runs whose hashes end in the same bits are chains (:mod:`matching.chains`):
    the last block is ``token_heads[token]``.  ``vectors`` holds the meanings of all phrases, ``readings``
    the first phrase of each form.
    """

    weights: Ints
    token_ends: Ints
    token_ids: Ints
    span_ends: Ints
    spans: Ints
    run_ends: Ints
    runs: Ints
    token_heads: Ints
    token_blocks: Ints
    span_heads: Ints
    span_blocks: Ints
    run_heads: Ints
    run_blocks: Ints
    readings: Ints
    vectors: Ints


class Sought(NamedTuple):
    """The phrase to which others are compared.

    Parameters
    ----------
    words, own, spans
        Its tokens and the concepts that they name; see :mod:`matching.forms`.
    heavy
        The weight of each of its tokens, in quarters.
    likes
        (tokens, all tokens): how far each meets each there is, in 1/10,000.
    worth
        Of each token there is, its weight in quarters times how far it meets any of the phrase.
    near
        (spans, concepts): how near each concept is, in 1/10,000.
    named
        For each concept the bits of the phrase's tokens that name it or one next to it.
    same
        The numbers of the concepts that it names, and, where it has words that say little, of those next
        to them: without a word, be it one that says little, these are not enough.
    met, met_bits
        Tokens, and the bits of those of the phrase that meet them; not where both say little, as then
        nothing is alike.  :data:`SURE` for those that say in one word what the phrase says in several.
    stand_for
        Lower halves of the hashes of its tokens and of all its words together: runs that are the same
        say in several words what it says in one.
    vector
        Its meaning as int16; of length 0 without an encoder.
    """

    words: Words
    own: Ints
    spans: Ints
    heavy: Ints
    likes: Ints
    worth: Ints
    near: Ints
    named: Ints
    same: Ints
    met: Ints
    met_bits: Ints
    stand_for: Ints
    vector: Ints


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
    """Return the forms from ``first`` on that are alike to one, and how far, in 1/10,000.

    Parameters
    ----------
    words
        All tokens.
    space
        Of :func:`matching.comparing.room`.
    """
    ids, meanings = _candidates(first, sought, words, held)
    token_ends, span_ends = held.token_ends, held.span_ends
    values = np.empty(len(ids), dtype=np.int16)
    for at in range(len(ids)):
        n = ids[at]
        others = held.token_ids[token_ends[n] : token_ends[n + 1]]
        other_spans = held.spans[span_ends[n] : span_ends[n + 1]]
        values[at], _ = alike(
            sought.words, sought.own, sought.spans, words, others, other_spans,
            sought.likes, sought.near, meanings[at], CUT, space,
        )  # fmt: skip
    good = values >= CUT
    return ids[good], values[good]


@compiled
def _candidates(first: int, sought: Sought, words: Words, held: Held) -> tuple[Ints, Ints]:
    """Return the forms from ``first`` on that may be alike to one, and the cosines of their meanings."""
    met = _met(first, sought, held)
    ids, meanings = np.empty(len(met), dtype=np.int32), np.empty(len(met), dtype=np.float64)
    size = 0
    for at in range(len(met)):
        meaning = _cosine(sought.vector, held, first + at)
        unsure = meaning < MEANING_FLOOR and met[at] < SURE
        if unsure and (met[at] == 0 or _most(first + at, met[at], sought, words, held) < LEAST):
            continue
        ids[size], meanings[size] = first + at, meaning
        size += 1
    return ids[:size].copy(), meanings[:size].copy()


@compiled
def _cosine(vector: Ints, held: Held, n: Whole) -> float:
    """Return the cosine of a meaning and that of form n, 0 without an encoder."""
    reading, vectors, dot = held.readings[n], held.vectors, np.int32(0)
    for d in range(len(vector)):
        dot += np.int32(vector[d]) * np.int32(vectors[reading, d])
    return dot / VECTOR_WHOLE


@compiled
def _met(first: int, sought: Sought, held: Held) -> Ints:
    """Return of the forms from ``first`` on what may make them alike; 0 where nothing does.

    Returns
    -------
    array
        Bits of the tokens of the phrase sought that meet a token that says something, or name a concept
        that they share; :data:`SURE` for one that says in one word what the other says in several.
    """
    met = np.zeros(len(held.token_ends) - 1 - first, dtype=np.uint32)
    for at in range(len(sought.met)):
        for n in members(held.token_heads[sought.met[at]], held.token_blocks, first):
            met[n - first] |= sought.met_bits[at]
    for concept in sought.same:
        for n in members(held.span_heads[concept], held.span_blocks, first):
            met[n - first] |= sought.named[concept]
    for key in sought.stand_for:
        for n in members(held.run_heads[key % BUCKETS], held.run_blocks, first):
            for at in range(held.run_ends[n], held.run_ends[n + 1]):
                if held.runs[at] == key:
                    met[n - first] |= SURE
    return met


@compiled
def _most(n: Whole, met: Whole, sought: Sought, words: Words, held: Held) -> Whole:
    """Return the most that form n can be alike by its words and concepts, from what of it may meet.

    Parameters
    ----------
    met
        Of :func:`_met`.
    """
    start, end = held.token_ends[n], held.token_ends[n + 1]
    part = 0
    for x in range(held.span_ends[n], held.span_ends[n + 1]):
        bits = sought.named[held.spans[x, 0]]
        if bits != 0:
            met |= bits
            for place in range(start + held.spans[x, 1], start + held.spans[x, 2]):
                token = held.token_ids[place]
                part += UNIT * weight(words.table[token, MARKS]) - sought.worth[token]
    for place in range(start, end):
        part += sought.worth[held.token_ids[place]]
    own_whole, own_part = 0, 0
    for i in range(len(sought.heavy)):
        heavy = sought.heavy[i]
        own_whole += heavy
        # Words that say little may meet where both have some.
        if met >> np.uint32(i) & 1 or (heavy == 1 and held.weights[n, 1] > 0):
            own_part += heavy
    whole = np.int64(held.weights[n, 0])
    return blend(own_whole, whole, UNIT * own_part, min(part, UNIT * whole))
