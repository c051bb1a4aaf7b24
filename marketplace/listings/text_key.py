"""A short mark of a text, by which the same text is found again, whoever posted it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

SHORTEST: Final = 60
"""Letters and digits below which two texts are the same by chance."""
LENGTH: Final = 32
_WORD: Final = re.compile(r"[^\W_]+")


def text_key(*texts: str) -> str | None:
    """Return the mark of a listing's words; ``None`` where they are too few to tell.

    Capitals, accents, punctuation and spaces do not count, so that the same text with another
    layout has the same mark.
    """
    plain = unicodedata.normalize("NFKD", " ".join(texts)).casefold()
    letters = "".join(_WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))
    if len(letters) < SHORTEST:
        return None
    return hashlib.sha256(letters.encode()).hexdigest()[:LENGTH]
