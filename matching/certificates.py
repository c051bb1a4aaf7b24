"""Names of certificates brought to what they mean: scheme family, number, part."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from matching.words import read_words

SCHEME_CHARS: Final = 200
"""Characters of a scheme's name that are read."""


class Scheme(NamedTuple):
    """A certificate's scheme without publisher's prefixes, edition and phrasing."""

    family: str
    number: str
    part: str

    def satisfied_by(self, held: Scheme) -> bool:
        """Whether holding ``held`` answers a wish for this scheme; a part answers for the whole."""
        same = (self.family, self.number) == (held.family, held.number)
        return same and self.part in {"", held.part}


# National prints of one standard carry prefixes; a standard renamed keeps its key here.
_PREFIXES: Final = read_words("standard_prefixes.txt")
_ALIASES: Final = {
    ("iso", "16949"): "iatf",
    ("", "16949"): "iatf",
    ("as", "9100"): "en",
    ("jisq", "9100"): "en",
    ("bs", "18001"): "ohsas",
    ("", "18001"): "ohsas",
    ("", "9100"): "en",
    ("iec", "27001"): "iso",
    ("iec", "17025"): "iso",
}
# A number, a revision letter, a part, and an edition (":2015", "-2018") that does not count.
_NUMBER: Final = re.compile(
    r"(?<!\d)(\d{3,5})(?!\d)[a-z]?(?:-(\d{1,2})(?!\d))?(?:[\s:-]{1,3}(?:19|20)\d{2}(?!\d))?"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_DEFAULT_FAMILIES: Final = frozenset({"9001", "14001", "45001", "27001", "13485", "50001", "22000"})
_PUBLISHERS: Final = frozenset({"en", "din", "bs", "iec", "gost", "jis", "nf", "une", "uni"})
_MAX_WORDS: Final = 6


def parse_schemes(text: str) -> tuple[Scheme, ...]:
    """Return the schemes named in a text, in order.

    Parameters
    ----------
    text
        A scheme as people write it, such as ``"DIN EN ISO 9001:2015"`` or
        ``"ISO 9001, 14001"``; the first :data:`SCHEME_CHARS` characters are read.

    Returns
    -------
    tuple of Scheme
        Empty when the text holds neither letters nor numbers.
    """
    plain = unicodedata.normalize("NFKC", text[:SCHEME_CHARS]).casefold()
    found: list[Scheme] = []
    previous, end = "", 0
    for hit in _NUMBER.finditer(plain):
        words = _WORD.findall(plain[end : hit.start()])[-_MAX_WORDS:]
        number, part = hit[1], hit[2] or ""
        previous = _family(words, number) or _default(number) or previous
        found.append(Scheme(previous, number, part))
        end = hit.end()
    if found:
        return tuple(dict.fromkeys(found))
    words = [w for w in re.findall(r"[^\W_]+", plain) if w not in _PREFIXES]
    words = words or re.findall(r"[^\W_]+", plain)
    return (Scheme(" ".join(words), "", ""),) if words else ()


def _family(words: list[str], number: str) -> str:
    """Return the family that the words before a number name; a prefix alone may be one ("EN")."""
    for word in reversed(words):
        alias = _ALIASES.get((word, number))
        if alias:
            return alias
        if word not in _PREFIXES:
            return word
    if not words:
        return _ALIASES.get(("", number), "")
    publishers = [w for w in reversed(words) if w in _PUBLISHERS]
    return _default(number) or (publishers[0] if publishers else "")


def _default(number: str) -> str:
    return "iso" if number in _DEFAULT_FAMILIES else ""
