"""Closed lists: which of its terms a text names, in whatever language, and what one says of another."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

import pycountry

from matching.criteria import CRITERIA
from matching.folding import fold
from matching.normalise import PHRASE_CHARS, clean, words_of
from matching.terms import MATCH, UNKNOWN, Verdict, denies, worth
from matching.types import Outcome
from matching.words import DATA, says_nothing

CLOSED: Final = frozenset({"country", "language", "drawing_format"}) | {
    key for key, criterion in CRITERIA.items() if criterion.terms
}
"""Criteria whose terms are those of a list: of the criterion, of ISO, or of formats in use."""
LONGEST: Final = 9
"""Words of the longest name that is read within a longer text."""
WORDS: Final = 40
"""Words of a text that are read."""
KEPT: Final = 50_000
"""Pairs of terms of which the verdict is kept."""
LANGUAGES: Final = ("fr", "es", "ru", "ar", "zh_CN", "de", "pt", "it")
"""Languages, beside English, in which languages and countries are named."""
CODE_LETTERS: Final = 3
"""A code of so many letters or fewer is one only by itself: within a text "de" and "no" are words."""

_GAP: Final[Verdict] = (Outcome.GAP, 0.0)
_REGION: Final = re.compile(r"([a-z]{2,3})[-_][A-Z]{2}")
_LEVEL: Final = re.compile(r"PPAP level (\d)")
_SUBMITTED: Final = 3
"""Up to this level of PPAP each one submits what those before it do, and more."""
_NOISE: Final = frozenset({"incoterm", "incoterms", "icc", "report", "reports", "file", "files", "format"})


class Named(NamedTuple):
    """What a text names.

    Parameters
    ----------
    terms
        Of the list; ISO 3166-1 alpha-2 and ISO 639-1 codes for countries and languages.
    whole
        Whether it says nothing else.
    """

    terms: frozenset[str]
    whole: bool


@lru_cache(maxsize=KEPT)
def compare_closed(criterion: str, asked: str, held: str) -> Verdict:
    """Return what becomes of a term of a closed list that is asked for, by what is held.

    Parameters
    ----------
    criterion
        One of :data:`CLOSED`.
    asked, held
        As written; each may name several terms.

    Returns
    -------
    tuple of Outcome, float
        MATCH where all that is asked is held, GAP where both name terms of the list and nothing
        else, and these are others, else UNKNOWN; and the credit from 0 to 1.
    """
    if _joined(asked) == _joined(held) and asked.strip():
        return MATCH
    a, h = named_in(criterion, asked), named_in(criterion, held)
    if not a.terms or not h.terms:
        return UNKNOWN
    each = [max((_answer(x, y) for y in h.terms), key=worth) for x in a.terms]
    best, least = max(each, key=worth), min(each, key=worth)
    if best == _GAP:
        return _GAP if a.whole and h.whole else UNKNOWN
    return MATCH if least == MATCH and a.whole else UNKNOWN


def _answer(asked: str, held: str) -> Verdict:
    """Compare two terms; PPAP after AIAG, Production Part Approval Process, 4th edition (2006).

    Whatever the level, all requirements are met; it says only what is submitted: more from level
    to level up to the third, at the fourth what the customer names, at the fifth all of it at the
    supplier's.  No level rules another out.
    """
    if asked == held:
        return MATCH
    if not (asked.startswith("PPAP") and held.startswith("PPAP")):
        return _GAP
    wanted, stated = _LEVEL.fullmatch(asked), _LEVEL.fullmatch(held)
    if stated is None:
        return UNKNOWN
    return MATCH if wanted is None or int(wanted[1]) <= int(stated[1]) <= _SUBMITTED else UNKNOWN


@lru_cache(maxsize=KEPT)
def named_in(criterion: str, text: str) -> Named:
    """Return the terms of a closed list that a text names.

    Parameters
    ----------
    criterion
        One of :data:`CLOSED`.
    text
        Of any length; the first :data:`~matching.normalise.PHRASE_CHARS` characters count.
    """
    names = _names(criterion)
    region = _REGION.fullmatch(text.strip()) if criterion == "language" else None
    words = [fold(word) for word in words_of(clean(text, PHRASE_CHARS))]
    code = region[1] if region else "".join(words)
    if code in names:
        return Named(frozenset({names[code]}), len(text) <= PHRASE_CHARS)
    if denies(text):
        return Named(frozenset(), whole=False)
    found, rest = _scan(words[:WORDS], names, codes=criterion not in {"country", "language"})
    whole = len(text) <= PHRASE_CHARS and len(words) <= WORDS
    return Named(found, whole and all(map(_idle, rest)))


def _idle(word: str) -> bool:
    return word in _NOISE or word.isdigit() or says_nothing(word, "")


def _scan(words: list[str], names: Mapping[str, str], *, codes: bool) -> tuple[frozenset[str], list[str]]:
    """Return the terms whose names stand in a text, the longest first, and the words left over."""
    left: list[str | None] = list(words)
    found = set()
    for length in range(min(LONGEST, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            piece = left[first : first + length]
            name = "".join(word for word in piece if word is not None)
            if None not in piece and name in names and (codes or len(name) > CODE_LETTERS):
                found.add(names[name])
                left[first : first + length] = [None] * length
    return frozenset(found), [word for word in left if word is not None]


@lru_cache(maxsize=len(CLOSED))
def _names(criterion: str) -> Mapping[str, str]:
    """Return name, without case, accents and spaces → term of the list."""
    pairs: list[tuple[str, str]] = [(term, term) for term in CRITERIA[criterion].terms]
    if criterion == "country":
        pairs += _iso(pycountry.countries, "iso3166-1")
    elif criterion == "language":
        pairs += _iso(pycountry.languages, "iso639-3")
    names: dict[str, str] = {}
    for name, term in (*pairs, *_listed(criterion)):
        # The first to bear a name keeps it.
        names.setdefault(_joined(name), term)
    return names


def _listed(criterion: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in (DATA / "closed_terms.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif section == criterion and not line.startswith("#"):
            term, *others = line.split("; ")
            yield from ((name, term) for name in (term, *others))


def _iso(database: Any, domain: str) -> Iterator[tuple[str, str]]:
    """Yield the codes and names of ISO's countries or languages that have a code of two letters."""
    entries = [entry for entry in database if getattr(entry, "alpha_2", None)]
    yield from ((entry.alpha_2, entry.alpha_2) for entry in entries)
    yield from ((entry.alpha_3, entry.alpha_2) for entry in entries)
    said = [gettext.translation(domain, pycountry.LOCALES_DIR, [language]) for language in LANGUAGES]
    for entry in entries:
        own = [getattr(entry, attribute, "") for attribute in ("name", "common_name", "official_name")]
        for name in filter(None, own):
            yield from ((part, entry.alpha_2) for part in (name, *(one.gettext(name) for one in said)))


def _joined(text: str) -> str:
    return "".join(fold(word) for word in words_of(clean(text, PHRASE_CHARS)))
