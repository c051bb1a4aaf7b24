"""The words by which conditions are found, and the roles they can play, from ``data/stated_words.txt``."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import Final, NamedTuple

from matching.stated.folding import fold
from matching.words import DATA

# Its full stops and commas are no words.
_CJK: Final = r"\u2e80-\u2fff\u3040-\u9fff\uf900-\ufaff"
_HAS_CJK: Final = re.compile(f"[{_CJK}]")
# What a text is cut into besides figures and the words of scripts without spaces, of which those that say
# nothing are passed over.
PIECE: Final = rf"\+ ?/ ?[-–]|\+-|[^\W\d_{_CJK}]+[²³]?|\d+|[^\s{_CJK}]"
_PIECE: Final = re.compile(PIECE)
# Particles written together with an Arabic word: and, with, for, as, the.
_ARABIC_PARTICLES: Final = ("وبال", "وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ف", "ك")
_ARABIC_LETTERS: Final = 2


class Role(NamedTuple):
    """What a word can be in a sentence, such as ``topic lead_time`` or ``unit length mm``."""

    name: str
    value: str = ""
    detail: str = ""
    times: float = 1.0


class Entry(NamedTuple):
    """A phrase of the lexicon: the words after its first one, and what it can be."""

    rest: tuple[str, ...]
    roles: tuple[Role, ...]


def _read() -> dict[tuple[str, ...], list[Role]]:
    found: dict[tuple[str, ...], list[Role]] = defaultdict(list)
    role = Role("")
    for line in (DATA / "stated_words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            role = _role(line.strip("[]").split())
        elif line and not line.startswith("#"):
            for phrase in line.split("; "):
                found[_words(phrase.strip())].append(role)
    return found


def _words(phrase: str) -> tuple[str, ...]:
    """Return the words of a phrase; a star stays with the last one."""
    star = phrase.endswith("*") and len(phrase) > 1
    plain = fold(phrase.removesuffix("*") if star else phrase)
    if _HAS_CJK.search(plain):
        return (plain,)
    *words, last = _PIECE.findall(plain)
    return (*words, last + "*" * star)


def _role(words: list[str]) -> Role:
    times = 1.0
    if words[-1].startswith("x"):
        times = float(words.pop()[1:])
    elif words[0] == "dual":
        times = float(words.pop())
    name, value, detail = (*words, "", "")[:3]
    return Role(name, value, detail, times)


_PHRASES: Final = _read()
CJK_WORDS: Final = tuple(
    sorted((words[0] for words in _PHRASES if _HAS_CJK.search(words[0])), key=len, reverse=True)
)
"""Words of a script without spaces, the longest first."""


def _by_first() -> tuple[dict[str, list[Entry]], dict[str, list[Entry]]]:
    exact: dict[str, list[Entry]] = defaultdict(list)
    prefixes: dict[str, list[Entry]] = defaultdict(list)
    for words, roles in sorted(_PHRASES.items(), key=lambda item: -len(item[0])):
        if words[0].endswith("*") and len(words[0]) > 1:
            prefixes[words[0][:-1]].append(Entry((), tuple(roles)))
        else:
            exact[words[0]].append(Entry(words[1:], tuple(roles)))
    return exact, prefixes


_EXACT, _PREFIXES = _by_first()
_PREFIX_LETTERS: Final = sorted({len(prefix) for prefix in _PREFIXES})


@lru_cache(maxsize=20_000)
def entries(word: str) -> tuple[Entry, ...]:
    """Return the phrases that begin with a folded word, the longest first."""
    found = _direct(word)
    if not found and "\u0600" <= word[0] <= "\u06ff":
        for particle in _ARABIC_PARTICLES:
            if word.startswith(particle) and len(word) - len(particle) >= _ARABIC_LETTERS:
                return _direct(word.removeprefix(particle))
    return found


def _direct(word: str) -> tuple[Entry, ...]:
    found = list(_EXACT.get(word, ()))
    for cut in _PREFIX_LETTERS:
        if cut > len(word):
            break
        found += _PREFIXES.get(word[:cut], ())
    return tuple(found)
