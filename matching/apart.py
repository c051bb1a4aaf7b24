"""The compiled rules of what sets two phrases apart: grades, qualifiers, contrasts, concepts, and looks."""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.compiling import compiled
from matching.forms import Words
from matching.spelling import (
    IS_CONTRAST,
    IS_DECISIVE,
    IS_EXACT,
    IS_QUALIFIER,
    MARKS,
    STEM,
    Ints,
    Truth,
    Whole,
    misspelt,
    slip,
)

NUMBERS_APART: Final = 0.3
"""Factor where each side has a grade or number that the other lacks."""
QUALIFIER_APART: Final = 0.5
"""Factor where one side has a qualifier that the other lacks."""
CONTRAST_APART: Final = 0.5
"""Factor where they say the opposite of one another of one thing: low voltage, high voltage."""
NAMED_APART: Final = 7_500
"""What the other words of two names of one concept count that share a word."""
NEXT: Final = 6_000
"""Nearness of concepts from which their names meet; siblings are kin, but what is milled is not turned."""
MET: Final = 0
NAMED: Final = 2
NAMED_SAME: Final = 4
"""Rows in which is written how far the tokens of the first phrase meet; those of the second follow each."""
LOOK_NOT, LOOK_ALIKE, LOOK_MISSPELT = range(3)
"""What a single word of each that sets two phrases apart is to the other."""


@compiled
def apart_by(first: Words, own: Ints, second: Words, others: Ints, shared: Truth, space: Ints) -> float:
    """Return the factor for grades that contradict and qualifiers that one side lacks."""
    marks = _marks(first, own, space[NAMED_SAME], 0) | _marks(second, others, space[NAMED_SAME + 1], 0)
    exact = _marks(first, own, space[NAMED_SAME], 0) & _marks(second, others, space[NAMED_SAME + 1], 0)
    # Where two names of one concept share a word, what decides is in the other words.
    decisive = _marks(first, own, space[NAMED_SAME], NAMED_APART)
    decisive |= _marks(second, others, space[NAMED_SAME + 1], NAMED_APART)
    factor = 1.0
    if exact & IS_EXACT:
        factor *= NUMBERS_APART
    if decisive & IS_DECISIVE or (shared and marks & IS_QUALIFIER):
        factor *= QUALIFIER_APART
    if decisive & IS_CONTRAST and _contrasts(first, own, second, others, space):
        factor *= CONTRAST_APART
    return factor


@compiled
def _marks(words: Words, own: Ints, met: Ints, upto: Whole) -> np.uint64:
    """Return the marks of the tokens that met at most so far."""
    found = np.uint64(0)
    for i in range(len(own)):
        if met[i] <= upto:
            found |= words.table[own[i], MARKS]
    return found


@compiled
def _contrasts(first: Words, own: Ints, second: Words, others: Ints, space: Ints) -> bool:
    """Whether words that contrast, and did not meet, stand before the same word."""
    for i in range(len(own) - 1):
        for j in range(len(others) - 1):
            marks = first.table[own[i], MARKS] & second.table[others[j], MARKS]
            alone = max(space[NAMED_SAME, i], space[NAMED_SAME + 1, j]) <= NAMED_APART
            same = first.table[own[i + 1], STEM] == second.table[others[j + 1], STEM]
            if marks & IS_CONTRAST and alone and same:
                return True
    return False


@compiled
def all_named(spans: Ints, count: Whole) -> Whole:
    """Whether every token of a phrase belongs to the name of a concept."""
    named = 0
    for x in range(len(spans)):
        named += spans[x, 2] - spans[x, 1]
    return named == count


@compiled
def concepts_apart(own_spans: Ints, other_spans: Ints, near: Ints) -> bool:
    """Whether each names a concept, and none of these is, or is next to, one of the other."""
    for x in range(len(own_spans)):
        for y in range(len(other_spans)):
            if near[x, other_spans[y, 0]] >= NEXT:
                return False
    return len(own_spans) > 0 and len(other_spans) > 0


@compiled
def look_alike(
    first: Words, own: Ints, alone: Whole, second: Words, others: Ints, other_alone: Whole, space: Ints
) -> Whole:
    """Return whether nothing sets two phrases apart but one word of each, and these differ by a slip or two.

    At most one word of each met nothing.
    """
    found = LOOK_NOT
    for i in range(len(own)):
        if alone == 1 and space[MET, i] > 0:
            continue
        for j in range(len(others)):
            if other_alone == 1 and space[MET + 1, j] > 0:
                continue
            if slip(first, own[i], second, others[j]):
                if not misspelt(first, own[i], second, others[j]):
                    return LOOK_ALIKE
                found = LOOK_MISSPELT
    return found
