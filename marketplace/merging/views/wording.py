"""Fields, values and reasons as an officer reads them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from marketplace.merging.queries.pairs import Why
from marketplace.web.words import country, label, language_name
from matching.sectors import sector_title

LABELS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "name": _l("Name"),
        "type": _l("What it is"),
        "country": _l("Country"),
        "region": _l("Region"),
        "city": _l("Town"),
        "address": _l("Address"),
        "email": _l("E-mail address"),
        "phone": _l("Telephone"),
        "website": _l("Website"),
        "founded_year": _l("Founded in"),
        "employees": _l("People employed"),
        "turnover": _l("Yearly turnover"),
        "export_percent": _l("Share exported, in percent"),
        "languages": _l("Languages"),
        "women_led": _l("Led by women"),
        "youth_led": _l("Led by people under 35"),
        "rural": _l("In a rural area"),
        "sectors": _l("Sectors"),
        "products": _l("Products"),
        "description": _l("What it does"),
        "references_text": _l("References"),
    }
)
_REASONS: Final[Mapping[Why, LazyString]] = MappingProxyType(
    {
        Why.IDENTIFIER: _l("the same legal identifier"),
        Why.NAME: _l("the same name in one country, legal form aside"),
        Why.WEBSITE: _l("the same website"),
        Why.LIKE_NAME: _l("a like name in the same town"),
    }
)


def why(reason: Why) -> str:
    """Return a reason in words."""
    return str(_REASONS[reason])


def field_label(name: str) -> str:
    """Return what a field of the profile is called; the currency and other names go by themselves."""
    return str(LABELS.get(name, name))


def in_words(name: str, value: Any) -> str:
    """Return a value of the profile; ``""`` for one that says nothing."""
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "country":
        return country(value)
    if isinstance(value, tuple):
        name_of = {"languages": language_name, "sectors": sector_title}.get(name, str)
        return ", ".join(name_of(entry) for entry in value)
    return label(value) if name in {"type", "employees", "turnover"} else str(value)
