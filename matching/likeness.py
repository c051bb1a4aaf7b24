"""How alike two phrases are: by words, spelling, concepts and meaning together, with what sets them apart.

Words alone know nothing of synonyms and other languages; meaning alone takes M8 for M10, and copper
wire for copper pipes.  Here each corrects the other.  :mod:`matching.comparing` holds the rules, in
compiled form; the tests hold them against a plain one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.comparing import HOWS, UNIT, alike, room
from matching.forms import Form, Words, spans_of, words_of_form
from matching.lexical import token_similarity


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two phrases are, 0 to 1, and what made them so: see :class:`matching.types.Meeting`."""

    value: float
    how: str


KEPT: Final = 2_000
"""Phrases whose numbers are kept: one is compared with many."""
NOTHING: Final = Likeness(0.0, "none")


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
        Symmetrical.  From :data:`matching.comparing.CUTOFF` on only where the two share a word, softly,
        one says in one word what is a run of the other, they share a concept, or ``meaning`` reaches
        :data:`matching.comparing.MEANING_FLOOR`.
    """
    tokens, others = a.phrase.tokens, b.phrase.tokens
    if not tokens or not others:
        return NOTHING
    likes = [[round(UNIT * token_similarity(x, y)) for y in others] for x in tokens]
    (words, own, spans, near), (other_words, other_own, other_spans, _) = _numbers(a), _numbers(b)
    value, how = alike(
        words, own, spans, other_words, other_own, other_spans,
        np.array(likes, dtype=np.int16), near, float(meaning), 0, room(),
    )  # fmt: skip
    return Likeness(value / UNIT, HOWS[how])


@lru_cache(maxsize=KEPT)
def _numbers(form: Form) -> tuple[Words, NDArray[np.int64], NDArray[np.int16], NDArray[np.int16]]:
    """Return a phrase's tokens, their numbers, its spans, and how near each concept is to these."""
    return words_of_form(form), np.arange(len(form.phrase.tokens)), spans_of(form.spans), concepts_near(form)


def concepts_near(form: Form) -> NDArray[np.int16]:
    """Return how near each concept is to those that a phrase names, (spans, concepts), in 1/10,000."""
    near = np.zeros((len(form.spans), len(form.thesaurus)), dtype=np.int16)
    for row, span in zip(near, form.spans, strict=True):
        for concept, value in form.thesaurus.kin(span.concept).items():
            row[concept] = round(UNIT * value)
    return near
