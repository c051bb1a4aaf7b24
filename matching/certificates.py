"""Names of certificates brought to what they mean: scheme family, number, part."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

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
_PREFIXES: Final = frozenset(
    "din en bs une nf uni pn gost ss sfs ns ds onorm nen nbn jis sn csn stn msz sr elot gb t r "
    "iec ts cei certified certificate certification certificat zertifikat standard norm norme "
    "according to nach selon the of and und et y e management system quality qms".split()
)
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
_NUMBERED: Final = re.compile(
    r"(?P<words>(?:[^\W\d_]+[\s/.\-]*)*)(?P<number>\d{3,5})(?P<letter>[a-z]?)"
    r"(?:-(?P<part>\d{1,2})(?!\d))?(?::\s*\d{4}|[\s-]+(?:19|20)\d{2}(?!\d))?"
)
_DEFAULT_FAMILIES: Final = frozenset({"9001", "14001", "45001", "27001", "13485", "50001", "22000"})
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
    previous = ""
    for hit in _NUMBERED.finditer(plain):
        words = [w for w in re.split(r"[\s/.\-]+", hit["words"]) if w][-_MAX_WORDS:]
        family = _family(words, hit["number"]) or previous or _default(hit["number"])
        found.append(Scheme(family, hit["number"], hit["part"] or ""))
        previous = family
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
    known = [w for w in reversed(words) if w in {"en", "din", "bs", "iec", "gost", "jis", "nf"}]
    return _default(number) or (known[0] if known else "")


def _default(number: str) -> str:
    return "iso" if number in _DEFAULT_FAMILIES else ""
