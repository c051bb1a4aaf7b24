"""Text without case, accents and other digits, each character still knowing where it came from."""

from __future__ import annotations

import unicodedata
from typing import Final

TEXT_CHARS: Final = 4_500
"""Characters of a text that are read: more than fits into one field of a listing."""

DECIMAL: Final = "\u066b"
"""The Arabic decimal separator; it never parts thousands."""

_KEPT: Final = {
    # Signs of a diameter, and superscripts: "m²" is not "m2", "kg¹" not "kg1".
    "ø": "ø", "Ø": "ø", "⌀": "⌀", "∅": "∅", DECIMAL: DECIMAL, "\u066c": "'",
    "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ı": "i", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe",
    "\u0640": "", "\u066a": "%", "½": ".5", "¼": ".25", "¾": ".75", "’": "'", "ʼ": "'", "‐": "-", "‑": "-",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ی": "ي", "ک": "ك",
}  # fmt: skip


class _Table(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _KEPT.get(char)
        if folded is None:
            folded = _folded(char)
        self[code] = folded
        return folded


def _folded(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category == "No":
        return char
    if char == "\n" or category in {"Zl", "Zp"}:
        return "\n"
    if category[0] == "M":
        return ""
    if category[0] in "CZ":
        # Marks of direction stand inside Arabic figures; every other one parts words.
        return "" if category == "Cf" else " "
    parts = unicodedata.normalize("NFKD", char.casefold())
    return unicodedata.normalize("NFC", "".join(c for c in parts if unicodedata.category(c)[0] != "M"))


_TABLE: Final = _Table()


def fold(text: str) -> str:
    """Return a text without case, accents and optional marks, digits in ASCII."""
    return text.translate(_TABLE)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return the folded text and where each of its characters stood.

    Parameters
    ----------
    text
        Of any content; the first :data:`TEXT_CHARS` characters are read.

    Returns
    -------
    tuple of str and list of int
        The list has one place more than the text has characters: the end.
    """
    text = text[:TEXT_CHARS]
    folded = fold(text)
    if len(folded) == len(text) and all(len(_TABLE[ord(char)]) == 1 for char in set(text)):
        return folded, list(range(len(text) + 1))
    places: list[int] = []
    for at, char in enumerate(text):
        places.extend([at] * len(_TABLE[ord(char)]))
    return folded, [*places, len(text)]
