"""The compiled search among all phrases for those that are alike to one; see :mod:`matching.rows`."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from matching.comparing import CUTOFF, MEANING_FLOOR, NEXT, UNIT, alike, blend, weight
from matching.compiling import compiled
from matching.forms import Words
from matching.reading import VECTOR_UNIT
from matching.spelling import MARKS, Ints, Whole, runs

LEAST: Final = CUTOFF - 0.001
"""Bounds are sums in another order: a little less is let through."""
MET_MOST: Final = 255
CUT: Final = round(CUTOFF * UNIT)
VECTOR_WHOLE: Final = VECTOR_UNIT**2
BUCKETS: Final = 1 << 16
"""Chains of runs."""


class Held(NamedTuple):
    """What is compared of all phrases.

    ``weights``, (phrases, 2), holds the weight of all their words and that of those that say little, in
    quarters.  Of phrase n, the tokens by number lie from ``token_ends[n]`` to ``token_ends[n + 1]``, and
    likewise its spans, (spans, 3), and the lower halves of the hashes of its runs; ``vectors`` holds its
    meaning.  The places of a token are a chain: the last one is ``token_heads[token]``, and before place p
    comes ``token_befores[p]``; likewise those of a concept, and of runs whose hashes end in the same bits.
    """

    weights: Ints
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


@compiled
def chained(values: Ints, first: int, heads: Ints) -> Ints:
    """Put places, from ``first`` on, at the ends of the chains of their values; return what comes before."""
    befores = np.empty(len(values), dtype=np.int32)
    for at in range(len(values)):
        befores[at] = heads[values[at]]
        heads[values[at]] = first + at
    return befores


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
    marked, met = _marked(first, sought, words, held, kin)
    whole, little = _weights(sought.words, sought.own)
    ids, values = np.empty(16, dtype=np.int32), np.empty(16, dtype=np.int16)
    size = 0
    for at in range(len(marked)):
        n, meaning = first + at, 0.0
        if dimensions > 0:
            dot = np.int32(0)
            for d in range(dimensions):
                dot += np.int32(vector[d]) * np.int32(vectors[n, d])
            meaning = dot / VECTOR_WHOLE
        if not marked[at] and meaning < MEANING_FLOOR:
            if met[at, 0] == 0:
                continue
            other_whole, other_little = np.int64(held.weights[n, 0]), np.int64(held.weights[n, 1])
            # Words that say little may meet where both have some.
            both = little > 0 and other_little > 0
            most = min(whole, np.int64(met[at, 0]) + (little if both else 0))
            other_most = min(other_whole, np.int64(met[at, 1]) + (other_little if both else 0))
            far = blend(whole, other_whole, UNIT * most, UNIT * other_most) < LEAST
            if far and not _kindred(kin, spans[span_ends[n] : span_ends[n + 1]]):
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
def _weights(words: Words, own: Ints) -> tuple[Whole, Whole]:
    """Return the weight of a phrase's words and that of those that say little, in quarters."""
    whole, little = 0, 0
    for token in own:
        heavy = weight(words.table[token, MARKS])
        whole += heavy
        little += heavy if heavy == 1 else 0
    return whole, little


@compiled
def _kindred(kin: Ints, spans: Ints) -> bool:
    """Whether a phrase names a concept that is, or is next to, one of those of the phrase sought."""
    nearest = 0
    for x in range(len(spans)):
        nearest = max(nearest, kin[spans[x, 0]])
    return nearest >= NEXT


@compiled
def _marked(first: int, sought: Sought, words: Words, held: Held, kin: Ints) -> tuple[Ints, Ints]:
    """Return which phrases from ``first`` on are to be compared, and what meets in others.

    Parameters
    ----------
    kin
        How near each concept is to those of the phrase sought, in 1/10,000.

    Returns
    -------
    marked
        Whether a phrase shares a concept, or says in one word what the other says in several.
    met
        (phrases, 2): the most weight, in quarters, that can have met of the words that say something.
    """
    count = len(held.token_ends) - 1 - first
    marked: Ints = np.zeros(count, dtype=np.bool_)
    met: Ints = np.zeros((count, 2), dtype=np.uint8)
    likes = sought.likes
    for token in range(likes.shape[1]):
        heavy, heaviest = 0, weight(words.table[token, MARKS])
        other_heavy = heaviest
        for i in range(len(likes)):
            if likes[i, token] > 0:
                heavy += weight(sought.words.table[i, MARKS])
                heaviest = max(heaviest, weight(sought.words.table[i, MARKS]))
        stands_for = sought.stands_for[token]
        # Where only words meet that say little, nothing is alike.
        if not stands_for and (heavy == 0 or heaviest == 1):
            continue
        place = held.token_heads[token]
        while place >= held.token_ends[first]:
            at = np.searchsorted(held.token_ends, place, side="right") - 1 - first
            marked[at] |= stands_for
            met[at, 0] = min(MET_MOST, np.int64(met[at, 0]) + heavy)
            met[at, 1] = min(MET_MOST, np.int64(met[at, 1]) + other_heavy)
            place = held.token_befores[place]
    _mark(marked, first, sought, held, kin)
    return marked, met


@compiled
def _mark(marked: Ints, first: int, sought: Sought, held: Held, kin: Ints) -> None:
    """Mark the phrases that share a concept, and those that say in several words what is one here."""
    _, little = _weights(sought.words, sought.own)
    least = NEXT if little > 0 else UNIT
    for concept in range(len(kin)):
        # A concept that is only next to one of the phrase's is not enough without a word, be it one that
        # says little.
        place = held.span_heads[concept] if kin[concept] >= least else -1
        while place >= held.span_ends[first]:
            n = np.searchsorted(held.span_ends, place, side="right") - 1
            marked[n - first] |= kin[concept] == UNIT or held.weights[n, 1] > 0
            place = held.span_befores[place]
    for key in sought.stand_for:
        place = held.run_heads[key % BUCKETS]
        while place >= held.run_ends[first]:
            if held.runs[place] == key:
                marked[np.searchsorted(held.run_ends, place, side="right") - 1 - first] = True
            place = held.run_befores[place]
