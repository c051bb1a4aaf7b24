"""Phrases in the form in which they are compared: their tokens, and the concepts that these name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.abbreviations import expand
from matching.normalise import PHRASE_CHARS, TOKEN_CHARS, Phrase, Token, phrase
from matching.thesaurus import Span, Thesaurus

EXACT: Final = 1
KNOWN: Final = 2
QUALIFIER: Final = 4
GENERIC: Final = 8
DECISIVE: Final = 16
CONTRAST: Final = 32
"""Marks of a token: see :class:`matching.normalise.Token`."""
HASH_BASE: Final = 0x9E3779B97F4A7C15
"""Base of the polynomial that names a word: odd, its bits well mixed (2^64 over the golden ratio)."""

_MASK: Final = (1 << 64) - 1
LENGTH_BITS: Final = 9
LETTERS_MOST: Final = 8 * TOKEN_CHARS
"""No key has more letters: folding makes several of some."""
POWERS: Final = np.array([pow(HASH_BASE, n, 1 << 64) for n in range(LETTERS_MOST + 1)], dtype=np.uint64)
"""Of :data:`HASH_BASE`: a word of n letters written behind another multiplies that one's hash by the n-th."""


class Words(NamedTuple):
    """Tokens as numbers, which the compiled loops read.

    Parameters
    ----------
    table
        uint64, (tokens, 4): the hash of the key, that of the stem, the marks (:data:`EXACT`,
        :data:`KNOWN`, :data:`QUALIFIER`, :data:`GENERIC` …, added up), and 2^:data:`LENGTH_BITS` times the
        place of the key's first letter, plus their number.
    letters
        uint32, the code points of all keys.
    """

    table: NDArray[np.uint64]
    letters: NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A phrase in the form in which phrases are compared.

    Parameters
    ----------
    phrase
        Its tokens, abbreviations written out.
    spans
        The concepts that it names.
    thesaurus
        By which the concepts are numbered.
    """

    phrase: Phrase
    spans: tuple[Span, ...]
    thesaurus: Thesaurus

    @property
    def concepts(self) -> tuple[int, ...]:
        """The numbers of its concepts, each once."""
        return tuple(dict.fromkeys(span.concept for span in self.spans))


def prepare(text: str, language: str, thesaurus: Thesaurus) -> Form:
    """Return the form of a phrase as written; linear in its length, which is capped.

    Parameters
    ----------
    language
        ISO 639-1; ``""`` when unknown.
    """
    text = text[:PHRASE_CHARS]
    made = phrase(expand(text) if language in {"", "en"} else text, language)
    return Form(made, thesaurus.concepts_in(made, language), thesaurus)


def words_of_form(form: Form) -> Words:
    """Return a phrase's tokens as numbers, in order."""
    rows: list[tuple[int, int, int, int]] = []
    letters: list[int] = []
    for token in form.phrase.tokens:
        rows.append(entry(token, len(letters)))
        letters.extend([ord(letter) for letter in token.key])
    return Words(np.array(rows, dtype=np.uint64).reshape(-1, 4), np.array(letters, dtype=np.uint32))


def entry(token: Token, place: int) -> tuple[int, int, int, int]:
    """Return what the table of :class:`Words` holds of a token whose letters stand from a place on."""
    return hashed(token.key), hashed(token.stem), marks(token), place << LENGTH_BITS | len(token.key)


def spans_of(spans: Sequence[Span]) -> NDArray[np.int16]:
    """Return concept, first token and token behind the last of each span, (spans, 3)."""
    rows = [(span.concept, span.first, span.last) for span in spans]
    return np.array(rows, dtype=np.int16).reshape(-1, 3)


def marks(token: Token) -> int:
    """Return the marks of a token, added up."""
    return (
        EXACT * token.exact
        + KNOWN * token.known
        + QUALIFIER * token.qualifier
        + GENERIC * token.generic
        + DECISIVE * token.decisive
        + CONTRAST * token.contrast
    )


@lru_cache(maxsize=200_000)
def hashed(word: str) -> int:
    """Return the hash of a word: that of two words written together follows from theirs."""
    found = 0
    for letter in word:
        found = (found * HASH_BASE + ord(letter) + 1) & _MASK
    return found
