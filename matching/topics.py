"""Topics of trade named in a text of any language, by the beginnings of its words.

The list carries the short technical words on which sentence encoders fail, and the languages that
the encoder does not know.  It is data: an office can extend or replace it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from matching.folding import fold
from matching.normalise import clean, words_of
from matching.words import DATA, says_nothing

TEXT_CHARS: Final = 800
"""Characters that count: what a listing is about stands at its beginning."""
START_LETTERS: Final = 4
"""A shorter entry stands for the whole word only."""
LONGEST_START: Final = 24
"""Letters of a word that are looked up."""
INSIDE_LETTERS: Final = 5
"""Letters of the shortest entry that is found inside a compound."""
COMPOUND_LETTERS: Final = 8
"""Letters of the shortest word that is taken for a compound."""

_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, eq=False)
class Topics:
    """The list, ready for look-ups.

    Parameters
    ----------
    names
        Of the topics; a narrower topic is its line's name and the number of its part.
    digest
        SHA-256 of the list.
    starts, wholes, insides
        Beginning, whole word, or part of a compound → the topics it names.
    """

    names: tuple[str, ...]
    digest: str
    starts: Mapping[str, frozenset[int]]
    wholes: Mapping[str, frozenset[int]]
    insides: Mapping[str, frozenset[int]]

    @classmethod
    def of(cls, text: str) -> Topics:
        """Return the topics of a list.

        Parameters
        ----------
        text
            Lines ``name: entry entry | entry``. What follows a bar names a narrower topic too.
            ``*`` before an entry: also inside a longer word. ``=``: the whole word only. Lines
            that start with ``#`` or ``[`` are for the reader.
        """
        names: list[str] = []
        tables: tuple[dict[str, set[int]], ...] = ({}, {}, {})
        for line in text.splitlines():
            name, colon, entries = line.partition(":")
            if not colon or line.startswith(("#", "[")):
                continue
            broad = len(names)
            names.append(name)
            for part, piece in enumerate(entries.split("|")):
                meant = {broad}
                if part:
                    meant.add(len(names))
                    names.append(f"{name} {part}")
                for entry in piece.split():
                    word = fold(entry.lstrip("*="))
                    tables[_kind(entry, word)].setdefault(word, set()).update(meant)
        starts, wholes, insides = ({word: frozenset(found) for word, found in t.items()} for t in tables)
        return cls(tuple(names), sha256(text.encode()).hexdigest(), starts, wholes, insides)

    def named_in(self, text: str, language: str = "") -> Counter[int]:
        """Return how often each topic is named.

        Parameters
        ----------
        text
            The first :data:`TEXT_CHARS` characters count.
        language
            ISO 639-1, for the words that say nothing; ``""`` when unknown.
        """
        found: Counter[int] = Counter()
        for word in words_of(clean(text, TEXT_CHARS)):
            found.update(_of_word(self, word, language))
        return found


def _kind(entry: str, word: str) -> int:
    """Return where an entry belongs: 0 beginnings, 1 whole words, 2 parts of compounds."""
    if entry.startswith("*"):
        return 2
    return 1 if entry.startswith("=") or len(word) < START_LETTERS or _CJK.match(word) else 0


@lru_cache(maxsize=200_000)
def _of_word(topics: Topics, word: str, language: str) -> tuple[int, ...]:
    """Return the topics that a word names, in rising order."""
    if says_nothing(word, language):
        return ()
    word = fold(word)
    if word in topics.wholes:
        return tuple(sorted(topics.wholes[word]))
    found: set[int] = set()
    for length in range(min(len(word), LONGEST_START), START_LETTERS - 1, -1):
        # A short beginning of a long word is chance: "port" in "portfolio".
        if word[:length] in topics.starts and len(word) - length <= max(3, length):
            found |= topics.starts[word[:length]]
            break
    if len(word) >= COMPOUND_LETTERS:
        for first in range(len(word) - INSIDE_LETTERS + 1):
            for last in range(first + INSIDE_LETTERS, min(len(word), first + 18) + 1):
                found |= topics.insides.get(word[first:last], frozenset())
    return tuple(sorted(found))


@lru_cache(maxsize=1)
def own_topics() -> Topics:
    """Return the list that comes with the engine."""
    return Topics.of((DATA / "topics.txt").read_text("utf-8"))
