"""Names of organisations, brought to one spelling, so that likely doubles stand together."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

KEY_LENGTH: Final = 255
# Legal forms as they are written in names, longest first within a language.  They say how a firm
# is owned, not which firm it is.  Sources: the registers' own abbreviations.
_LEGAL_FORMS: Final = (
    # Polish
    "spolka z ograniczona odpowiedzialnoscia spolka komandytowa", "sp z o o sp k", "sp z oo sp k",
    "spolka z ograniczona odpowiedzialnoscia", "spolka z o o", "sp zoo", "sp z oo", "sp z o o", "sp z o",
    "spolka akcyjna", "spolka jawna", "spolka komandytowa", "spolka cywilna", "sp j", "sp k", "spj", "spk",
    "s c", "sc",
    # German
    "gesellschaft mit beschrankter haftung", "g m b h", "gmbh co kg", "gmbh und co kg", "gmbh", "ggmbh",
    "ug haftungsbeschrankt", "aktiengesellschaft", "ag", "kg", "ohg", "e v", "ev", "e k", "ek", "gbr",
    # French, Spanish, Italian, Portuguese, Romanian
    "societe anonyme", "s a s u", "sasu", "s a s", "sas", "s a r l", "sarl", "eurl", "sci", "s a", "sa",
    "snc", "sociedad anonima", "sociedad limitada", "s l u", "slu", "s l", "sl", "s a u", "sau",
    "sociedade anonima", "lda", "ltda", "eireli", "s r l s", "srls", "s r l", "srl", "s p a", "spa",
    "s n c", "s a s di", "soc coop", "s c a r l", "scarl",
    # English
    "public limited company", "private limited", "pvt ltd", "pty ltd", "co ltd",
    "limited liability company", "incorporated", "corporation", "limited", "company", "plc", "llc", "llp",
    "ltd", "inc", "corp", "co",
    # Dutch, Nordic, Baltic, Central and Eastern Europe, Turkey
    "b v", "bv", "n v", "nv", "v o f", "vof", "a s", "as", "a b", "ab", "aps", "oyj", "oy", "hf", "ehf",
    "s r o", "sro", "spol s r o", "d o o", "doo", "d d", "dd", "k d", "s p", "eood", "ood", "ad", "kft",
    "zrt", "nyrt", "bt", "uab", "sia", "ou", "san ve tic", "anonim sirketi", "limited sirketi", "a o",
    "ooo", "oao", "zao", "pao", "ao",
)  # fmt: skip
_NOT_A_WORD: Final = re.compile(r"[^\w]+")
# Letters that decomposing leaves as they are.
_LETTERS: Final = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"}
)


@lru_cache(maxsize=1)
def _by_last_word() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return the forms that end with each word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for form in sorted({tuple(form.split()) for form in _LEGAL_FORMS}, key=lambda form: (-len(form), form)):
        found.setdefault(form[-1], []).append(form)
    return {last: tuple(forms) for last, forms in found.items()}


def plain(text: str) -> str:
    """Return text in small letters without accents and punctuation, words parted by one space."""
    folded = unicodedata.normalize("NFKD", text[: 4 * KEY_LENGTH].casefold().translate(_LETTERS))
    bare = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(_NOT_A_WORD.sub(" ", bare.replace("_", " ")).split())


def name_key(name: str) -> str:
    """Return what stays of a name without case, accents, punctuation and legal form.

    ``"BINSTAL Sp. z o.o."`` and ``"Binstal sp. z o. o."`` give the same key.  A name that is
    nothing but a legal form is kept whole.
    """
    words = plain(name).split()
    trimmed = _without_forms(words)
    return " ".join(trimmed or words)[:KEY_LENGTH]


def _without_forms(words: list[str]) -> list[str]:
    left = list(words)
    while left:
        forms = _by_last_word().get(left[-1], ())
        form = next((form for form in forms if tuple(left[-len(form) :]) == form), None)
        if form is None:
            return left
        del left[-len(form) :]
    return left
