"""What of a listing's text is compared for relevance: words, character grams, clauses, topics.

Everything is linear in the text, which is capped.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.normalise import clean, fold, tokens_of, words_of
from matching.semantic import Encoder
from matching.topics import Topics
from matching.types import Listing
from matching.words import DATA

TEXT_CHARS: Final = 6_000
"""Characters of a listing that count."""
CLAUSES: Final = 64
"""Clauses of an offer that count; a request's are capped at :data:`ASKED_CLAUSES`."""
ASKED_CLAUSES: Final = 16
"""Clauses of a request that count: what is wanted stands at the beginning."""
CLAUSE_CHARS: Final = 240
"""Characters of a clause that count."""
SHORT_CHARS: Final = 40
"""Up to here a clause is a phrase, one piece of work; longer ones are prose."""
GRAM_SHORTEST: Final = 3
GRAM_LONGEST: Final = 5
"""Letters of the shortest and longest character grams, within words."""
DECAY: Final = 0.6
"""How much less each further clause says what a listing is about."""
VECTOR_SCALE: Final = 4000
"""Vectors are kept as whole numbers of 1/4000, so that sums of products (below 2^24) are exact in
any order and a pair scored alone agrees with a pair scored among many."""

_END: Final = re.compile(r"(?<=[^\W\d]{3})[.!?](?=\s|$)|[\n\r;•·|]|\s[-–—*]\s|:\s")
_ADDRESS: Final = re.compile(r"\b(?:https?://|www\.)\S{0,400}")
_LETTERS: Final = re.compile(r"[^\W\d_]+\.?")

Vector = NDArray[np.float32]


class SectorGuess(Protocol):
    """Proposes ISIC classes for texts: the share of each class, the shares adding up to 1."""

    def shares(self, text: str, language: str, vector: Vector) -> Mapping[str, float]:
        """Return class → share for one text; empty when nothing is known.

        Parameters
        ----------
        text
            What the listing says.
        language
            ISO 639-1; ``""`` when unknown.
        vector
            The text's meaning; without dimensions when there is no encoder.
        """


class NoGuess:
    """Proposes nothing: relevance then does without sectors."""

    def shares(self, text: str, language: str, vector: Vector) -> Mapping[str, float]:
        """Return no class."""
        return {}


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """A clause as written, its grams with their counts, and its meaning in 1/4000."""

    text: str
    grams: Mapping[str, int]
    vector: Vector

    @property
    def short(self) -> bool:
        """Whether it is a phrase rather than prose."""
        return len(self.text) <= SHORT_CHARS


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A listing's text, ready to be compared.

    Parameters
    ----------
    language
        ISO 639-1; ``""`` when unknown.
    words, grams, topics
        Stems, character grams and topics with their counts.
    clauses
        In order, at least one.
    spread
        Number of distinct words: long texts describe a subject, short ones name a thing.
    vector
        Mean of the clauses' meanings, the first counting most, in 1/4000.
    sectors
        ISIC class, group and division → root of its share.
    """

    language: str
    words: Mapping[str, int]
    grams: Mapping[str, int]
    topics: Mapping[int, int]
    clauses: tuple[Clause, ...]
    spread: int
    vector: Vector
    sectors: Mapping[str, float]


def form(listing: Listing, encoder: Encoder, topics: Topics, guess: SectorGuess) -> Form:
    """Return a listing's text in the form in which it is compared."""
    language = listing.language
    pieces = [" ".join(piece.split()) for piece in (listing.title, *listing.capabilities)]
    text = "\n".join([*(p for p in pieces if p), clean(listing.text, TEXT_CHARS)])[:TEXT_CHARS]
    plain = _ADDRESS.sub("\n", text)
    spelt = expand(plain) if language in {"", "en"} else plain
    cut = clauses(plain)
    vectors = encoder.encode(cut)
    title = pieces[0] + ". " if pieces[0] else ""
    meaning = _mean(vectors)
    return Form(
        language=language,
        words=Counter(token.stem for token in tokens_of(spelt, language)),
        grams=Counter(gram for word in words_of(spelt) for gram in _grams(fold(word))),
        # The title twice: it says what the listing is about.
        topics=topics.named_in(title + plain, language),
        clauses=tuple(
            Clause(one, _clause_grams(one, language), whole(row))
            for one, row in zip(cut, vectors, strict=True)
        ),
        spread=len({fold(word) for word in words_of(plain)}),
        vector=whole(meaning),
        sectors=levels(guess.shares(" ".join(plain.split()), language, meaning)),
    )


def expand(text: str) -> str:
    """Return an English text with the short forms of trade words written out."""
    return _LETTERS.sub(lambda hit: short_forms().get(hit[0].casefold().rstrip("."), hit[0]), text)


@lru_cache(maxsize=1)
def short_forms() -> Mapping[str, str]:
    """Return short form → what it stands for."""
    lines = (DATA / "abbreviations.txt").read_text("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if not line.startswith("#"))


def clauses(text: str) -> list[str]:
    """Return the distinct clauses of a text in order; one empty one for a text without any."""
    found: dict[str, None] = {}
    for piece in _END.split(text):
        clause = " ".join(piece.split())[:CLAUSE_CHARS]
        if len(clause) >= GRAM_SHORTEST:
            found[clause] = None
        if len(found) == CLAUSES:
            break
    return list(found) or [""]


def grams(text: str) -> Counter[str]:
    """Return the character grams of a text's words, ends marked, with their counts."""
    return Counter(gram for word in words_of(text) for gram in _grams(fold(word)))


@lru_cache(maxsize=100_000)
def _grams(word: str) -> tuple[str, ...]:
    marked = f"<{word}>"
    return tuple(
        marked[first : first + size]
        for size in range(GRAM_SHORTEST, GRAM_LONGEST + 1)
        for first in range(len(marked) - size + 1)
    )


def _clause_grams(clause: str, language: str) -> Counter[str]:
    return grams(expand(clause) if language in {"", "en"} else clause)


def _mean(rows: Vector) -> Vector:
    """Return the unit mean of the clauses' vectors, each counting :data:`DECAY` of the one before."""
    weights = DECAY ** np.arange(len(rows))
    mean = (rows * weights[:, None]).sum(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def whole(unit: Vector) -> Vector:
    """Return a vector in whole numbers of 1/:data:`VECTOR_SCALE`."""
    return np.round(unit * VECTOR_SCALE).astype(np.float32)


def levels(shares: Mapping[str, float]) -> dict[str, float]:
    """Return the roots of the shares of classes, of their groups and of their divisions."""
    found: defaultdict[str, float] = defaultdict(float)
    for code, share in shares.items():
        for digits in (4, 3, 2):
            found[code[:digits]] += share
    return {code: float(np.sqrt(share)) for code, share in found.items()}


def decayed(values: Sequence[float]) -> float:
    """Return the mean of a request's clauses, the first counting most."""
    weights = [DECAY**place for place in range(len(values))]
    return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)
