"""How alike two phrases are: by words, spelling, concepts and meaning together, with what sets them apart.

Words alone know nothing of synonyms and other languages; meaning alone takes M8 for M10, and copper
wire for copper pipes.  Here each corrects the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import OSA

from matching.abbreviations import expand
from matching.lexical import (
    SIMILARITY_MINIMUM,
    blend,
    token_similarity,
)
from matching.normalise import PHRASE_CHARS, Phrase, Token, phrase
from matching.thesaurus import BROADER, Span, Thesaurus

CUTOFF: Final = 0.5
"""Likeness from which two phrases count as met (of our own pairs: see docs/explanation/phrases.md)."""
MEANING_FLOOR: Final = 0.38
"""Cosine below which meaning alone never makes two phrases alike enough: CUTOFF / MEANING_ALONE."""

NUMBERS_APART: Final = 0.3
"""Factor where each side has a grade or number that the other lacks."""
QUALIFIER_APART: Final = 0.5
"""Factor where one side has a qualifier that the other lacks."""
WORDS_APART: Final = 0.7
"""Factor on meaning where the phrases share a word and each has another of its own."""
OTHERS_APART: Final = 0.85
"""The same where a word that stands alone is no trade word."""
SURE_MEANING: Final = 0.85
"""Meaning from which words apart are taken for two languages, or for two words for one thing."""
CONCEPTS_APART: Final = 0.7
"""Factor on meaning where each names a concept and these have nothing to do with each other."""
NAMES_APART: Final = 0.5
"""The same where these names are all that the phrases say."""
NAMES_ALIKE: Final = 0.75
"""Meaning from which even these may be two names of one thing that the thesaurus does not know."""
LOOKS_APART: Final = 0.5
"""Factor on meaning where single words differ by a letter or two: it follows their letters too."""
MEANING_ALONE: Final = 1.3
"""What meaning counts beside words, where no word is shared (right pairs lie from .45 upwards)."""
TRADE_SLIPS: Final = 2
"""Letters by which two trade words may differ and still be taken for look-alikes."""
LOOKS_LETTERS: Final = 3
"""Letters of the shortest word of which this is said."""
RUN_LEAST: Final = 2
RUN_MOST: Final = 5
"""Words that one joined word or one initialism stands for."""
INITIALS_LEAST: Final = 3
"""Words of the shortest initialism."""
ALL_WORDS: Final = 0.9
"""Similarity by words from which nothing that says something is missing on either side."""
SPELLING_BACKED: Final = 0.7
"""Meaning from which a likely misspelling is taken for one; below, it halves."""
UNDOING: Final = ("dis", "un", "de")
"""Prefixes that turn a process into its opposite."""
NAMED_APART: Final = 0.5
"""What the other words of two names of one concept count that share a word."""
CONCEPT_SAME: Final = 0.97
"""Likeness by concepts never says "the same words"."""


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A phrase in the form in which phrases are compared.

    Parameters
    ----------
    phrase
        Its tokens, abbreviations written out.
    spans
        The concepts that it names.
    concepts
        Their numbers.
    runs
        Joined writing and initials of its words → the tokens these stand for, from and to before.
    thesaurus
        By which the concepts are numbered.
    """

    phrase: Phrase
    spans: tuple[Span, ...]
    concepts: tuple[int, ...]
    runs: dict[str, tuple[int, int]]
    thesaurus: Thesaurus


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two phrases are, 0 to 1, and what made them so: see :class:`matching.types.Meeting`."""

    value: float
    how: str


def prepare(text: str, language: str, thesaurus: Thesaurus) -> Form:
    """Return the form of a phrase as written; linear in its length, which is capped.

    Parameters
    ----------
    language
        ISO 639-1; ``""`` when unknown.
    """
    text = text[:PHRASE_CHARS]
    made = phrase(expand(text) if language in {"", "en"} else text, language)
    spans = thesaurus.concepts_in(made, language)
    concepts = tuple(dict.fromkeys(span.concept for span in spans))
    return Form(made, spans, concepts, dict(_runs(made.tokens)), thesaurus)


def _runs(tokens: Sequence[Token]) -> Iterator[tuple[str, tuple[int, int]]]:
    for first in range(len(tokens)):
        for last in range(first + RUN_LEAST, min(len(tokens), first + RUN_MOST) + 1):
            run = tokens[first:last]
            yield "".join(token.key for token in run), (first, last)
            if len(run) >= INITIALS_LEAST:
                yield "".join(token.key[0] for token in run), (first, last)


def related_concepts(form: Form) -> set[int]:
    """Return the concepts of a phrase and those next to them."""
    return {near for concept in form.concepts for near in (concept, *form.thesaurus.related(concept))}


def likeness(a: Form, b: Form, meaning: float) -> Likeness:
    """Return how alike two phrases are.

    Parameters
    ----------
    a, b
        Phrases in form, each in any language.
    meaning
        The cosine of their vectors; 0 without an encoder.

    Returns
    -------
    Likeness
        Symmetrical.  From :data:`CUTOFF` on only where the two share a word, softly, one says in one
        word what is a run of the other, they share a concept, or ``meaning`` reaches
        :data:`MEANING_FLOOR`.
    """
    first, second = a.phrase, b.phrase
    if not first.tokens or not second.tokens:
        return Likeness(0.0, "none")
    if first.key == second.key or first.joined == second.joined:
        return Likeness(1.0, "same")
    met_first, met_second = _by_words(a, b)
    words = _blended(first, met_first, second, met_second)
    known_first, known_second = list(met_first), list(met_second)
    concept = _by_concepts(a, b, known_first, known_second, BROADER)
    same_first, same_second = list(met_first), list(met_second)
    _by_concepts(a, b, same_first, same_second, 1.0)
    by_concept = min(CONCEPT_SAME, _blended(first, known_first, second, known_second)) if concept else 0.0
    by_words, by_meaning = _corrected(a, b, met_first, met_second, words, meaning, concept=concept)
    value, how = max((by_words, "fuzzy"), (by_meaning, "meaning"), (by_concept, "concept"))
    apart = _apart(first.tokens, same_first, second.tokens, same_second, shared=words > 0 or concept)
    # The shift keeps round figures off the edge, whatever the order of the sums behind them.
    value = math.floor(min(1.0, value * apart) * 10_000 + 0.5 + 1e-6) / 10_000
    return Likeness(value, how) if value > 0 else Likeness(0.0, "none")


def _by_words(a: Form, b: Form) -> tuple[list[float], list[float]]:
    """Return how far each token of two phrases meets one of the other."""
    first, second = a.phrase.tokens, b.phrase.tokens
    met_first, met_second = [0.0] * len(first), [0.0] * len(second)
    for i, x in enumerate(first):
        for j, y in enumerate(second):
            near = token_similarity(x, y)
            met_first[i] = max(met_first[i], near)
            met_second[j] = max(met_second[j], near)
    for own, other, met_own, met_other in ((a, b, met_first, met_second), (b, a, met_second, met_first)):
        for i, token in enumerate(own.phrase.tokens):
            run = other.runs.get(token.key)
            if run:
                met_own[i] = 1.0
                met_other[run[0] : run[1]] = [1.0] * (run[1] - run[0])
    return met_first, met_second


def _by_concepts(a: Form, b: Form, met_first: list[float], met_second: list[float], least: float) -> bool:
    """Let the tokens of concepts at least so near meet; return whether any do.

    Where the two names share a word, what is left of them tells apart what one concept holds: hot and
    cold rolling are both rolling.  Numbers and grades meet by themselves alone.
    """
    found = False
    for x in a.spans:
        for y in b.spans:
            near = a.thesaurus.near(x.concept, y.concept)
            if near < least:  # Siblings are kin, but what is milled is not turned.
                continue
            found = True
            shares = any(met_first[x.first : x.last]) and any(met_second[y.first : y.last])
            if shares and near < 1.0:
                continue
            for met, form, span in ((met_first, a, x), (met_second, b, y)):
                for place in range(span.first, span.last):
                    if not form.phrase.tokens[place].exact:
                        met[place] = max(met[place], NAMED_APART if shares else near)
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
        backed *= 1.0 if concept else MEANING_ALONE
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
    return by_words, min(1.0, backed)


def _shares(first: Sequence[Token], second: Sequence[Token]) -> bool:
    """Whether a word that says something is the same: without meaning, it backs a misspelling beside it."""
    return any(x.key == y.key and not x.generic for x in first for y in second)


def _opposite(first: Sequence[Token], second: Sequence[Token]) -> bool:
    """Whether a word of one undoes a word of the other: assembly, disassembly."""
    keys, others = {token.key for token in first}, {token.key for token in second}
    return any(prefix + key in others or prefix + key in keys for prefix in UNDOING for key in keys ^ others)


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
    factor = 1.0
    if any(token.exact for token in alone) and any(token.exact for token in also_alone):
        factor *= NUMBERS_APART
    if shared and any(token.qualifier for token in (*alone, *also_alone)):
        factor *= QUALIFIER_APART
    return factor


def _look_alike(
    first: Sequence[Token], met_first: Sequence[float],
    second: Sequence[Token], met_second: Sequence[float],
) -> bool:  # fmt: skip
    """Whether nothing sets two phrases apart but one word of each, and these differ by a slip or two."""
    return any(
        _slip(x, y) and _all_but(met_first, i) and _all_but(met_second, j)
        for i, x in enumerate(first)
        for j, y in enumerate(second)
    )


def _slip(x: Token, y: Token) -> bool:
    """Whether two words differ by a single letter, two trade words by two."""
    if x.key == y.key or x.stem == y.stem or x.exact or y.exact:
        return False
    slips = TRADE_SLIPS if x.known and y.known else 1
    shortest, longest = sorted((len(x.key), len(y.key)))
    return shortest >= LOOKS_LETTERS and longest - shortest <= slips and OSA.distance(x.key, y.key) <= slips


def _all_but(met: Sequence[float], but: int) -> bool:
    return all(near > 0.0 for place, near in enumerate(met) if place != but)
