"""The values of single comparisons."""

from __future__ import annotations

import numpy as np

from matching.compiling import compiled
from matching.kernels.arrays import (
    ALL_SHARE,
    CLAUSES_SHARE,
    FIRST_SHARE,
    GRAM_WHOLE,
    UNIT,
    VECTOR_WHOLE,
    WORDS_SHARE,
    Ints,
    Whole,
)
from matching.phrases import COUNT_BITS, COUNT_MASK


@compiled
def together(table: Ints, evidence: Whole) -> Whole:
    """Return the value that a sum of evidence amounts to; see :func:`matching.weights.together`."""
    low, high = 0, UNIT
    while low < high:
        middle = (low + high + 1) // 2
        if table[middle] <= evidence:
            low = middle
        else:
            high = middle - 1
    return low


@compiled
def text(clauses: Ints, nearest: Whole, evidence: Whole, covered: Whole) -> Whole:
    """Return the value of text; see :func:`matching.score.text_value`."""
    met = max(nearest, together(clauses, evidence))
    return (WORDS_SHARE * covered + CLAUSES_SHARE * met) // (WORDS_SHARE + CLAUSES_SHARE)


@compiled
def topic(table: Ints, evidence: Whole, first: Whole) -> Whole:
    """Return the value of topic; see :func:`matching.score.topic_value`."""
    return (ALL_SHARE * together(table, evidence) + FIRST_SHARE * first) // (ALL_SHARE + FIRST_SHARE)


@compiled
def parts(records: Ints, start: Whole) -> tuple[Whole, Whole, Whole]:
    """Return where the words, topics and grams of a record begin; see :func:`matching.phrases.record`."""
    head = np.int64(records[start])
    topics = start + 1 + (head & COUNT_MASK)
    return start + 1, topics, topics + (head >> COUNT_BITS & COUNT_MASK)


@compiled
def coverage(held: Ints, start: Whole, end: Whole, worth: Ints, whole: Whole) -> Whole:
    """Return the share of what is asked that a run of numbers holds; see :func:`matching.query.coverage`."""
    met = np.int64(0)
    for at in range(start, end):
        met += worth[held[at]]
    return UNIT * met // whole if whole > 0 else 0


@compiled
def nearness(letters: Whole, meaning: Whole, dimensions: Whole) -> Whole:
    """Return how near a phrase is to a request, from the products of grams and of meanings."""
    near = UNIT * letters // GRAM_WHOLE
    if dimensions > 0:
        near = (near + UNIT * meaning // VECTOR_WHOLE) // 2
    return max(0, min(UNIT, near))


@compiled
def dot(a: Ints, b: Ints) -> Whole:
    """Return the product of two vectors; the first may be missing."""
    summed = np.int64(0)
    for at in range(len(a)):
        summed += np.int32(a[at]) * np.int32(b[at])
    return summed
