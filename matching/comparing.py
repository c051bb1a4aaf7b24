"""The compiled comparison of two phrases: see :mod:`matching.likeness` for what it is about.

Likenesses and what tokens meet are whole numbers of 1/10,000, weights of tokens of a quarter, so that
sums are exact in any order.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from matching.apart import (
    LOOK_ALIKE,
    LOOK_NOT,
    MET,
    NAMED,
    NAMED_APART,
    NAMED_SAME,
    NEXT,
    all_named,
    apart_by,
    concepts_apart,
    look_alike,
)
from matching.compiling import compiled
from matching.forms import Words
from matching.lexical import SIMILARITY_MINIMUM
from matching.normalise import PHRASE_TOKENS
from matching.spelling import (
    HASH,
    INITIALS_LEAST,
    IS_EXACT,
    IS_GENERIC,
    IS_KNOWN,
    MARKS,
    RUN_LEAST,
    RUN_MOST,
    Ints,
    Truth,
    Whole,
    joined,
    opposite,
    with_initial,
    with_word,
)

CUTOFF: Final = 0.5
"""Likeness from which two phrases count as met (of our own pairs: see docs/explanation/phrases.md)."""
UNIT: Final = 10_000
MEANING_ALONE: Final = 1.2
"""What meaning counts beside words, where no word is shared (right pairs lie from .45 upwards)."""
MEANING_KNOWN: Final = 0.8
"""The same where all words are trade words of ours: what they share would be a concept."""
MEANING_FLOOR: Final = 0.41
"""Cosine below which meaning alone never makes two phrases alike enough: CUTOFF / MEANING_ALONE."""

WORDS_APART: Final = 0.5
"""Factor on meaning where the phrases share a word and each has another of its own."""
OTHERS_APART: Final = 0.75
"""The same where a word that stands alone is no trade word."""
SURE_MEANING: Final = 0.85
"""Meaning from which words apart are taken for two languages, or for two words for one thing."""
CONCEPTS_APART: Final = 0.6
"""Factor on meaning where each names a concept and these have nothing to do with each other."""
NAMES_APART: Final = 0.5
"""The same where these names are all that the phrases say."""
NAMES_ALIKE: Final = 0.9
"""Meaning from which even these may be two names of one thing that the thesaurus does not know."""
LOOKS_APART: Final = 0.5
"""Factor on meaning where single words differ by a letter or two: it follows their letters too."""
ALL_WORDS: Final = 0.9
"""Similarity by words from which nothing that says something is missing on either side."""
SPELLING_BACKED: Final = 0.7
"""Meaning from which a likely misspelling is taken for one; below, it halves."""
CONCEPT_SAME: Final = 0.97
MEANING_MOST: Final = 0.95
"""Likeness by concepts, or by meaning alone, never says "the same words"."""
HOWS: Final = ("none", "concept", "fuzzy", "meaning", "same")
"""What made two phrases alike, by number; of equals the later counts."""
SAME: Final = HOWS.index("same")


def room() -> Ints:
    """Return what :func:`alike` needs to work in: six rows of the most tokens that a phrase has."""
    return np.zeros((6, PHRASE_TOKENS), dtype=np.int32)


@compiled
def alike(
    first: Words, own: Ints, own_spans: Ints, second: Words, others: Ints, other_spans: Ints,
    likes: Ints, near: Ints, meaning: float, least: Whole, space: Ints,
) -> tuple[Whole, Whole]:  # fmt: skip
    """Return how alike two phrases are in 1/10,000, and the number of what made them so.

    Parameters
    ----------
    first, own, second, others
        Tokens, and the numbers among them of the tokens of either phrase.
    own_spans, other_spans
        (spans, 3): see :func:`matching.forms.spans_of`.
    likes
        (tokens of the first, tokens of ``second``): how far they meet in 1/10,000.
    near
        (spans of the first, concepts): how near they are in 1/10,000.
    meaning
        Cosine of the phrases' vectors; 0 without an encoder.
    least
        Less than this, in 1/10,000, may be returned as 0.
    space
        Of :func:`room`.
    """
    if len(own) == 0 or len(others) == 0:
        return 0, 0
    if _same(first, own, second, others):
        return UNIT, SAME
    _meet(first, own, second, others, likes, space)
    concept = _name(first, own, own_spans, second, others, other_spans, near, space)
    words = _blended(first, own, second, others, space, MET)
    by_concept = min(CONCEPT_SAME, _blended(first, own, second, others, space, NAMED)) if concept else 0.0
    apart = apart_by(first, own, second, others, words > 0.0 or concept, space)
    # Nothing of what follows gives more.
    most = max(words, by_concept, (words + meaning) / 2, MEANING_ALONE * meaning) * apart
    if most * UNIT < least - 1:
        return 0, 0
    by_words, by_meaning = _corrected(
        first, own, own_spans, second, others, other_spans, near, words, meaning, concept, space
    )
    value, how = by_concept, 1
    if by_words >= value:
        value, how = by_words, 2
    if by_meaning >= value:
        value, how = by_meaning, 3
    # The shift keeps round figures off the edge.
    whole = int(np.floor(value * apart * UNIT + 0.5 + 1e-6))
    return (whole, how) if whole > 0 else (0, 0)


@compiled
def _same(first: Words, own: Ints, second: Words, others: Ints) -> bool:
    """Whether two phrases are the same words in any order, or the same written together."""
    if joined(first, own) == joined(second, others):
        return True
    if len(own) != len(others):
        return False
    for x in own:
        found = False
        for y in others:
            found |= first.table[x, HASH] == second.table[y, HASH]
        if not found:
            return False
    return True


@compiled
def _meet(first: Words, own: Ints, second: Words, others: Ints, likes: Ints, space: Ints) -> None:
    """Write how far each token of two phrases meets one of the other, into the first two rows."""
    space[MET, : len(own)] = 0
    space[MET + 1, : len(others)] = 0
    for i in range(len(own)):
        for j in range(len(others)):
            near = likes[i, others[j]]
            space[MET, i] = max(space[MET, i], near)
            space[MET + 1, j] = max(space[MET + 1, j], near)
    _meet_runs(first, own, MET, second, others, MET + 1, space)
    _meet_runs(second, others, MET + 1, first, own, MET, space)


@compiled
def _meet_runs(
    first: Words, own: Ints, row: Whole, second: Words, others: Ints, other_row: Whole, space: Ints
) -> None:
    """Let a word meet the run of words of the other phrase for which it stands, joined or by initials."""
    for start in range(len(others)):
        run, initials = np.uint64(0), np.uint64(0)
        for end in range(start + 1, min(len(others), start + RUN_MOST) + 1):
            token = others[end - 1]
            run, initials = with_word(run, second, token), with_initial(initials, second, token)
            if end - start < RUN_LEAST:
                continue
            for i in range(len(own)):
                key = first.table[own[i], HASH]
                if key == run or (key == initials and end - start >= INITIALS_LEAST):
                    space[row, i] = UNIT
                    space[other_row, start:end] = UNIT


@compiled
def _name(
    first: Words, own: Ints, own_spans: Ints, second: Words, others: Ints, other_spans: Ints,
    near: Ints, space: Ints,
) -> bool:  # fmt: skip
    """Let the tokens of concepts meet too; return whether there are any that have to do with each other.

    Rows 2 and 3 take in concepts that are the same or next to each other, 4 and 5 the same alone.
    Where the two names share a word, what is left of them tells apart what one concept holds.
    Numbers and grades meet by themselves, or where two names of one thing share nothing: 1.4301 is
    AISI 304.
    """
    for row in (NAMED, NAMED_SAME):
        space[row, : len(own)] = space[MET, : len(own)]
        space[row + 1, : len(others)] = space[MET + 1, : len(others)]
    found = False
    for x in range(len(own_spans)):
        for y in range(len(other_spans)):
            kin = near[x, other_spans[y, 0]]
            if kin < NEXT:
                continue
            found = True
            best, other_best = 0, 0
            for i in range(own_spans[x, 1], own_spans[x, 2]):
                best = max(best, space[MET, i])
            for j in range(other_spans[y, 1], other_spans[y, 2]):
                other_best = max(other_best, space[MET + 1, j])
            shares = best > 0 and other_best > 0
            if shares and kin < UNIT:
                continue
            value = NAMED_APART if shares else kin
            _write(first, own, own_spans[x], NAMED, kin, value, space)
            _write(second, others, other_spans[y], NAMED + 1, kin, value, space)
    return found


@compiled
def _write(words: Words, own: Ints, span: Ints, row: Whole, kin: Whole, value: Whole, space: Ints) -> None:
    """Let the tokens of a span meet so far, in the rows where concepts so near count."""
    for i in range(span[1], span[2]):
        if value == UNIT or not words.table[own[i], MARKS] & IS_EXACT:
            space[row, i] = max(space[row, i], value)
            if kin == UNIT:
                space[row + 2, i] = max(space[row + 2, i], value)


@compiled
def weight(marks: Whole) -> Whole:
    """Return the weight of a token in quarters; see :data:`matching.normalise.GENERIC_WEIGHT`."""
    return 1 if marks & IS_GENERIC else 4


@compiled
def blend(asked: Whole, offered: Whole, met_asked: Whole, met_offered: Whole) -> Whole:
    """Return :func:`matching.lexical.blend`, from weights in quarters and what met in 1/10,000 of them."""
    dice = (met_asked + met_offered) / (UNIT * (asked + offered))
    covered = max(met_asked / (UNIT * asked), met_offered / (UNIT * offered))
    return 0.5 * dice + 0.5 * covered * covered


@compiled
def _blended(first: Words, own: Ints, second: Words, others: Ints, space: Ints, row: Whole) -> float:
    """Return the similarity by what met; 0 where only words met that say little."""
    says = False
    whole, part, other_whole, other_part = 0, 0, 0, 0
    for i in range(len(own)):
        heavy = weight(first.table[own[i], MARKS])
        whole += heavy
        part += heavy * space[row, i]
        says |= heavy > 1 and space[row, i] > 0
    for j in range(len(others)):
        heavy = weight(second.table[others[j], MARKS])
        other_whole += heavy
        other_part += heavy * space[row + 1, j]
        says |= heavy > 1 and space[row + 1, j] > 0
    return blend(whole, other_whole, part, other_part) if says else 0.0


@compiled
def _corrected(
    first: Words, own: Ints, own_spans: Ints, second: Words, others: Ints, other_spans: Ints, near: Ints,
    words: float, meaning: float, concept: Truth, space: Ints,
) -> tuple[float, float]:  # fmt: skip
    """Return likeness by words as meaning backs it, and by meaning as words and concepts back it."""
    alone, known, all_known = _alone(first, own, space[MET])
    other_alone, other_known, all_other_known = _alone(second, others, space[MET + 1])
    apart = alone > 0 and other_alone > 0
    backed = max(0.0, meaning)
    if alone == len(own) and other_alone == len(others):
        alone_counts = MEANING_KNOWN if all_known and all_other_known else MEANING_ALONE
        backed *= 1.0 if concept else alone_counts
    elif apart and meaning < SURE_MEANING:
        backed *= WORDS_APART if known and other_known else OTHERS_APART
    if concepts_apart(own_spans, other_spans, near):
        names = all_named(own_spans, len(own)) and all_named(other_spans, len(others))
        backed *= NAMES_APART if names and meaning < NAMES_ALIKE else CONCEPTS_APART
    by_words = words if words >= SIMILARITY_MINIMUM else 0.0
    if opposite(first, own, second, others):
        backed *= LOOKS_APART
    looks = LOOK_NOT
    if alone <= 1 and other_alone <= 1:
        looks = look_alike(first, own, alone, second, others, other_alone, space)
    if looks == LOOK_ALIKE:
        backed *= LOOKS_APART
        # Without meaning, a word that is the same backs a misspelling beside it.
        backing = meaning == 0.0 and not apart and _shares(first, own, second, others)
        by_words *= 1.0 if meaning >= SPELLING_BACKED or backing else 0.5
    # One phrase within another ("filters for cigarettes"): the meaning says what the rest adds.
    if meaning > 0.0 and 0.0 < by_words < ALL_WORDS:
        by_words = (by_words + meaning) / 2
    return by_words, min(MEANING_MOST, backed)


@compiled
def _alone(words: Words, own: Ints, met: Ints) -> tuple[Whole, bool, bool]:
    """Return how many tokens met nothing, whether a trade word is among them, and whether all are."""
    count, known, all_known = 0, False, True
    for i in range(len(own)):
        if met[i] == 0:
            count += 1
            trade = (words.table[own[i], MARKS] & (IS_KNOWN | IS_GENERIC)) == IS_KNOWN
            known |= trade
            all_known &= trade
    return count, known, all_known


@compiled
def _shares(first: Words, own: Ints, second: Words, others: Ints) -> bool:
    """Whether a word that says something is the same."""
    for x in own:
        for y in others:
            if first.table[x, HASH] == second.table[y, HASH] and not first.table[x, MARKS] & IS_GENERIC:
                return True
    return False
