"""How alike two phrases are by words, spelling and meaning together, with what sets them apart.

Words alone know nothing of synonyms and other languages; meaning alone takes M8 for M10 and copper
wire for copper pipes.  Here each corrects the other.
"""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz.distance import OSA

from matching.forms import expand
from matching.lexical import similarity, token_similarity
from matching.normalise import Phrase, phrase

_DOTTED: Final = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")

NUMBERS_APART: Final = 0.3
"""Factor where each side has a grade or number that the other lacks."""
QUALIFIER_APART: Final = 0.6
"""Factor where one side has a qualifier that the other lacks."""
WORDS_APART: Final = 0.7
"""Factor on meaning where the phrases share a word and each has another of its own."""
LOOKS_APART: Final = 0.5
"""Factor on meaning where single words differ by a letter or two: it follows their letters too."""
MEANING_ALONE: Final = 1.3
"""What meaning counts beside words, where no word is shared (right pairs lie from .45 upwards)."""
TRADE_SLIPS: Final = 2
"""Letters by which two trade words may differ and still be taken for look-alikes."""
LOOKS_LETTERS: Final = 3
"""Letters of the shortest word of which this is said."""
INITIALS_LEAST: Final = 3
INITIALS_MOST: Final = 5
"""Words that an initialism stands for."""
ALL_WORDS: Final = 0.9
"""Similarity by words from which nothing that says something is missing on either side."""
SPELLING_BACKED: Final = 0.7
"""Meaning from which a likely misspelling is taken for one; below, it halves."""


def alike(a: str, b: str, meaning: float) -> float:
    """Return how alike two phrases are.

    Parameters
    ----------
    a, b
        Phrases as written, each in any language.
    meaning
        The cosine of their vectors; 0 without an encoder.

    Returns
    -------
    float
        0 to 1; symmetrical.
    """
    undotted, also_undotted = _undot(a), _undot(b)
    first = phrase(expand(_spell_out(undotted, also_undotted)))
    second = phrase(expand(_spell_out(also_undotted, undotted)))
    by_words = similarity(first, second)
    if by_words == 1.0:
        return 1.0
    alone, also_alone = _alone(first, second), _alone(second, first)
    shares = len(alone) < len(first.tokens) or len(also_alone) < len(second.tokens)
    backed = max(0.0, meaning)
    if not shares:
        backed *= MEANING_ALONE
    elif _known(alone, first) and _known(also_alone, second):
        backed *= WORDS_APART
    if _look_alike(first, second):
        backed *= LOOKS_APART
        by_words *= 1.0 if meaning >= SPELLING_BACKED else 0.5
    backed = min(1.0, backed)
    # One phrase within another ("filters for cigarettes"): the meaning says what the rest adds.
    partly = (by_words + meaning) / 2 if meaning > 0 and by_words < ALL_WORDS else by_words
    value = max(backed, partly)
    if _exact(alone, first) and _exact(also_alone, second):
        value *= NUMBERS_APART
    if shares and (_qualifies(alone, first) or _qualifies(also_alone, second)):
        value *= QUALIFIER_APART
    return min(1.0, value)


def _alone(own: Phrase, other: Phrase) -> list[int]:
    """Return the places of the tokens that meet none of the other phrase."""
    return [i for i, t in enumerate(own.tokens) if all(token_similarity(t, o) == 0.0 for o in other.tokens)]


def _known(places: list[int], own: Phrase) -> bool:
    """Whether a trade word stands alone; a word of another language may still say the same."""
    return any(own.tokens[i].known and not own.tokens[i].generic for i in places)


def _exact(places: list[int], own: Phrase) -> bool:
    return any(own.tokens[i].exact for i in places)


def _qualifies(places: list[int], own: Phrase) -> bool:
    return any(own.tokens[i].qualifier for i in places)


def _look_alike(first: Phrase, second: Phrase) -> bool:
    """Whether some word of each differs from one of the other by a single slip, two trade words by two."""
    return any(
        x.key != y.key and x.stem != y.stem and not x.exact and not y.exact
        and min(len(x.key), len(y.key)) >= LOOKS_LETTERS
        and OSA.distance(x.key, y.key) <= (TRADE_SLIPS if x.known and y.known else 1)
        for x in first.tokens for y in second.tokens
    )  # fmt: skip


def _undot(text: str) -> str:
    return _DOTTED.sub(lambda hit: hit[0].replace(".", ""), text)


def _spell_out(text: str, other: str) -> str:
    """Return a phrase with its initialisms and joined words written as the other phrase has them."""
    words, others = text.split(), re.findall(r"[^\W_]+", other)
    spelt = {}
    for first in range(len(others)):
        for last in range(first + 2, min(len(others), first + INITIALS_MOST) + 1):
            run = others[first:last]
            if len(run) >= INITIALS_LEAST:
                spelt["".join(word[0] for word in run).casefold()] = " ".join(run)
            else:
                spelt["".join(run).casefold()] = " ".join(run)
    return " ".join(spelt.get(word.casefold(), word) for word in words)
