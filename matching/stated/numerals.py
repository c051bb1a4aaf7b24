"""Figures as people write them: separators of every language, words, thousands and millions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from matching.folding import fold
from matching.stated.folding import DECIMAL
from matching.words import read_sections

NUMBER: Final = rf"\d{{1,3}}(?: \d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'{DECIMAL}]\d+)*|(?<![^\s±(+/-])\.\d+"
"""A figure in a folded text; linear: no two parts can take the same character."""
DIGITS: Final = 15
"""More digits are no measure."""

_SEPARATORS: Final = re.compile("[.,]")
# "1,200" and "1.200": three digits after one separator, and no nought before it.
_AMBIGUOUS: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_COMMA_DECIMAL: Final = frozenset({"de", "es", "fr", "it", "pt", "ru"})
_STOP_WORDS: Final = {
    code: frozenset(fold(word) for word in words) for code, words in read_sections("stop_words.txt").items()
}
_LANGUAGES: Final = {
    word: tuple(code for code, words in _STOP_WORDS.items() if word in words)
    for word in frozenset[str]().union(*_STOP_WORDS.values())
}
STOP_WORDS: Final = frozenset(_LANGUAGES)
"""Words of any language that say nothing by themselves, folded."""
_WORDS_READ: Final = 300
_CERTAIN: Final = 1.5


def writes_comma(words: Iterable[str], language: str) -> bool:
    """Return whether a text writes decimals with a comma.

    Parameters
    ----------
    words
        Its folded words; their stop words tell its language better than its author's setting.
    language
        ISO 639-1, as the author says; ``""`` when unknown.
    """
    votes: Counter[str] = Counter()
    for _count, word in zip(range(_WORDS_READ), words, strict=False):
        known = _LANGUAGES.get(word, ())
        for code in known:
            votes[code] += 1 / len(known)  # type: ignore[assignment]
        if "\u0400" <= word[0] <= "\u04ff":
            votes["ru"] += 1
        elif "\u0600" <= word[0] <= "\u06ff" or word[0] >= "\u2e80":
            votes["ar"] += 1
    best = votes.most_common(1)
    if best and best[0][1] >= _CERTAIN:
        language = best[0][0]
    return language[:2].casefold() in _COMMA_DECIMAL


def read_figure(text: str, *, comma: bool, counted: bool) -> float | None:
    """Return the value of a figure.

    Parameters
    ----------
    text
        As :data:`NUMBER` finds it.
    comma
        Whether decimals are written with a comma where both readings are possible.
    counted
        Whether it counts whole things: "5.000 pieces" are never five.

    Returns
    -------
    float or None
        ``None`` where it is too long to be a measure, or no figure at all ("1.2.3").
    """
    plain = text.replace(" ", "").replace("'", "")
    if len(plain) > DIGITS:
        return None
    marks = _SEPARATORS.findall(plain)
    if DECIMAL in plain or not marks:
        return _float(plain.replace(",", "").replace(DECIMAL, "."))
    decimal = marks[-1]
    if len(marks) > 1 and len(set(marks)) == 1:
        return _float(plain.replace(decimal, "")) if _grouped(plain, decimal) else None
    usual = "," if comma else "."
    if len(marks) == 1 and _AMBIGUOUS.fullmatch(plain) and (counted or decimal != usual):
        return _float(plain.replace(decimal, ""))
    return _float(plain.replace("." if decimal == "," else ",", "").replace(",", "."))


def _grouped(plain: str, mark: str) -> bool:
    first, *others = plain.split(mark)
    return len(first) <= 3 and all(len(group) == 3 for group in others)  # noqa: PLR2004 - groups of thousands


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
