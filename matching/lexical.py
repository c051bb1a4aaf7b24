"""How alike two phrases are by their words alone.

Tokens meet softly (same word, same stem, or a likely misspelling); tokens with digits only
exactly; two words that are both in our list of trade words never by looks.  ``partial_ratio``
is not used: it is cubic in its input.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from matching.normalise import Phrase, Token, phrase

SOFT_MINIMUM: Final = 0.88
"""Jaro-Winkler similarity from which two spellings may be one word (measured on trade phrases)."""
SOFT_LETTERS: Final = 4
"""Shorter words are never compared by looks."""
STEM_EQUAL: Final = 0.95
"""Similarity of two words that share a stem ("montage", "montages")."""
STEM_EQUAL_KNOWN: Final = 0.7
"""The same where both are trade words: "plate" and "plating" are kin, not one."""
DIGIT_CONFLICT: Final = 0.4
"""Factor where each side names a grade or number that the other lacks."""
QUALIFIER_LACK: Final = 0.8
"""Factor where one side has a qualifier that the other lacks: steel, stainless steel."""
SIMILARITY_MINIMUM: Final = 0.4
"""Below it, two phrases have nothing to do with each other: the similarity is 0."""

_VERBAL: Final = ("ing", "ed")


def edits_allowed(length: int) -> int:
    """Return how many slips a word of a length may hold: one in four letters."""
    return max(1, length // 4)


def token_similarity(a: Token, b: Token) -> float:
    """Return how far two tokens say the same, 0 to 1; symmetrical."""
    if a.key == b.key:
        return 1.0
    if a.exact or b.exact:
        return 0.0
    known = a.known and b.known
    if a.stem == b.stem:
        kin = known and not (a.key.endswith(_VERBAL) and b.key.endswith(_VERBAL))
        return STEM_EQUAL_KNOWN if kin else STEM_EQUAL
    return 0.0 if known else spelling_similarity(a.key, b.key)


def spelling_similarity(a: str, b: str) -> float:
    """Return Jaro-Winkler where two words may be spellings of one, else 0.

    The first letter must be the same (slips are rare there, and it keeps the search short).
    """
    if a[0] != b[0] or min(len(a), len(b)) < SOFT_LETTERS:
        return 0.0
    most = edits_allowed(min(len(a), len(b)))
    if abs(len(a) - len(b)) > most or OSA.distance(a, b, score_cutoff=most) > most:
        return 0.0
    # Jaro is not symmetrical to the last bit; the order of the alphabet makes it so.
    return float(JaroWinkler.similarity(min(a, b), max(a, b), score_cutoff=SOFT_MINIMUM))


def blend(asked: float, offered: float, met_asked: float, met_offered: float) -> float:
    """Return the similarity from the weights of both phrases and of what met in them.

    Half Dice, half the square of the better covered side: a phrase within a longer one counts
    more than two phrases that each go their own way.
    """
    dice = (met_asked + met_offered) / (asked + offered)
    covered = max(met_asked / asked, met_offered / offered)
    return 0.5 * dice + 0.5 * covered * covered


def settle(similarity: float) -> float:
    """Return a similarity to four decimals, 0 below the minimum.

    The sums behind it may differ in the last bit with the order of their terms; the small
    shift keeps round figures off the edge, so that every order gives the same answer.
    """
    rounded = math.floor(similarity * 10_000 + 0.5 + 1e-6) / 10_000
    return rounded if rounded >= SIMILARITY_MINIMUM else 0.0


def similarity(a: Phrase | str, b: Phrase | str) -> float:
    """Return how alike two phrases are by their words.

    Parameters
    ----------
    a, b
        Phrases in normal form, or as written.

    Returns
    -------
    float
        0 to 1, symmetrical. 1 for the same words in any order or joined; 0 below
        :data:`SIMILARITY_MINIMUM`, without a shared word that says something, and for phrases
        without words.
    """
    first = phrase(a) if isinstance(a, str) else a
    second = phrase(b) if isinstance(b, str) else b
    if not first.tokens or not second.tokens:
        return 0.0
    if first.key == second.key or first.joined == second.joined:
        return 1.0
    best_first = [0.0] * len(first.tokens)
    best_second = [0.0] * len(second.tokens)
    for i, x in enumerate(first.tokens):
        for j, y in enumerate(second.tokens):
            near = token_similarity(x, y)
            best_first[i] = max(best_first[i], near)
            best_second[j] = max(best_second[j], near)
    if not _says_something(first.tokens, best_first, second.tokens, best_second):
        return 0.0
    value = blend(
        first.weight,
        second.weight,
        sum(t.weight * n for t, n in zip(first.tokens, best_first, strict=True)),
        sum(t.weight * n for t, n in zip(second.tokens, best_second, strict=True)),
    )
    lacking = [_lacking(first.tokens, best_first), _lacking(second.tokens, best_second)]
    if lacking[0][0] and lacking[1][0]:
        value *= DIGIT_CONFLICT
    if lacking[0][1] or lacking[1][1]:
        value *= QUALIFIER_LACK
    return settle(value)


def _says_something(
    first: Sequence[Token], met_first: Sequence[float],
    second: Sequence[Token], met_second: Sequence[float],
) -> bool:  # fmt: skip
    """Whether a token that is not generic met on either side."""
    return any(
        near > 0 and not token.generic
        for tokens, met in ((first, met_first), (second, met_second))
        for token, near in zip(tokens, met, strict=True)
    )


def _lacking(tokens: Sequence[Token], met: Sequence[float]) -> tuple[bool, bool]:
    """Return whether a token with digits, and whether a qualifier, met nothing."""
    alone = [token for token, near in zip(tokens, met, strict=True) if near == 0.0]
    return any(t.exact for t in alone), any(t.qualifier or t.decisive for t in alone)
