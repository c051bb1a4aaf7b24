"""Letters in one form: what people write with or without case and accents."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_ARABIC_MARKS: Final = re.compile(r"[\u064b-\u065f\u0670\u0640]")
_ARABIC_LETTERS: Final = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"}
)
_LATIN: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def fold(word: str) -> str:
    """Return a word without case, accents and the optional marks of its script."""
    plain = word.casefold().translate(_LATIN)
    if plain.isascii():
        return plain
    plain = _ARABIC_MARKS.sub("", plain).translate(_ARABIC_LETTERS)
    parts = unicodedata.normalize("NFKD", plain)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))
