"""Names of certificates brought to what they mean: scheme family, number, part."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from matching.folding import fold
from matching.words import DATA, read_words

SCHEME_CHARS: Final = 200
"""Characters of a scheme's name that are read."""
ADOPTION_YEARS: Final = 3
"""Years by which a national print may follow its ISO edition; two editions lie further apart."""
KEPT: Final = 50_000
"""Names of which the schemes are kept."""

# National prints of one standard carry prefixes.
_PREFIXES: Final = read_words("standard_prefixes.txt")


@dataclass(frozen=True, slots=True)
class Scheme:
    """A certificate's scheme without publisher's prefixes and phrasing.

    Parameters
    ----------
    family
        Who sets it (``"iso"``), or the name of a scheme without a number, in small letters.
    number, part
        Digits, as written; of a scheme without a number the words beside its name.
    edition
        Year, 0 where none is named.  It does not tell schemes apart: a certificate is renewed by
        the edition in force, and which it was is often left as it stood.
    """

    family: str
    number: str
    part: str
    edition: int = field(default=0, compare=False, repr=False)

    def satisfied_by(self, held: Scheme) -> bool:
        """Whether holding ``held`` answers a wish for this scheme; a part answers for the whole."""
        same = (self.family, self.number) == (held.family, held.number)
        return same and self.part in {"", held.part}

    def outdates(self, held: Scheme) -> bool:
        """Whether this names an edition after the one that ``held`` names.

        Certificates by the edition before end with the time of transition (three years for ISO
        9001, IAF ID 9:2015), but a name is seldom kept up: it is not known whether one was renewed.
        """
        return 0 < held.edition < self.edition - ADOPTION_YEARS

    def may_be(self, held: Scheme) -> bool:
        """Whether ``held``, which does not answer a wish for this scheme, might after all.

        It might where one side is vague ("certified", "EN 1090" without the part), or named in
        another script.
        """
        if self.vague or held.vague:
            return True
        if self.number and held.number:
            if self.number != held.number:
                return False
            return not held.part if self.family == held.family else "" in {self.family, held.family}
        if _foreign(self.family) != _foreign(held.family):
            return True
        if self.number or held.number:
            return False
        unlisted = not {self.family, held.family} <= _listed()
        shared = set(self.family.split()) & set(held.family.split())
        return self.family == held.family or (unlisted and bool(shared))

    @property
    def vague(self) -> bool:
        """Whether it only says that there is a certificate."""
        return not self.number and all(word in _PREFIXES for word in self.family.split())


# Who publishes in another script: "ГОСТ Р ИСО", "أيزو".
_TRANSLITERATED: Final = {
    "исо": "iso", "мэк": "iec", "гост": "gost", "ен": "en", "дин": "din", "р": "r", "рк": "rk", "ст": "st",
    "стб": "stb", "дсту": "dstu", "ايزو": "iso", "الايزو": "iso", "иатф": "iatf", "国际标准化组织": "iso",
}  # fmt: skip
# A standard renamed keeps its key here.
_ALIASES: Final = {
    ("iso", "16949"): "iatf",
    ("as", "9100"): "en",
    ("iso", "18001"): "ohsas",
}
# National standards that are an international one under another number (idt after ISO/IEC Guide 21-1).
_ADOPTIONS: Final = {
    ("gb", "19001"): ("iso", "9001"), ("gb", "24001"): ("iso", "14001"), ("gb", "22080"): ("iso", "27001"),
    ("gb", "23331"): ("iso", "50001"), ("gb", "28001"): ("ohsas", "18001"), ("gb", "27025"): ("iso", "17025"),
    ("gb", "18305"): ("iatf", "16949"), ("gb", "42061"): ("iso", "13485"), ("yy", "0287"): ("iso", "13485"),
    ("jis", "9901"): ("iso", "9001"),
}  # fmt: skip
# Whose a number is where nobody else is named.
_DEFAULTS: Final = {
    **dict.fromkeys(
        ("9001", "14001", "45001", "27001", "13485", "50001", "22000", "17025", "22301", "37001"), "iso"
    ),
    "16949": "iatf", "18001": "ohsas", "9100": "en",
}  # fmt: skip
_FAMILIES: Final = frozenset(
    {"iso", "iatf", "ohsas", "sa", "as", "fssc", "ispm", "aa", "tl", "vda", "api", "ul"}
)
_PUBLISHERS: Final = frozenset(
    {"en", "din", "bs", "iec", "gost", "jis", "nf", "yy", "une", "uni", "gb", "gbt", "nbr", "ks"}
)
# Who certifies is no scheme, unless nothing else is named.
_BODIES: Final = frozenset({"tuv", "dnv", "sgs", "bureau veritas", "lloyd s register"})

# A number, a revision letter, a part, and an edition (":2015", "-2018", " (2015)").
_NUMBER: Final = re.compile(
    r"(?<!\d)(\d{3,5})(?!\d)[a-z]?(?:-(\d{1,2})(?!\d))?(?:[\s:/(-]{1,3}((?:19|20)\d{2})(?!\d))?"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_WORD: Final = re.compile(r"[^\W\d_]+")
_PIECE: Final = re.compile(r"[^\W_]+")
# "FSC-C123456", "CU 812345": a licence is its holder's, the scheme is not.
_LICENCE: Final = re.compile(r"[a-z]{0,4}\d{5,}[a-z]{0,2}|\d+")
_CHINESE: Final = re.compile(r"([\u3400-\u9fff]+)")
_FOREIGN: Final = re.compile(r"[\u0370-\u2bff\u2e80-\uffff]")
_MAX_WORDS: Final = 6


def parse_schemes(text: str) -> tuple[Scheme, ...]:
    """Return the schemes named in a text, in order.

    Parameters
    ----------
    text
        A scheme as people write it, such as ``"DIN EN ISO 9001:2015"``, ``"ГОСТ Р ИСО 9001"`` or
        ``"ISO 9001, 14001"``; the first :data:`SCHEME_CHARS` characters are read.

    Returns
    -------
    tuple of Scheme
        Empty when the text holds neither letters nor numbers.
    """
    return _parsed(text[:SCHEME_CHARS])


@lru_cache(maxsize=KEPT)
def _parsed(text: str) -> tuple[Scheme, ...]:
    plain = _plain(text)
    names, rest = _named(plain)
    numbers = list(_numbered(rest, among_names=bool(names)))
    if len(names) == 1 and not numbers:
        return (Scheme(names[0][1], "", _telling(rest)),)
    found = [*((place, Scheme(name, "", "")) for place, name in names), *numbers]
    found = [one for one in found if one[1].family not in _BODIES] or found
    if found:
        return tuple(dict.fromkeys(scheme for _, scheme in sorted(found, key=lambda one: one[0])))
    words = _telling(plain) or " ".join(_PIECE.findall(plain))
    return (Scheme(words, "", ""),) if words else ()


def _plain(text: str) -> str:
    """Return a text without case and accents, its digits ours, Chinese apart from what stands beside it."""
    digits = "".join(str(unicodedata.decimal(c, c)) for c in unicodedata.normalize("NFKC", text))
    return fold(_CHINESE.sub(r" \1 ", digits))[: 2 * SCHEME_CHARS]


def _telling(plain: str) -> str:
    """Return the words that tell a scheme from another."""
    words = (w for w in _PIECE.findall(plain) if w not in _PREFIXES and not _LICENCE.fullmatch(w))
    return " ".join(words)


def _named(plain: str) -> tuple[list[tuple[int, str]], str]:
    """Return the schemes that have a name, with their places, and the text without these names."""
    pieces = [(hit.start(), hit.end(), hit[0]) for hit in _PIECE.finditer(plain)]
    names, found, rest, at = _names(), [], list(plain), 0
    while at < len(pieces):
        ahead = pieces[at : at + _MAX_WORDS]
        spans = (ahead[:length] for length in range(len(ahead), 0, -1))
        span = next((one for one in spans if " ".join(p[2] for p in one) in names), None)
        follows = pieces[at + 1][2] if at + 1 < len(pieces) else ""
        # "UL 508" is a standard, "UL" a mark.
        if span is None or (span[-1][2] in _FAMILIES and _NUMBER.match(follows)):
            at += 1
            continue
        start, end = span[0][0], span[-1][1]
        found.append((start, names[" ".join(p[2] for p in span)]))
        rest[start:end] = " " * (end - start)
        at += len(span)
    return found, "".join(rest)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """Return name → the name that is kept, both as words apart."""
    names: dict[str, str] = {}
    for line in (DATA / "certificate_names.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            kept, *others = (" ".join(_PIECE.findall(_plain(name))) for name in line.split("; "))
            names.update(dict.fromkeys((kept, *others), kept))
    for line in (DATA / "stated_names.txt").read_text("utf-8").partition("[schemes]")[2].splitlines():
        for name in (" ".join(_PIECE.findall(_plain(name))) for name in line.split("; ")):
            names.setdefault(name, name)
    names.pop("", None)
    return names


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    return frozenset(_names().values())


def _numbered(plain: str, *, among_names: bool) -> Iterator[tuple[int, Scheme]]:
    """Yield the schemes that have a number; among names only those whose publisher is named or known."""
    previous, end = "", 0
    for hit in _NUMBER.finditer(plain):
        words = [_TRANSLITERATED.get(w, w) for w in _WORD.findall(plain[end : hit.start()])[-_MAX_WORDS:]]
        number, part = hit[1], hit[2] or ""
        family = _family(words, number)
        known = family in _FAMILIES or family in _PUBLISHERS
        if (_YEAR.fullmatch(number) and previous and not known) or (among_names and not known):
            continue
        family = family or previous
        family, number = _ADOPTIONS.get((family, number), (family, number))
        previous, end = family, hit.end()
        yield hit.start(), Scheme(family, number, part, int(hit[3] or 0))


def _family(words: Sequence[str], number: str) -> str:
    """Return the family that the words before a number name; a prefix alone may be one ("EN")."""
    for word in reversed(words):
        if (word, number) in _ALIASES:
            return _ALIASES[word, number]
        if word in _FAMILIES:
            return word
    publishers = [w.removesuffix("t") if w == "gbt" else w for w in reversed(words) if w in _PUBLISHERS]
    adopting = next((w for w in publishers if (w, number) in _ADOPTIONS), "")
    if adopting or number in _DEFAULTS:
        return adopting or _DEFAULTS[number]
    own = next((w for w in reversed(words) if w not in _PREFIXES and not _CHINESE.fullmatch(w)), "")
    return own or (publishers[0] if publishers else "")


def _foreign(name: str) -> bool:
    """Whether a name is written in other letters than ours."""
    return bool(_FOREIGN.search(name))
