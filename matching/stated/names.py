"""Certificates, delivery terms, inspections and grades of tolerance: conditions that have a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from matching.certificates import parse_schemes
from matching.criteria import INCOTERMS
from matching.stated.folding import fold
from matching.stated.tokens import Read
from matching.words import DATA


class Named(NamedTuple):
    """A name found: the criterion, the term, and where it stands in the folded text.

    Parameters
    ----------
    near
        A topic of which a word must stand near it, for names that mean other things as well.
    """

    criterion: str
    term: str
    start: int
    end: int
    near: str = ""


class Scheme(NamedTuple):
    """A scheme by name, and what must hold for it to be one."""

    capitals: bool
    near: str


def _sections() -> tuple[frozenset[tuple[str, str]], dict[str, Scheme]]:
    standards: set[tuple[str, str]] = set()
    schemes: dict[str, Scheme] = {}
    family = ""
    for line in (DATA / "stated_names.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            family = line.strip("[]").removeprefix("standards").strip()
        elif family == "schemes":
            for item in filter(None, line.split("; ")):
                name = fold(item.rstrip(" !?"))
                schemes[name] = Scheme("!" in item, "certificate" if "?" in item else "")
        elif not line.startswith("#"):
            standards |= {(family, number) for number in line.split()}
    return frozenset(standards), schemes


_STANDARDS, _SCHEMES = _sections()

# "DIN EN ISO 9001:2015", "ISO/TS 16949", "AS9100D", "ГОСТ Р ИСО 9001-2015", "IATF16949".
_BEFORE: Final = (
    r"(?:iso|исо|en|din|bs|une|uni|nf|gost|гост|r|р|abnt|nbr|gb|t|jis|q|ds|pn|csn|ss|sfs|iec|мэк|ts|tr|onorm"
    r"|(?:ال)?ايزو|iatf|as|ohsas|sa|fssc|ispm|aa|tl)"
)
_NUMBER: Final = r"(?P<number>\d{2,5})(?P<rest>[a-d]?(?:-\d{1,2}(?!\d))?(?:[:-](?:19|20)\d{2}(?!\d))?)"
_STANDARD: Final = re.compile(
    rf"(?<![^\W_\u2e80-\u9fff])(?:{_BEFORE}[ /-]{{0,2}}){{1,5}}(?<=[a-zа-яا-ي /-]){_NUMBER}(?![\d.]*\d)"
)
_FOLLOWING: Final = re.compile(
    r" ?(?:,|/|\+|&|;|and|und|et|y|e|и|و|和|及|或|、|or|oder|ou|o|или) ?(?P<number>\d{4,5})"
    r"(?P<rest>(?:-\d{1,2}(?!\d))?(?::(?:19|20)\d{2})?)(?![\d.,%]*\d| ?[a-zа-я]*/)"
)
_LONG_NUMBER: Final = 4
_ARABIC_ISO: Final = "ايزو"

# A word ends at a letter of its own script; Chinese runs on without a space.
_START, _END = r"(?<![^\W_\u2e80-\u9fff\u0400-\u06ff])", r"(?![^\W_\u2e80-\u9fff\u0400-\u06ff])"
_SCHEME: Final = re.compile(
    f"{_START}(?:{'|'.join(re.escape(name) for name in sorted(_SCHEMES, key=len, reverse=True))}){_END}"
)
_TERM: Final = re.compile(
    rf"{_START}(?:"
    rf"(?P<incoterm>{'|'.join(term.casefold() for term in INCOTERMS)})"
    r"|(?P<it_grade>it(?P<apart> ?)(?:1[0-8]|[1-9]))"
    r"|ppap[ -]{0,2}(?:level|lvl|niveau|stufe|nivel|livello|уровень|уровня|等级|级别|المستوي)?[ -]{0,2}"
    r"(?P<ppap>[1-5])"
    r"|(?P<cmm>cmm(?: reports?| inspection)?)|(?P<fai>fai(?: reports?)?)"
    r"|(?P<drawing>step|stp|iges|igs|dxf|dwg|pdf|parasolid|x_t|stl)"
    rf"){_END}"
)
# These four are abbreviations of much else.
_DOUBTFUL_INCOTERMS: Final = frozenset({"CIP", "DAP", "DPU", "FAS"})


def names_in(read: Read) -> Iterator[Named]:
    """Yield the names of a text, each kind from left to right."""
    yield from _standards(read)
    yield from _schemes(read)
    for hit in _TERM.finditer(read.folded):
        found = _term(read.original(hit.start(), hit.end()), hit)
        if found:
            criterion, term, near = found
            if criterion == "incoterm" and _names_place(read, term, hit.end()):
                near = ""
            yield Named(criterion, term, hit.start(), hit.end(), near)


def _names_place(read: Read, term: str, end: int) -> bool:
    """Return whether a place follows a delivery term: "FOB Mombasa"; four terms mean too much else."""
    place = read.original(end, min(end + 2, len(read.folded))).strip()
    return term not in _DOUBTFUL_INCOTERMS and place[:1].isalpha() and not place[:1].islower()


def _standards(read: Read) -> Iterator[Named]:
    """Yield the certificates that are standards; "ISO 9001, 14001" are two."""
    for hit in _STANDARD.finditer(read.folded):
        term = " ".join(read.original(hit.start(), hit.end()).split())
        if _ARABIC_ISO in hit[0]:
            term = f"ISO {hit['number']}{hit['rest']}"
        if not _certifiable(term):
            continue
        yield Named("certificate", term, hit.start(), hit.end())
        family = parse_schemes(term)[0].family
        following = _FOLLOWING.match(read.folded, hit.end()) if family == "iso" else None
        while following:
            number = following["number"] + following["rest"]
            if ("iso", following["number"]) not in _STANDARDS or len(following["number"]) < _LONG_NUMBER:
                break
            yield Named("certificate", f"ISO {number}", following.start("number"), following.end())
            following = _FOLLOWING.match(read.folded, following.end())


def _certifiable(term: str) -> bool:
    plain = fold(term).replace("исо", "iso").replace("гост", "gost").replace(" р ", " r ")
    return any((scheme.family, scheme.number) in _STANDARDS for scheme in parse_schemes(plain))


def _schemes(read: Read) -> Iterator[Named]:
    for hit in _SCHEME.finditer(read.folded):
        scheme = _SCHEMES[hit[0]]
        written = " ".join(read.original(hit.start(), hit.end()).split())
        if not scheme.capitals or written.isupper():
            yield Named("certificate", written, hit.start(), hit.end(), scheme.near)


_Found = tuple[str, str, str] | None


def _term(written: str, hit: re.Match[str]) -> _Found:
    """Return the criterion, the term and the topic that must be near, for a term as it is written."""
    kind = "it_grade" if hit["it_grade"] else str(hit.lastgroup)
    if kind == "ppap":
        return "inspection", f"PPAP level {hit['ppap']}", ""
    if not written[:2].isupper():
        return None
    if kind == "it_grade":
        return kind, written.replace(" ", ""), "tolerance" if hit["apart"] else ""
    if kind == "incoterm":
        return (kind, written, "delivery_terms") if written.isupper() else None
    if kind == "drawing":
        return ("drawing_format", written, "drawing") if written.isupper() else None
    return "inspection", kind.upper(), ""
