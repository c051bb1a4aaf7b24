"""Codes of countries, languages, currencies and sectors, with their names in the reader's language."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

import pycountry
from babel import Locale

from marketplace.web.words import reader
from matching.sectors import sector_title, sectors

CLASS_CODE_LENGTH = 4


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """Return every country of ISO 3166-1, alpha-2."""
    return frozenset(entry.alpha_2 for entry in pycountry.countries)


@lru_cache(maxsize=1)
def language_codes() -> frozenset[str]:
    """Return every language that has a code in ISO 639-1."""
    return frozenset(entry.alpha_2 for entry in pycountry.languages if hasattr(entry, "alpha_2"))


@lru_cache(maxsize=1)
def currency_codes() -> frozenset[str]:
    """Return every currency of ISO 4217."""
    return frozenset(entry.alpha_3 for entry in pycountry.currencies)


@lru_cache(maxsize=64)
def _in_order(locale: Locale, kind: str) -> tuple[tuple[str, str], ...]:
    """Return codes and names in one language, in the order of the names without their accents."""
    names = {
        "country": {code: locale.territories.get(code, code) for code in country_codes()},
        "language": {code: _capital(locale.languages.get(code, code)) for code in language_codes()},
        "currency": {code: f"{code} · {locale.currencies.get(code, code)}" for code in currency_codes()},
    }[kind]
    return tuple(sorted(names.items(), key=lambda pair: _without_accents(pair[1])))


def _without_accents(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def countries() -> list[tuple[str, str]]:
    """Return (code, name) of every country, in the reader's language and order."""
    return list(_in_order(reader(), "country"))


def languages() -> list[tuple[str, str]]:
    """Return (code, name) of every language, in the reader's language and order."""
    return list(_in_order(reader(), "language"))


def currencies() -> list[tuple[str, str]]:
    """Return (code, code and name) of every currency, in the reader's language and order."""
    return list(_in_order(reader(), "currency"))


@lru_cache(maxsize=1)
def sector_choices() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return the classes of ISIC Rev.4 under their divisions, for a list with groups."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, sector in sectors().items():
        if len(code) == CLASS_CODE_LENGTH:
            division = f"{code[:2]} · {sector_title(code[:2])}"
            groups.setdefault(division, []).append((code, f"{code} · {sector.title}"))
    return groups
