"""Word lists of the engine, read once from ``matching/data``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from matching.folding import fold

DATA: Final = Path(__file__).with_name("data")


def read_words(name: str) -> frozenset[str]:
    """Return the words of a list; lines that start with # are comments."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    return frozenset(w for line in lines if not line.startswith("#") for w in line.split())


def read_variants(name: str) -> dict[str, str]:
    """Return spelling → the spelling we keep, which stands first on its line."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {other: kept for kept, *others in rows for other in others}


def read_sector_phrases() -> list[tuple[str, str, str]]:
    """Return (phrase, language, ISIC class) of our own list of trade phrases."""
    found: list[tuple[str, str, str]] = []
    for line in (DATA / "sector_phrases.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            *language, code, phrases = line.split(" ", 2 if line[0].isalpha() else 1)
            found.extend((p.strip(), "".join(language) or "en", code) for p in phrases.split(";"))
    return found


def read_sections(name: str) -> dict[str, frozenset[str]]:
    """Return the words of each [section] of a list."""
    found: dict[str, frozenset[str]] = {}
    section = ""
    for line in (DATA / name).read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            found[section] = found.get(section, frozenset()) | frozenset(line.split())
    return found


GENERIC: Final = read_words("generic.txt")
QUALIFIERS: Final = read_words("qualifiers.txt")
DECISIVE: Final = read_words("decisive.txt")
CONTRASTS: Final = read_words("contrasts.txt")
VARIANTS: Final = read_variants("variants.txt")
KNOWN: Final = read_words("words.txt") | GENERIC | QUALIFIERS | DECISIVE | frozenset(VARIANTS.values())
TRADE: Final = KNOWN | read_words("names.txt")
"""All words whose spelling is certain."""
# "die" is an article in German and a tool in English: where the language is not known, a trade
# word is no stop word.  English words stand in texts of every language.
_BY_LANGUAGE: Final = read_sections("stop_words.txt")
_ANY: Final = frozenset[str]().union(*_BY_LANGUAGE.values()) - KNOWN
_STOP_WORDS: Final = {
    # People leave accents out: "a" may be "à", but "thé" is never "the".
    code: words | frozenset(fold(word) for word in words) | _BY_LANGUAGE["en"]
    for code, words in _BY_LANGUAGE.items()
}


def says_nothing(word: str, language: str) -> bool:
    """Return whether a casefolded word says nothing in a language, or in any where it is not known."""
    return word in _STOP_WORDS.get(language, _ANY)
