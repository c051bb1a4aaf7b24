"""The search box and its filters as they stand in the address: read leniently, written back exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.search.queries import DEADLINES, Filters, Sort
from marketplace.web.codes import country_codes
from marketplace.web.fields import asked_text
from marketplace.web.words import country, label
from matching.sectors import is_sector, sector_title
from matching.types import Kind, Side

COUNTRIES: Final = 30
"""Countries that may be chosen at once."""
REFERENCE_LETTERS: Final = 32


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, and the address without it."""

    text: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a visitor asks for."""

    text: str
    filters: Filters

    @property
    def args(self) -> dict[str, Any]:
        """The words of the address; what is not asked for is left out."""
        chosen = self.filters
        words = {
            "q": self.text,
            "side": chosen.side.value if chosen.side else "",
            "kind": sorted(kind.value for kind in chosen.kinds),
            "country": sorted(chosen.countries),
            "sector": chosen.sector,
            "within": chosen.within_days or "",
            "organisation": chosen.organisation,
            "sort": chosen.sort.value if chosen.sort else "",
        }
        return {name: value for name, value in words.items() if value}

    def changed(self, **changes: Any) -> dict[str, Any]:
        """Return the words of the address with other filters."""
        return Asked(self.text, replace(self.filters, **changes)).args

    def chips(self) -> list[Chip]:
        """Return every filter in use."""
        chosen = self.filters
        found: list[Chip] = []
        if self.text:
            found.append(Chip(f"“{self.text}”", Asked("", chosen).args))
        if chosen.side:
            found.append(Chip(label(chosen.side), self.changed(side=None)))
        found.extend(
            Chip(label(kind), self.changed(kinds=chosen.kinds - {kind})) for kind in sorted(chosen.kinds)
        )
        found.extend(
            Chip(country(code), self.changed(countries=chosen.countries - {code}))
            for code in sorted(chosen.countries)
        )
        if chosen.sector:
            found.append(Chip(sector_title(chosen.sector), self.changed(sector="")))
        if chosen.within_days:
            found.append(Chip(within_words(chosen.within_days), self.changed(within_days=0)))
        if chosen.organisation:
            text = _("Organisation %(reference)s", reference=chosen.organisation)
            found.append(Chip(text, self.changed(organisation="")))
        return found


def read_asked() -> Asked:
    """Return what the address asks for; words that mean nothing are passed over."""
    args = request.args
    sector = args.get("sector", "").strip().upper()
    within = args.get("within", "")
    return Asked(
        text=asked_text("q"),
        filters=Filters(
            side=next((side for side in Side if side.value == args.get("side")), None),
            kinds=frozenset(kind for kind in Kind if kind.value in args.getlist("kind")),
            countries=_countries(args.getlist("country")),
            sector=sector if is_sector(sector) else "",
            within_days=next((days for days in DEADLINES if str(days) == within), 0),
            organisation=asked_text("organisation").upper()[:REFERENCE_LETTERS],
            sort=next((sort for sort in Sort if sort.value == args.get("sort")), None),
        ),
    )


def within_words(days: int) -> str:
    """Return a span of days until the deadline in words."""
    return ngettext("Answer within %(num)s day", "Answer within %(num)s days", days)


def _countries(codes: Iterable[str]) -> frozenset[str]:
    known = dict.fromkeys(code.strip().upper() for code in codes)
    return frozenset([code for code in known if code in country_codes()][:COUNTRIES])
