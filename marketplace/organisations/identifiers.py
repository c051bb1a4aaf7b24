"""Legal identifiers: which a country has, how they are spelled, and whether their checksum holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

VALUE_LENGTH: Final = 64
SCHEME: Final = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_PUNCTUATION: Final = re.compile(r"[\s./\-–—_:]+")
OTHER: Final = "other"
# What enterprises of a country are known by, the usual one first; names as python-stdnum has
# them, or as the register calls them where it has no checksum that python-stdnum knows.
SCHEMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "AT": ("uid", "firmenbuchnummer"),
        "BE": ("vat",),
        "BR": ("cnpj",),
        "CH": ("uid",),
        "CN": ("uscc",),
        "CZ": ("dic",),
        "DE": ("vat", "handelsregisternummer"),
        "ES": ("nif",),
        "FR": ("siren", "siret", "tva"),
        "GB": ("companies-house", "vat"),
        "IN": ("gstin", "pan"),
        "IT": ("iva", "codicefiscale"),
        "MA": ("ice",),
        "NL": ("btw", "kvk"),
        "PL": ("nip", "regon", "krs"),
        "PT": ("nif",),
        "RU": ("inn", "ogrn"),
        "SE": ("orgnr", "vat"),
        "TR": ("vkn",),
        "UA": ("edrpou",),
        "US": ("ein",),
    }
)


@dataclass(frozen=True, slots=True)
class CheckedIdentifier:
    """A legal identifier in the spelling in which it is stored.

    Parameters
    ----------
    scheme
        Such as ``nip``; ``other`` where the country has none that is known.
    value
        Capital letters and digits, without the spaces and hyphens that people put between them.
    valid
        Whether its checksum holds; ``None`` where none is known.
    """

    scheme: str
    value: str
    valid: bool | None


def usual_scheme(country: str) -> str:
    """Return the identifier that enterprises of a country are first known by.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2.
    """
    listed = SCHEMES.get(country)
    if listed:
        return listed[0]
    module = _module(country, "vat")
    return str(module.__name__).rpartition(".")[2] if module is not None else OTHER


def schemes_of(country: str) -> tuple[str, ...]:
    """Return the identifiers a country is known to have, the usual one first, ``other`` last."""
    return tuple(dict.fromkeys((*SCHEMES.get(country, ()), usual_scheme(country), OTHER)))


def check_identifier(country: str, scheme: str, value: str) -> CheckedIdentifier:
    """Bring a legal identifier into one spelling and check it.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2.
    scheme
        ``""`` for the country's usual one.
    value
        As somebody typed it.

    Returns
    -------
    CheckedIdentifier
        Its value is empty where nothing but punctuation was given.
    """
    name = scheme.strip().casefold() or usual_scheme(country)
    name = name if SCHEME.fullmatch(name) else OTHER
    plain = _PUNCTUATION.sub("", value).upper()[:VALUE_LENGTH]
    module = _module(country, name)
    if module is None or not plain:
        return CheckedIdentifier(name, plain, None)
    try:
        compact = str(module.validate(value.strip()))
    except ValidationError:
        return CheckedIdentifier(name, plain, valid=False)
    return CheckedIdentifier(name, _PUNCTUATION.sub("", compact).upper()[:VALUE_LENGTH], valid=True)


def _module(country: str, scheme: str) -> Any:
    """Return python-stdnum's module of an identifier, if it has one."""
    if not re.fullmatch(r"[A-Z]{2}", country) or not SCHEME.fullmatch(scheme):
        return None
    module = get_cc_module(country.lower(), scheme)
    return module if hasattr(module, "validate") else None
