"""Reading a listing: one check for forms, files and the API, that reports everything wrong at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from flask_babel import gettext as _

from marketplace.errors import Invalid
from marketplace.listings.kinds import read_details, reading
from marketplace.listings.kinds.words import PARTNERSHIP_TYPES, SDGS
from marketplace.listings.models import (
    CAPABILITIES,
    CAPABILITY_LENGTH,
    SECTORS,
    SUMMARY_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Dissemination,
)
from marketplace.listings.services.codes import read_country, read_language
from marketplace.listings.services.requirements import RequirementValues, read_requirements
from matching.requirements import convert
from matching.sectors import is_sector
from matching.types import Kind, Side

VALID_DAYS: Final = 365
LONGEST_VALID_DAYS: Final = 3 * 365
COUNTRIES: Final = 60
CERTIFICATES: Final = 20
TYPES: Final = 3
LEAD_TIME_DAYS: Final = 3650
QUANTITY: Final = 1e12
# Units in which a year's quantity may be given besides those the engine converts.
OTHER_UNITS: Final = ("m", "km", "m²", "m³", "L", "hL", "kWh", "MWh", "h", "pairs", "sets")


@dataclass(frozen=True, slots=True)
class ListingValues:
    """Everything a person may say of a listing, checked; see ``models.Listing``."""

    side: Side
    kind: Kind
    title: str
    country: str
    valid_until: date
    summary: str = ""
    description: str = ""
    partner_sought: str = ""
    language: str = "en"
    capabilities: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    target_countries: tuple[str, ...] = ()
    excluded_countries: tuple[str, ...] = ()
    held_certificates: tuple[str, ...] = ()
    partnership_types: tuple[str, ...] = ()
    sdgs: tuple[int, ...] = ()
    quantity_per_year: float | None = None
    quantity_unit: str = ""
    lead_time_days: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    requirements: tuple[RequirementValues, ...] = ()
    anonymous: bool = False
    dissemination: Dissemination = Dissemination.PUBLIC
    open_for_interest: bool = True
    response_deadline: date | None = None


def read_listing(raw: Mapping[str, Any], today: date) -> tuple[ListingValues | None, list[Invalid]]:
    """Check everything a person, a file or a program says of a listing.

    Parameters
    ----------
    raw
        By name as in :class:`ListingValues`; values as typed, or already of the right type.
        ``details`` by the names in ``kinds/table.py``, ``requirements`` as rows; see there.
    today
        Dates before it are refused.

    Returns
    -------
    tuple
        The values (``None`` only where the side or the kind is missing) and every problem;
        those of ``details`` under ``details-<name>``.  With problems, what was wrong is empty.
    """
    reader = _Reader(raw, today)
    return reader.values(), reader.problems


class _Reader:
    def __init__(self, raw: Mapping[str, Any], today: date) -> None:
        self.raw = raw
        self.today = today
        self.problems: list[Invalid] = []

    def values(self) -> ListingValues | None:
        side = self.one("side", lambda name, word: _member(Side, name, word), None, needed=True)
        kind = self.one("kind", lambda name, word: _member(Kind, name, word), None, needed=True)
        if side is None or kind is None:
            return None
        quantity, unit = self.one("quantity_per_year", self.quantity, (None, ""))
        valid_until, response_deadline = self.days()
        return ListingValues(
            side=side,
            kind=kind,
            title=self.text("title", TITLE_LENGTH, lines=False),
            country=self.one("country", read_country, ""),
            valid_until=valid_until,
            summary=self.text("summary", SUMMARY_LENGTH),
            description=self.text("description", TEXT_LENGTH),
            partner_sought=self.text("partner_sought", TEXT_LENGTH),
            language=self.one("language", read_language, "en"),
            capabilities=self.terms("capabilities", CAPABILITIES, CAPABILITY_LENGTH),
            sectors=self.terms("sectors", SECTORS, reading.TERM_LENGTH, _read_sector),
            target_countries=self.terms("target_countries", COUNTRIES, reading.TERM_LENGTH, read_country),
            excluded_countries=self.terms("excluded_countries", COUNTRIES, reading.TERM_LENGTH, read_country),
            held_certificates=self.terms("held_certificates", CERTIFICATES, reading.TERM_LENGTH),
            partnership_types=self.terms("partnership_types", TYPES, reading.TERM_LENGTH, _read_type),
            sdgs=self.terms("sdgs", len(SDGS), reading.TERM_LENGTH, _read_sdg),
            quantity_per_year=quantity,
            quantity_unit=unit,
            lead_time_days=self.one("lead_time_days", _read_lead_time, None),
            details=self.details(kind, side),
            requirements=self.requirements(),
            anonymous=self.one("anonymous", reading.read_yes_no, False),  # noqa: FBT003 - what an empty field means
            dissemination=self.one(
                "dissemination", lambda name, word: _member(Dissemination, name, word), Dissemination.PUBLIC
            ),
            open_for_interest=self.one("open_for_interest", reading.read_yes_no, True),  # noqa: FBT003 - likewise
            response_deadline=response_deadline,
        )

    def one(self, name: str, read: Callable[[str, Any], Any], empty: Any, *, needed: bool = False) -> Any:
        """Read one value; what is wrong is noted, and ``empty`` stands in for it."""
        raw = self.raw.get(name)
        if raw is None or (isinstance(raw, str) and not raw.strip()):
            if needed:
                self.problems.append(Invalid(name, _("Choose one."), "missing"))
            return empty
        try:
            return read(name, raw)
        except Invalid as problem:
            self.problems.append(problem)
            return empty

    def text(self, name: str, longest: int, *, lines: bool = True) -> str:
        return str(self.one(name, lambda field, raw: reading.read_text(field, raw, longest, lines=lines), ""))

    def terms(
        self, name: str, most: int, longest: int, read: Callable[[str, Any], Any] | None = None
    ) -> tuple[Any, ...]:
        words = self.one(name, lambda field, raw: reading.read_terms(field, raw, most, longest), [])
        if read is None:
            return tuple(words)
        try:
            return tuple(dict.fromkeys(read(name, word) for word in words))
        except Invalid as problem:
            self.problems.append(problem)
            return ()

    def details(self, kind: Kind, side: Side) -> dict[str, Any]:
        kept, problems = read_details(kind, side, self.raw.get("details") or {}, self.today)
        self.problems += [
            Invalid(f"details-{problem.field}", problem.message, problem.code) for problem in problems
        ]
        return kept

    def requirements(self) -> tuple[RequirementValues, ...]:
        kept, problems = read_requirements(self.raw.get("requirements") or ())
        self.problems += problems
        return kept

    def quantity(self, name: str, raw: Any) -> tuple[float, str]:
        """Return the amount a year and its unit, without the year."""
        number, typed = reading.read_number(name, raw)
        unit = typed or reading.read_text(
            "quantity_unit", self.raw.get("quantity_unit") or "", 40, lines=False
        )
        if number < 0 or number > QUANTITY:
            raise Invalid(name, _("Write a number from 0 to 1 000 000 000 000."), "out_of_range")
        for criterion, canonical in (("quantity_per_year", "pieces"), ("tonnes_per_year", "t")):
            try:
                return convert(number, unit, criterion), canonical
            except ValueError:
                continue
        plain = unit.casefold().removesuffix("/year").removesuffix(" per year").strip()
        for other in OTHER_UNITS:
            if plain == other.casefold():
                return number, other
        raise Invalid(
            "quantity_unit",
            _(
                "“%(unit)s” is not a unit we know. Use pieces, kg, t, %(others)s, or pieces/month.",
                unit=unit[:20],
                others=", ".join(OTHER_UNITS),
            ),
            "unknown_unit",
        )

    def days(self) -> tuple[date, date | None]:
        """Return the last day and the day by which answers are asked for."""
        valid_until = self.one("valid_until", self.coming, self.today + timedelta(days=VALID_DAYS))
        deadline = self.one("response_deadline", self.coming, None)
        if valid_until > self.today + timedelta(days=LONGEST_VALID_DAYS):
            self.problems.append(
                Invalid(
                    "valid_until",
                    _("At most three years from today are possible; it can be renewed with one click."),
                    "too_late",
                )
            )
        if deadline is not None and deadline > valid_until:
            self.problems.append(
                Invalid(
                    "response_deadline",
                    _("This is after the last day of the listing. Choose an earlier day, or a later end."),
                    "after_end",
                )
            )
        return valid_until, deadline

    def coming(self, name: str, raw: Any) -> date:
        day = reading.read_date(name, raw)
        if day < self.today:
            raise Invalid(name, _("This day has passed. Choose a later one."), "past")
        return day


def _member(kind: Any, name: str, raw: Any) -> Any:
    word = str(raw).strip().casefold()
    if word not in set(kind):
        raise Invalid(
            name,
            _("“%(word)s” is not one of: %(choices)s.", word=word[:40], choices=", ".join(kind)),
            "unknown_choice",
        )
    return kind(word)


def _read_sector(name: str, raw: Any) -> str:
    code = str(raw).split("·")[0].strip().upper()
    if not is_sector(code):
        raise Invalid(
            name,
            _(
                "“%(code)s” is not a class of ISIC Rev.4. Write its four digits, such as 2592.",
                code=code[:20],
            ),
            "unknown_sector",
        )
    return code


def _read_type(name: str, raw: Any) -> str:
    word = str(raw).strip().casefold()
    for key, label in PARTNERSHIP_TYPES.items():
        if word in {key, key.replace("_", " "), str(label).casefold()}:
            return key
    raise Invalid(
        name,
        _("“%(word)s” is not a type of partnership. Choose one of those shown.", word=word[:40]),
        "unknown_choice",
    )


def _read_sdg(name: str, raw: Any) -> int:
    word = str(raw).strip().casefold().removeprefix("sdg").strip()
    if not word.isascii() or not word.isdigit() or int(word) not in SDGS:
        raise Invalid(name, _("The goals are numbered from 1 to 17."), "unknown_choice")
    return int(word)


def _read_lead_time(name: str, raw: Any) -> int:
    number, unit = reading.read_number(name, raw)
    try:
        days = convert(number, unit, "lead_time_days")
    except ValueError:
        raise Invalid(
            name,
            _("“%(unit)s” is not a unit for this. Use days, weeks or months.", unit=unit[:20]),
            "unknown_unit",
        ) from None
    if not 0 <= days <= LEAD_TIME_DAYS:
        raise Invalid(name, _("This must lie between 0 and 3650 days."), "out_of_range")
    return round(days)


def missing_for_review(values: ListingValues) -> list[Invalid]:
    """Return what a listing must still say before it can be sent to the office."""
    problems = []
    if not values.title:
        problems.append(
            Invalid("title", _("Give it a title: what is needed or offered, in a few words."), "missing")
        )
    if not values.country:
        problems.append(
            Invalid(
                "country", _("Choose the country where the work, the plant or the project is."), "missing"
            )
        )
    if not values.capabilities:
        problems.append(
            Invalid(
                "capabilities",
                _("Name at least one capability, such as “CNC turning” or “spray drying”."),
                "missing",
            )
        )
    if (
        values.side is Side.REQUEST
        and values.kind is Kind.SUBCONTRACTING
        and values.response_deadline is None
    ):
        problems.append(
            Invalid(
                "response_deadline",
                _("Say by when suppliers should answer, so that they know whether it is worth it."),
                "missing",
            )
        )
    return problems
