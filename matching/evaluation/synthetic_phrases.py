"""Phrases of synthetic listings: what people of a trade write, in all the ways in which they write it."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

from matching.evaluation.synthetic_words import AMERICAN, ATTRIBUTES, OTHER_LANGUAGES, Trade, Word, trades

ENGLISH: Final = "en"
TYPO_LETTERS: Final = 5
"""Letters of the shortest word that is misspelt."""
TYPOS: Final = 2
"""Misspelt ways of writing a phrase: people misspell alike."""
ADDED: Final = ("services", "company", "capacity", "work")
"""What people put behind what they do."""
_SHAPES: Final = (
    ("process",),
    ("process", "goods"),
    ("material", "goods"),
    ("process", "material"),
    ("process", "material", "goods"),
    ("attribute", "goods"),
    ("attribute", "process"),
    ("attribute", "material", "goods"),
    ("process", "attribute", "goods"),
    ("process", "attribute", "material", "goods"),
)
"""Parts of a phrase, the commonest combination first."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a phrase says."""

    process: Word | None = None
    material: Word | None = None
    goods: Word | None = None
    attribute: str = ""


class Phrases:
    """Distinct phrases of the ten trades; each trade's are ranked, the commonest first.

    Parameters
    ----------
    size
        How many, 1 or more; a trade has about as many as its share of the listings.
    seed
        The same seed gives the same phrases.
    """

    def __init__(self, size: int, seed: int) -> None:
        self._seed = seed
        self._right: dict[tuple[int, str], tuple[str, ...]] = {}
        self._wrong: dict[tuple[int, str], tuple[str, ...]] = {}
        every = trades()
        whole = sum(1 / (rank + 1) for rank in range(len(every)))
        found: dict[Parts, None] = {}
        self.first: list[int] = []
        """Number of each trade's first phrase."""
        self.sizes: list[int] = []
        """Phrases of each trade."""
        for rank, trade in enumerate(every):
            wanted = max(1, round(size / (rank + 1) / whole))
            self.first.append(len(found))
            self.sizes.append(wanted)
            _draw(trade, len(found) + wanted, Random(f"{seed} {trade.name}"), found)  # noqa: S311 - no secret
        self.parts = tuple(found)

    def __len__(self) -> int:
        return len(self.parts)

    def right(self, number: int, language: str) -> tuple[str, ...]:
        """Return the ways in which a phrase is written in a language, the commonest first.

        In English where one of its words is not known in the language.
        """
        found = self._right.get((number, language))
        if found is None:
            parts = self.parts[number]
            found = _foreign(parts, language) if language != ENGLISH else ()
            found = found or _english(parts, self._random(number))
            self._right[number, language] = found
        return found

    def wrong(self, number: int, language: str) -> tuple[str, ...]:
        """Return the ways in which a phrase is misspelt."""
        found = self._wrong.get((number, language))
        if found is None:
            ways, rng = self.right(number, language), self._random(~number)
            found = tuple(misspelt(ways[at % len(ways)], rng) for at in range(TYPOS))
            self._wrong[number, language] = found
        return found

    def _random(self, number: int) -> Random:
        return Random(hash((self._seed, number)))  # noqa: S311 - no secret; numbers hash alike everywhere


def rank_of(share: float, size: int) -> int:
    """Return the rank, 0 to size − 1, that a share of 0 to 1 falls on.

    Ranks follow the law of Zipf with exponent 1: for uniform shares, rank r has the probability
    log((r + 2) / (r + 1)) / log(size + 1).
    """
    return min(size - 1, int((size + 1) ** share) - 1)


def _draw(trade: Trade, until: int, rng: Random, found: dict[Parts, None]) -> None:
    """Draw new phrases until there are so many; common words come early and often."""
    while len(found) < until:
        shape = _SHAPES[rank_of(rng.random(), len(_SHAPES))]
        drawn = Parts(
            process=_drawn(trade.processes, rng) if "process" in shape else None,
            material=_drawn(trade.materials, rng) if "material" in shape else None,
            goods=_drawn(trade.goods, rng) if "goods" in shape else None,
            attribute=ATTRIBUTES[_early(len(ATTRIBUTES), rng)] if "attribute" in shape else "",
        )
        found[drawn] = None


def _drawn(words: tuple[Word, ...], rng: Random) -> Word:
    return words[_early(len(words), rng)]


def _early(size: int, rng: Random) -> int:
    """Draw early ones oftener, but late ones often enough that many combinations come up."""
    return int(size * rng.random() ** 1.5)


def _english(parts: Parts, rng: Random) -> tuple[str, ...]:
    """Return British and American, one and many, hyphens, and both orders of words."""
    process = parts.process.english if parts.process else ""
    material = parts.material.english if parts.material else ""
    goods = parts.goods.english if parts.goods else ""
    one = " ".join(part for part in (parts.attribute, material, goods) if part)
    many = " ".join(part for part in (parts.attribute, material, plural(goods) if goods else "") if part)
    if process and one:
        ways = [f"{process} of {many}", f"{one} {process}", f"{many}: {process}", f"{process} {many}"]
        ways.append(f"{one.replace(' ', '-')} {process}")
    elif process:
        ways = [process, f"{process} {ADDED[rng.randrange(len(ADDED))]}", process.replace(" ", "-")]
    else:
        ways = [many, one, f"{many} manufacturing", f"{parts.attribute or material}-{goods}"]
    first = ways[0]
    ways[1:] = rng.sample(ways[1:], len(ways) - 1)
    ways += [american(ways[0]), first.capitalize(), first.title(), american(ways[1])]
    return tuple(dict.fromkeys(ways))


def _foreign(parts: Parts, language: str) -> tuple[str, ...]:
    """Return a phrase in another language; nothing where one of its words is missing."""
    at = OTHER_LANGUAGES.index(language)
    words = [word for word in (parts.process, parts.material, parts.goods) if word]
    if parts.attribute or not all(word.foreign for word in words):
        return ()
    process = parts.process.foreign[at] if parts.process else ""
    material = parts.material.foreign[at] if parts.material else ""
    goods = parts.goods.foreign[at] if parts.goods else ""
    of, made_of = {"de": ("von", "aus"), "fr": ("de", "en"), "es": ("de", "de")}[language]
    what = f"{goods} {made_of} {material}" if goods and material else goods or material
    whole = f"{process} {of} {what}" if process and what else process or what
    turned = f"{what} – {process}" if process and what else whole.upper()
    return tuple(dict.fromkeys((whole, whole.capitalize(), turned)))


def plural(word: str) -> str:
    """Return the regular English plural of a word or of the last of several."""
    if word.endswith(("s", "x", "ch", "sh")):
        return f"{word}es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return f"{word[:-1]}ies"
    if word.endswith("f"):
        return f"{word[:-1]}ves" if word == "shelf" else f"{word}s"
    return f"{word}s"


def american(text: str) -> str:
    """Return a text in American spelling."""
    for british, spelt in AMERICAN.items():
        if british in text:
            text = text.replace(british, spelt)
    return text


def misspelt(text: str, rng: Random) -> str:
    """Return a text with one letter of one longer word swapped, dropped, doubled or replaced."""
    words = text.split(" ")
    long = [at for at, word in enumerate(words) if len(word) >= TYPO_LETTERS]
    if not long:
        return text
    at = long[rng.randrange(len(long))]
    word = words[at]
    place = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    words[at] = (
        f"{before}{after[0]}{letter}{after[1:]}",
        f"{before}{after}",
        f"{before}{letter}{letter}{after}",
        f"{before}{'etaoinsr'[rng.randrange(8)]}{after}",
    )[rng.randrange(4)]
    return " ".join(words)
