"""The plain definition of how alike two phrases are, which the compiled one is held to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from rapidfuzz.distance import OSA, Hamming

from matching.apart import CONTRAST_APART, NAMED_APART, NUMBERS_APART, QUALIFIER_APART
from matching.comparing import (
    ALL_WORDS,
    CONCEPT_SAME,
    CONCEPTS_APART,
    LOOKS_APART,
    MEANING_ALONE,
    MEANING_KNOWN,
    MEANING_MOST,
    NAMES_ALIKE,
    NAMES_APART,
    OTHERS_APART,
    SPELLING_BACKED,
    SURE_MEANING,
    UNIT,
    WORDS_APART,
)
from matching.forms import Form
from matching.lexical import SIMILARITY_MINIMUM, blend, token_similarity
from matching.likeness import NOTHING, Likeness
from matching.normalise import Phrase, Token
from matching.spelling import (
    CERTAIN_LETTERS,
    INITIALS_LEAST,
    LOOKS_LETTERS,
    RUN_LEAST,
    RUN_MOST,
    TRADE_SLIPS,
    UNDOING,
)
from matching.thesaurus import BROADER

Met = list[float]
ORDER: Final = ("concept", "fuzzy", "meaning")


def _runs(tokens: Sequence[Token]) -> Iterator[tuple[str, tuple[int, int]]]:
    for first in range(len(tokens)):
        for last in range(first + RUN_LEAST, min(len(tokens), first + RUN_MOST) + 1):
            run = tokens[first:last]
            yield "".join(token.key for token in run), (first, last)
            if len(run) >= INITIALS_LEAST:
                yield "".join(token.key[0] for token in run), (first, last)


def plain_likeness(a: Form, b: Form, meaning: float) -> Likeness:
    """Return :func:`matching.likeness.likeness`."""
    first, second = a.phrase, b.phrase
    if not first.tokens or not second.tokens:
        return NOTHING
    if first.key == second.key or first.joined == second.joined:
        return Likeness(1.0, "same")
    met = _by_words(a, b)
    words = _blended(first, met[0], second, met[1])
    known, same = ([*map(list, met)] for _ in range(2))
    concept = _by_concepts(a, b, met, known, BROADER)
    _by_concepts(a, b, met, same, 1.0)
    by_concept = min(CONCEPT_SAME, _blended(first, known[0], second, known[1])) if concept else 0.0
    by_words, by_meaning = _corrected(a, b, *met, words, meaning, concept=concept)
    values = {"concept": by_concept, "fuzzy": by_words, "meaning": by_meaning}
    how = max(ORDER, key=lambda name: (values[name], ORDER.index(name)))
    apart = _apart(first.tokens, same[0], second.tokens, same[1], shared=words > 0 or concept)
    value = math.floor(values[how] * apart * UNIT + 0.5 + 1e-6) / UNIT
    return Likeness(value, how) if value > 0 else NOTHING


def _by_words(a: Form, b: Form) -> tuple[Met, Met]:
    """Return how far each token of two phrases meets one of the other."""
    first, second = a.phrase.tokens, b.phrase.tokens
    near = [[round(UNIT * token_similarity(x, y)) / UNIT for y in second] for x in first]
    met_first = [max(row) for row in near]
    met_second = [max(column) for column in zip(*near, strict=True)]
    for own, other, met_own, met_other in (
        (first, second, met_first, met_second),
        (second, first, met_second, met_first),
    ):
        for run, (start, end) in _runs(other):
            for i, token in enumerate(own):
                if token.key == run:
                    met_own[i] = 1.0
                    met_other[start:end] = [1.0] * (end - start)
    return met_first, met_second


def _by_concepts(a: Form, b: Form, met: tuple[Met, Met], named: list[Met], least: float) -> bool:
    """Let the tokens of concepts at least so near meet; return whether any do."""
    found = False
    for x in a.spans:
        for y in b.spans:
            near = a.thesaurus.near(x.concept, y.concept)
            if near < least:
                continue
            found = True
            shares = any(met[0][x.first : x.last]) and any(met[1][y.first : y.last])
            if shares and near < 1.0:
                continue
            for values, form, span in ((named[0], a, x), (named[1], b, y)):
                for place in range(span.first, span.last):
                    whole = near >= 1.0 and not shares
                    if whole or not form.phrase.tokens[place].exact:
                        values[place] = max(values[place], NAMED_APART / UNIT if shares else near)
    return found


def _blended(first: Phrase, met_first: Sequence[float], second: Phrase, met_second: Sequence[float]) -> float:
    pairs = [*zip(first.tokens, met_first, strict=True), *zip(second.tokens, met_second, strict=True)]
    if not any(near > 0 and not token.generic for token, near in pairs):
        return 0.0
    return blend(
        first.weight,
        second.weight,
        sum(t.weight * near for t, near in zip(first.tokens, met_first, strict=True)),
        sum(t.weight * near for t, near in zip(second.tokens, met_second, strict=True)),
    )


def _corrected(
    a: Form,
    b: Form,
    met_first: Sequence[float],
    met_second: Sequence[float],
    words: float,
    meaning: float,
    *,
    concept: bool,
) -> tuple[float, float]:
    """Return likeness by words as meaning backs it, and by meaning as words and concepts back it."""
    first, second = a.phrase.tokens, b.phrase.tokens
    alone = [token for token, near in zip(first, met_first, strict=True) if near == 0.0]
    also_alone = [token for token, near in zip(second, met_second, strict=True) if near == 0.0]
    backed = max(0.0, meaning)
    if len(alone) == len(first) and len(also_alone) == len(second):
        trade = all(token.known and not token.generic for token in (*first, *second))
        backed *= 1.0 if concept else (MEANING_KNOWN if trade else MEANING_ALONE)
    elif alone and also_alone and meaning < SURE_MEANING:
        backed *= WORDS_APART if _known(alone) and _known(also_alone) else OTHERS_APART
    if _concepts_apart(a, b):
        backed *= NAMES_APART if _all_named(a) and _all_named(b) and meaning < NAMES_ALIKE else CONCEPTS_APART
    by_words = words if words >= SIMILARITY_MINIMUM else 0.0
    if _opposite(first, second):
        backed *= LOOKS_APART
    if _look_alike(first, met_first, second, met_second):
        backed *= LOOKS_APART
        backing = meaning == 0.0 and not (alone and also_alone) and _shares(first, second)
        by_words *= 1.0 if meaning >= SPELLING_BACKED or backing else 0.5
    # One phrase within another ("filters for cigarettes"): the meaning says what the rest adds.
    if meaning > 0 and 0 < by_words < ALL_WORDS:
        by_words = (by_words + meaning) / 2
    return by_words, min(MEANING_MOST, backed)


def _shares(first: Sequence[Token], second: Sequence[Token]) -> bool:
    """Whether a word that says something is the same: without meaning, it backs a misspelling beside it."""
    return any(x.key == y.key and not x.generic for x in first for y in second)


def _opposite(first: Sequence[Token], second: Sequence[Token]) -> bool:
    """Whether a word of one undoes a word of the other: assembly, disassembly."""
    return any(
        prefix + x.key == y.key or prefix + y.key == x.key
        for prefix in UNDOING
        for x in first
        for y in second
    )


def _all_named(form: Form) -> bool:
    """Whether every token of a phrase belongs to the name of a concept."""
    return sum(span.last - span.first for span in form.spans) == len(form.phrase.tokens)


def _concepts_apart(a: Form, b: Form) -> bool:
    """Whether each names a concept, and none of these is, or is next to, one of the other."""
    return bool(a.concepts and b.concepts) and not any(
        a.thesaurus.near(x, y) >= BROADER for x in a.concepts for y in b.concepts
    )


def _known(tokens: Sequence[Token]) -> bool:
    """Whether a trade word stands alone; a word of another language may still say the same."""
    return any(token.known and not token.generic for token in tokens)


def _apart(
    first: Sequence[Token], met_first: Sequence[float],
    second: Sequence[Token], met_second: Sequence[float], *, shared: bool,
) -> float:  # fmt: skip
    """Return the factor for grades that contradict and qualifiers that one side lacks."""
    alone = [token for token, near in zip(first, met_first, strict=True) if near == 0.0]
    also_alone = [token for token, near in zip(second, met_second, strict=True) if near == 0.0]
    # Where two names of one concept share a word, what decides is in the other words.
    apart = [token for token, near in zip(first, met_first, strict=True) if near * UNIT <= NAMED_APART]
    also_apart = [token for token, near in zip(second, met_second, strict=True) if near * UNIT <= NAMED_APART]
    factor = 1.0
    if any(token.exact for token in alone) and any(token.exact for token in also_alone):
        factor *= NUMBERS_APART
    if any(token.decisive for token in (*apart, *also_apart)) or (
        shared and any(token.qualifier for token in (*alone, *also_alone))
    ):
        factor *= QUALIFIER_APART
    if any(
        x.contrast and y.contrast and x in apart and y in also_apart and after.stem == other_after.stem
        for x, after in pairwise(first)
        for y, other_after in pairwise(second)
    ):
        factor *= CONTRAST_APART
    return factor


def _look_alike(
    first: Sequence[Token], met_first: Sequence[float],
    second: Sequence[Token], met_second: Sequence[float],
) -> bool:  # fmt: skip
    """Whether nothing sets two phrases apart but one word of each, and these look alike, as two words do."""
    return any(
        _slip(x, y) and not _misspelt(x, y) and _all_but(met_first, i) and _all_but(met_second, j)
        for i, x in enumerate(first)
        for j, y in enumerate(second)
    )


def _misspelt(x: Token, y: Token) -> bool:
    """Whether one of two words is a trade word, the other the same with a letter moved, more or less."""
    if x.known == y.known or min(len(x.key), len(y.key)) < CERTAIN_LETTERS:
        return False
    return len(x.key) != len(y.key) or Hamming.distance(x.key, y.key) > 1


def _slip(x: Token, y: Token) -> bool:
    """Whether two words differ by a single letter, two trade words by two."""
    if x.key == y.key or x.stem == y.stem or x.exact or y.exact:
        return False
    slips = TRADE_SLIPS if x.known and y.known else 1
    shortest, longest = sorted((len(x.key), len(y.key)))
    return shortest >= LOOKS_LETTERS and longest - shortest <= slips and OSA.distance(x.key, y.key) <= slips


def _all_but(met: Sequence[float], but: int) -> bool:
    return all(near > 0.0 for place, near in enumerate(met) if place != but)
