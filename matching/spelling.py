"""The compiled reading of words: what stands for several of them, undoes another, or is a slip of it.

The hash of words written together follows from theirs, so that nothing but numbers is compared.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.compiling import compiled
from matching.forms import (
    CONTRAST,
    DECISIVE,
    EXACT,
    GENERIC,
    HASH_BASE,
    KNOWN,
    LENGTH_BITS,
    POWERS,
    QUALIFIER,
    Words,
    hashed,
)

TRADE_SLIPS: Final = 2
"""Letters by which two trade words may differ and still be taken for look-alikes."""
CERTAIN_LETTERS: Final = 7
"""Letters from which a trade word with one left out, put in or moved is a misspelling of it.  With another
in its place it may be a word of its own: chlorine, chloride."""
LOOKS_LETTERS: Final = 3
"""Letters of the shortest word of which this is said."""
RUN_LEAST: Final = 2
RUN_MOST: Final = 5
"""Words that one joined word or one initialism stands for."""
INITIALS_LEAST: Final = 3
"""Words of the shortest initialism."""
UNDOING: Final = ("dis", "un", "de")
"""Prefixes that turn a process into its opposite."""
HASH: Final = 0
STEM: Final = 1
MARKS: Final = 2
PLACE: Final = 3
"""Columns of the tokens' table."""

# Compiled code makes a float of an unsigned and a signed whole number.
_BASE: Final = np.uint64(HASH_BASE)
_ONE: Final = np.uint64(1)
LENGTH_SHIFT: Final = np.uint64(LENGTH_BITS)
LENGTH_MASK: Final = np.uint64((1 << LENGTH_BITS) - 1)
IS_EXACT, IS_KNOWN, IS_QUALIFIER, IS_GENERIC, IS_DECISIVE, IS_CONTRAST = (
    np.uint64(mark) for mark in (EXACT, KNOWN, QUALIFIER, GENERIC, DECISIVE, CONTRAST)
)
_UNDOING: Final = np.array([hashed(prefix) for prefix in UNDOING], dtype=np.uint64)
_UNDOING_LENGTHS: Final = np.array([len(prefix) for prefix in UNDOING], dtype=np.uint64)

Ints = NDArray[Any]
Whole = Any
"""A whole number, of whatever width."""
Truth = Any
"""A truth value."""


@compiled
def _length(words: Words, token: Whole) -> Whole:
    return words.table[token, PLACE] & LENGTH_MASK


@compiled
def _start(words: Words, token: Whole) -> Whole:
    return words.table[token, PLACE] >> LENGTH_SHIFT


@compiled
def with_word(run: Whole, words: Words, token: Whole) -> Whole:
    """Return the hash of words written together, and one more behind them."""
    return run * POWERS[_length(words, token)] + words.table[token, HASH]


@compiled
def with_initial(initials: Whole, words: Words, token: Whole) -> Whole:
    """Return the hash of initials, and one more behind them."""
    return initials * _BASE + np.uint64(words.letters[_start(words, token)]) + _ONE


@compiled
def joined(words: Words, own: Ints) -> np.uint64:
    """Return the hash of a phrase's tokens written together."""
    found = np.uint64(0)
    for token in own:
        found = with_word(found, words, token)
    return found


@compiled
def runs(words: Words, own: Ints) -> Ints:
    """Return the hashes of all words, joined or initials, that stand for several words of a phrase.

    That of all its words together is among them.
    """
    found = np.empty(2 * len(own) * RUN_MOST, dtype=np.uint64)
    size = 0
    for start in range(len(own)):
        run, initials = np.uint64(0), np.uint64(0)
        for end in range(start + 1, min(len(own), start + RUN_MOST) + 1):
            token = own[end - 1]
            run, initials = with_word(run, words, token), with_initial(initials, words, token)
            if end - start >= RUN_LEAST:
                found[size] = run
                size += 1
            if end - start >= INITIALS_LEAST:
                found[size] = initials
                size += 1
    if len(own) > RUN_MOST:
        found[size] = joined(words, own)
        size += 1
    return found[:size]


@compiled
def opposite(first: Words, own: Ints, second: Words, others: Ints) -> bool:
    """Whether a word of one undoes a word of the other: assembly, disassembly."""
    for x in own:
        for y in others:
            if _undoes(first, x, second, y) or _undoes(second, y, first, x):
                return True
    return False


@compiled
def _undoes(words: Words, word: Whole, longer: Words, other: Whole) -> bool:
    """Whether a longer word is a word with "de", "un" or "dis" before it."""
    size, more = _length(words, word), _length(longer, other) - _length(words, word)
    if _length(longer, other) < size:
        return False
    for at in range(len(_UNDOING)):
        if more == _UNDOING_LENGTHS[at]:
            together = _UNDOING[at] * POWERS[size] + words.table[word, HASH]
            if together == longer.table[other, HASH]:
                return True
    return False


@compiled
def slip(first: Words, x: Whole, second: Words, y: Whole) -> Whole:
    """Whether two words differ by a single letter, two trade words by two."""
    if first.table[x, HASH] == second.table[y, HASH] or first.table[x, STEM] == second.table[y, STEM]:
        return False
    marks, other_marks = first.table[x, MARKS], second.table[y, MARKS]
    if (marks | other_marks) & IS_EXACT:
        return False
    slips = TRADE_SLIPS if marks & other_marks & IS_KNOWN else 1
    length, other_length = np.int64(_length(first, x)), np.int64(_length(second, y))
    if min(length, other_length) < LOOKS_LETTERS or abs(length - other_length) > slips:
        return False
    start, other_start = np.int64(_start(first, x)), np.int64(_start(second, y))
    word, other = (
        first.letters[start : start + length],
        second.letters[other_start : other_start + other_length],
    )
    return edits(word, other, slips) <= slips


@compiled
def misspelt(first: Words, x: Whole, second: Words, y: Whole) -> Whole:
    """Whether one of two words that differ by a slip can only be a misspelling of the other, a trade word."""
    if (first.table[x, MARKS] ^ second.table[y, MARKS]) & IS_KNOWN == 0:
        return False
    length, other_length = np.int64(_length(first, x)), np.int64(_length(second, y))
    if min(length, other_length) < CERTAIN_LETTERS:
        return False
    start, other_start = np.int64(_start(first, x)), np.int64(_start(second, y))
    apart = 0
    for at in range(min(length, other_length)):
        apart += first.letters[start + at] != second.letters[other_start + at]
    return length != other_length or apart > 1


@compiled
def edits(word: Ints, other: Ints, most: Whole) -> Whole:
    """Return the slips by which two words differ, a swap counting one; more than ``most`` when it is more.

    Optimal string alignment (Damerau 1964; a letter is not changed twice).
    """
    start, end, other_end = 0, len(word), len(other)
    while start < min(end, other_end) and word[start] == other[start]:
        start += 1
    while end > start and other_end > start and word[end - 1] == other[other_end - 1]:
        end -= 1
        other_end -= 1
    word, other = word[start:end], other[start:other_end]
    width = len(other)
    before, last = np.zeros(width + 1, dtype=np.int64), np.arange(width + 1)
    row = np.zeros(width + 1, dtype=np.int64)
    for i in range(len(word)):
        row[0] = i + 1
        least = i + 1
        for j in range(width):
            cost = min(last[j] + (word[i] != other[j]), last[j + 1] + 1, row[j] + 1)
            if i > 0 and j > 0 and word[i] == other[j - 1] and word[i - 1] == other[j]:
                cost = min(cost, before[j - 1] + 1)
            row[j + 1] = cost
            least = min(least, cost)
        if least > most:
            return most + 1
        before, last, row = last, row, before
    return last[width]
