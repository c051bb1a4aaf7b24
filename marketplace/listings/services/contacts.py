"""Contact details in text that others read: addresses, numbers and links, also in disguise.

What is found holds a listing for review; a false alarm costs an officer one look, a miss shows
a contact before both sides have agreed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

import phonenumbers
import pycountry

LONGEST: Final = 5000
SHOWN: Final = 80


class Sort(StrEnum):
    """What kind of contact was found."""

    EMAIL = "email"
    PHONE = "phone"
    LINK = "link"
    HANDLE = "handle"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact found in a text, as it stands there."""

    sort: Sort
    text: str


# Domains of every country, and the general ones that enterprises use.
_GENERAL: Final = frozenset({
    "com", "net", "org", "info", "biz", "name", "pro", "int", "coop", "aero", "asia", "cat", "jobs",
    "mobi", "tel", "travel", "app", "dev", "shop", "store", "online", "site", "tech", "cloud",
    "company", "group", "industries", "solutions", "services", "trade", "email", "world", "global",
    "international", "xyz", "top",
})  # fmt: skip
# Country domains that are words of some language too: after a full stop without a space they
# are more often the next sentence than an address, unless written after an @ or www.
_WORDS: Final = frozenset({
    "as", "by", "do", "et", "he", "id", "if", "il", "in", "is", "la", "le", "me", "mu", "my", "no",
    "os", "pa", "si", "so", "to", "tu", "un", "us",
})  # fmt: skip
# Products of that spelling, in technical texts.
_NAMES: Final = frozenset(
    {"asp.net", "ado.net", "vb.net", "node.js", "vue.js", "b.sc", "m.sc", "ph.d", "e.g", "i.e"}
)
_HIDDEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
# "at" and "dot", in brackets or standing alone, in the languages of the network.
_AT_WORDS: Final = r"at|arroba|arrobase|собака|ät|chez|kukac|małpa|alpha|آت|艾特"
_DOT_WORDS: Final = r"dot|point|punto|punkt|ponto|kropka|nokta|точка|نقطة|点"
_OPEN, _CLOSE = r"[\(\[\{<*_-]\s*", r"\s*[\)\]\}>*_-]"
_AT: Final = re.compile(rf"\s*{_OPEN}(?:{_AT_WORDS}|@|a){_CLOSE}\s*", re.IGNORECASE)
_DOT: Final = re.compile(rf"\s*{_OPEN}(?:{_DOT_WORDS}|\.){_CLOSE}\s*", re.IGNORECASE)
# Unbracketed words count only as part of a whole address: name at firm dot com.
_SPOKEN: Final = re.compile(
    rf"(?<![\w.+-])([\w.+-]+)\s+(?:{_AT_WORDS})\s+([\w-]+(?:\s+(?:{_DOT_WORDS})\s+[\w-]+)*?)\s*(?:\s(?:{_DOT_WORDS})\s|\.)\s*([^\W\d_]{{2,12}})\b",
    re.IGNORECASE,
)
_HALF_SPOKEN: Final = re.compile(
    rf"(?<![\w.+-])[\w.+-]+@[\w-]+\s+(?:{_DOT_WORDS})\s+[^\W\d_]{{2,12}}\b", re.IGNORECASE
)
_SPOKEN_LINK: Final = re.compile(
    rf"\b(?:www|http|https)\s*(?:{_DOT_WORDS}|\.)\s*([\w-]+)\s*(?:{_DOT_WORDS}|\.)\s*[a-z]{{2,12}}\b",
    re.IGNORECASE,
)
_EMAIL: Final = re.compile(
    r"(?<![\w.+%-])[\w.+%-]+\s?[@＠﹫]\s?[\w-]+(?:\s?\.\s?[\w-]+)*\s?\.\s?[^\W\d_]{2,24}\b"
)
_LINK: Final = re.compile(
    r"(?:\b(?:https?|ftp|hxxps?)\s?:\s?/\s?/\s?\S+|\bwww\d?\s?\.\s?[\w-]+(?:\.[\w-]+)+\S*)", re.IGNORECASE
)
_DOMAIN: Final = re.compile(r"(?<![\w@.-])((?:[^\W_][\w-]{0,62}\.)+)([^\W\d_]{2,24})(/\S*)?(?![\w@-])")
_SPELT_DOMAIN: Final = re.compile(r"\b([a-z0-9][a-z0-9-]+)\s+dot\s+([a-z]{2,12})\b", re.IGNORECASE)
_HANDLE: Final = re.compile(
    r"\b(?:whats\s?app|telegram|we\s?chat|微信|viber|skype|signal|line\s?id|instagram|facebook|linkedin|fb|tg)\b"
    r"\s*(?:id|me|us|number|no\.?)?\s*[:=@(]\s*@?[\w.+-]{3,}",
    re.IGNORECASE,
)
_AT_HANDLE: Final = re.compile(r"(?<![\w@.])@[a-z][\w.]{3,}\b", re.IGNORECASE)
# A number that says of itself that it is to be called.
_LABELLED: Final = re.compile(
    r"(?:\b(?:tel|tél|telefon|telephone|telefono|teléfono|téléphone|telefone|telefax|fax|phone|mobile|mob|cell|"
    r"handy|gsm|call(?:\s+(?:us|me))?|ring|whats\s?app|hotline|appelez|llame|тел|телефон)\b|هاتف|جوال|电话|手机)"
    r"[\s.:№#()-]*(?:no\.?|number|at|on|au)?[\s.:()-]*(\+?\d[\d\s()./-]{4,}\d)",
    re.IGNORECASE,
)
_INTERNATIONAL: Final = re.compile(r"(?<![\w.,/+-])(?:\+|00)\s?\(?[1-9][\d\s()./-]{6,20}\d(?![\w/%])")
_SHORTEST_NUMBER: Final = 7
_LONGEST_NUMBER: Final = 15
# What stands around figures that are anything but telephone numbers.
_MEASURED: Final = re.compile(
    r"^\s*(?:[x×*]\s*\d|mm|cm|m\b|m²|m³|µm|kg|g\b|t\b|pcs|pc\b|pieces|units|parts|st(?:ück)?\b|stk|piezas|pièces|шт|件|"
    r"€|\$|£|eur|usd|gbp|chf|cny|egp|kes|ngn|%|rpm|kw|mw|hours|h\b|days|per\b|/\s*(?:year|month|a\b))",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"(?:\b(?:iso|iec|din|en|astm|aisi|sae|asme|ansi|gost|гост|jis|bs|nf|uni|un|hs|cpv|nace|isic|cas|ral|norm|standard|"
    r"part|article|art|item|drawing|dwg|order|lot|batch|ref|no|nr|eur|usd|gbp|chf|patent|ep|us|wo|pct)\b[\s.:#№-]*|[€$£#№]\s*|[x×*±]\s*)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _domains() -> frozenset[str]:
    codes = {country.alpha_2.lower() for country in pycountry.countries}
    return frozenset(codes | _GENERAL | {"uk", "eu", "рф", "ру", "ком", "укр", "бел", "中国"})


def find_contacts(text: str, country: str = "") -> tuple[Contact, ...]:
    """Return the contact details in a text.

    Parameters
    ----------
    text
        The first :data:`LONGEST` characters are read.
    country
        ISO 3166-1 alpha-2, for reading national telephone numbers.

    Returns
    -------
    tuple of Contact
        In no particular order, each once; empty for a text that gives nobody away.
    """
    plain = _plain(text[:LONGEST])
    joined = _DOT.sub(".", _AT.sub("@", plain))
    found = [
        *_emails(joined),
        *_links(joined),
        *(Contact(Sort.HANDLE, hit[0]) for hit in (*_HANDLE.finditer(plain), *_AT_HANDLE.finditer(plain))),
        *_phones(plain, country),
    ]
    return tuple(dict.fromkeys(Contact(one.sort, one.text.strip()[:SHOWN]) for one in found))


def _plain(text: str) -> str:
    """Return the text with one form for wide letters and all scripts' digits, without hidden signs."""
    wide = _HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    return "".join(
        str(unicodedata.digit(sign)) if sign.isdigit() and not sign.isascii() else sign for sign in wide
    )


def _emails(text: str) -> Iterator[Contact]:
    for hit in (*_EMAIL.finditer(text), *_HALF_SPOKEN.finditer(text)):
        yield Contact(Sort.EMAIL, hit[0])
    for hit in _SPOKEN.finditer(text):
        if hit[3].casefold() in _domains():
            yield Contact(Sort.EMAIL, hit[0])


def _links(text: str) -> Iterator[Contact]:
    for pattern in (_LINK, _SPOKEN_LINK):
        for hit in pattern.finditer(text):
            yield Contact(Sort.LINK, hit[0])
    for hit in _SPELT_DOMAIN.finditer(text):
        if hit[2].casefold() in _GENERAL or (hit[2].islower() and hit[2] in _domains() - _WORDS):
            yield Contact(Sort.LINK, hit[0])
    for hit in _DOMAIN.finditer(text):
        if _is_domain(hit):
            yield Contact(Sort.LINK, hit[0])


def _is_domain(hit: re.Match[str]) -> bool:
    labels, top, path = hit[1], hit[2], hit[3]
    if f"{labels}{top}".casefold() in _NAMES or top.casefold() not in _domains():
        return False
    if top.istitle():
        # "…of steel.It has…" is a missing space.
        return False
    first = labels.rstrip(".").rpartition(".")[2]
    if first.isdigit() or not any(sign.isalpha() for sign in first):
        return False
    if path is not None and path != "/":
        return True
    # "delivered.in time" is a missing space; "moderne-teile.de" and "WERK.DE" are addresses.
    return top.casefold() not in _WORDS or "-" in first or top.isupper() or labels.count(".") > 1


def _phones(text: str, country: str) -> Iterator[Contact]:
    for hit in _LABELLED.finditer(text):
        if _SHORTEST_NUMBER - 1 <= _digits(hit[1]) <= _LONGEST_NUMBER + 2:
            yield Contact(Sort.PHONE, hit[1])
    for hit in _INTERNATIONAL.finditer(text):
        around = _surrounded(text, hit.start(), hit.end())
        if not around and _SHORTEST_NUMBER < _digits(hit[0]) <= _LONGEST_NUMBER + 2:
            yield Contact(Sort.PHONE, hit[0])
    if country and country in phonenumbers.SUPPORTED_REGIONS:
        matcher = phonenumbers.PhoneNumberMatcher(text, country, leniency=phonenumbers.Leniency.VALID)
        for match in matcher:
            written = match.raw_string
            if not _surrounded(text, match.start, match.end) and _looks_dialled(written):
                yield Contact(Sort.PHONE, written)


def _looks_dialled(written: str) -> bool:
    """Whether figures are written as people write numbers to call: a leading 0, brackets, or in groups."""
    if re.search(r"\d[.,]\d{3}[.,]\d{3}", written) or re.fullmatch(r"\d{1,3}(?: \d{3})+", written):
        # 1.200.000 and 1 200 000 are amounts.
        return False
    return bool(re.match(r"[\s(]*[+0]", written)) or "(" in written or len(re.findall(r"[\s.-]", written)) > 1


def _surrounded(text: str, start: int, end: int) -> bool:
    return bool(_MEASURED.match(text[end : end + 12]) or _NAMED.search(text[max(0, start - 12) : start]))


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)
