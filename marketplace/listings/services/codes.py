"""Codes for what people name: countries and languages, in any of the languages of the UN."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import pycountry
from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _

from marketplace.errors import Invalid

# The six official languages of the United Nations, and others that many firms write in.
READ_IN: Final = ("en", "fr", "es", "ar", "ru", "zh", "de", "it", "nl", "pl", "pt", "tr")
SHOWN: Final = 40
# What people write besides the names of Unicode CLDR.
ALSO: Final = {
    "uk": "GB",
    "el": "GR",
    "usa": "US",
    "england": "GB",
    "holland": "NL",
    "ivory coast": "CI",
    "turkey": "TR",
}


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).split())


@lru_cache(maxsize=1)
def country_names() -> Mapping[str, str]:
    """Return plain name or code → ISO 3166-1 alpha-2."""
    codes = {country.alpha_2 for country in pycountry.countries}
    found = {
        _plain(name): code
        for language in READ_IN
        for code, name in Locale(language).territories.items()
        if code in codes
    }
    for country in pycountry.countries:
        for name in (
            country.name,
            getattr(country, "common_name", ""),
            getattr(country, "official_name", ""),
            country.alpha_3,
        ):
            found.setdefault(_plain(name), country.alpha_2)
    found |= ALSO | {_plain(code): code for code in codes}
    found.pop("", None)
    return found


@lru_cache(maxsize=1)
def language_names() -> Mapping[str, str]:
    """Return plain name or code → ISO 639-1."""
    codes = {language.alpha_2 for language in pycountry.languages if hasattr(language, "alpha_2")}
    found = {
        _plain(name): code
        for language in READ_IN
        for code, name in Locale(language).languages.items()
        if code in codes
    }
    for code in codes:
        if Locale("en").languages.get(code) and (own := _own_name(code)):
            found.setdefault(_plain(own), code)
        found[code] = code
    return found


def _own_name(code: str) -> str:
    """Return what a language calls itself, where Unicode CLDR has it."""
    try:
        return Locale(code).get_display_name(code) or ""
    except UnknownLocaleError:
        return ""


def read_country(field: str, raw: Any) -> str:
    """Return ISO 3166-1 alpha-2 for a code or a name.

    Raises
    ------
    Invalid
        ``unknown_country``.
    """
    code = country_names().get(_plain(str(raw)))
    if code is None:
        raise Invalid(
            field,
            _(
                "“%(name)s” is not a country. Write its name or its code of two letters.",
                name=str(raw).strip()[:SHOWN],
            ),
            "unknown_country",
        )
    return code


def read_language(field: str, raw: Any) -> str:
    """Return ISO 639-1 for a code or a name.

    Raises
    ------
    Invalid
        ``unknown_language``.
    """
    code = language_names().get(_plain(str(raw)))
    if code is None:
        raise Invalid(
            field,
            _(
                "“%(name)s” is not a language. Write its name or its code of two letters.",
                name=str(raw).strip()[:SHOWN],
            ),
            "unknown_language",
        )
    return code
