"""Values as people read them: names, dates and numbers in the reader's language and zone."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, Final, cast

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format
from babel.numbers import format_decimal
from flask import Flask, has_app_context
from flask_babel import get_locale, get_timezone, ngettext
from flask_babel import gettext as _
from markupsafe import Markup

from marketplace import clock
from marketplace.web.labels import LABELS, OF_ANY_KIND, THINGS
from matching.sectors import is_sector, sector_title

# Days up to which a date is told as a distance; beyond, the date itself says more.
NEAR_DAYS = 60
# English without a country: the day before the month, and 24 hours to the day.
WORLD_ENGLISH = Locale("en", "GB")
KEPT: Final = 4_096
"""Days and numbers whose words are kept: a page of the desk says some hundred of them again and again."""


def register(app: Flask) -> None:
    """Give every filter to the templates, and the reader's locale."""
    app.jinja_env.filters.update(
        country=country,
        language_name=language_name,
        sector=sector,
        in_days=in_days,
        day=day,
        last_day=last_day,
        moment=moment,
        number=number,
        label=label,
        thing=thing,
    )
    app.jinja_env.globals["reader"] = reader


def reader() -> Locale:
    """Return the locale of the reader; outside a request, English."""
    found = get_locale()
    if found is None or (found.language == "en" and found.territory is None):
        return WORLD_ENGLISH
    return found


def zone() -> tzinfo:
    """Return the time zone of the reader; outside a request, UTC."""
    return cast("tzinfo", get_timezone()) if has_app_context() else UTC


def country(code: str | None) -> str:
    """Return a country's name.

    Parameters
    ----------
    code
        ISO 3166-1 alpha-2; names come from Unicode CLDR, as Babel ships it.
    """
    return str(reader().territories.get((code or "").upper(), code or ""))


def language_name(code: str | None) -> str:
    """Return a language's name with a capital; the code itself where it has none."""
    name = str(reader().languages.get((code or "").lower(), code or ""))
    return name[:1].upper() + name[1:]


def sector(code: str | None) -> str:
    """Return the title of a sector of ISIC Rev.4; the code itself where there is none."""
    return sector_title(code) if code and is_sector(code) else code or ""


def here(value: date | datetime) -> date:
    """Return the day of a date or a moment where the reader is."""
    return value.astimezone(zone()).date() if isinstance(value, datetime) else value


def day(value: date | datetime | None) -> str:
    """Return a date in words, ``""`` for none."""
    return "" if value is None else _day(here(value), reader())


@lru_cache(maxsize=KEPT)
def _day(value: date, locale: Locale) -> str:
    return format_date(value, format="medium", locale=locale)


def last_day(limit: datetime | None) -> datetime | None:
    """Return a moment on the last day that counts before a limit, which is the midnight after it."""
    return None if limit is None else limit - timedelta(seconds=1)


def moment(value: datetime | None) -> Markup:
    """Return date and time in the reader's zone, with the machine's form beside it."""
    if value is None:
        return Markup("")
    local = value.astimezone(zone())
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(timespec="seconds"), spoken(value))


def spoken(value: datetime) -> str:
    """Return date and time in the reader's zone, in words alone."""
    local = value.astimezone(zone())
    clock_time = format_time(local, "short", tzinfo=zone(), locale=reader())
    pattern = str(get_datetime_format("medium", locale=reader()))
    return pattern.replace("{1}", day(value)).replace("{0}", clock_time)


def in_days(value: date | datetime | None) -> Markup:
    """Return how far away a day is, with the date itself for hovering and for screen readers."""
    if value is None:
        return Markup("")
    target = here(value)
    return _in_days(target, (target - here(clock.now())).days, reader())


# The locale stands for the language: the words of two languages are kept apart by it.
@lru_cache(maxsize=KEPT)
def _in_days(target: date, days: int, locale: Locale) -> Markup:
    date_words, words = _day(target, locale), distance(days)
    if not words:
        return Markup('<time datetime="{}">{}</time>').format(target.isoformat(), date_words)
    # A title is not read aloud, so that the date stands in the text as well.
    spoken = Markup('<span class="visually-hidden"> ({})</span>').format(date_words)
    return Markup('<time datetime="{}" title="{}">{}{}</time>').format(
        target.isoformat(), date_words, words, spoken
    )


def distance(days: int) -> str:
    """Return a distance in days as words; ``""`` where it is too far for that.

    Parameters
    ----------
    days
        From today; negative for the past.
    """
    if days in {-1, 0, 1}:
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[days]
    if abs(days) > NEAR_DAYS:
        return ""
    if days > 0:
        return ngettext("in %(num)s day", "in %(num)s days", days)
    return ngettext("%(num)s day ago", "%(num)s days ago", -days)


def number(value: float | None) -> str:
    """Return a number as the reader writes it; ``""`` for none."""
    return "" if value is None else _number(value, reader())


@lru_cache(maxsize=KEPT)
def _number(value: float, locale: Locale) -> str:
    return format_decimal(value, locale=locale)


def label(value: Any) -> str:
    """Return the human word of a member of an enumeration, or of its stored value.

    A value that no table knows is shown with its underscores taken out.
    """
    if value is None:
        return ""
    if isinstance(value, enum.Enum):
        known = LABELS.get(type(value).__name__, {}).get(str(value.value))
        value = value.value
    else:
        known = OF_ANY_KIND.get(str(value))
    if known is not None:
        return str(known)
    return _spelt(value)


def thing(name: str) -> str:
    """Return the human word for what an entry of the record is about, by the name of its table."""
    known = THINGS.get(name)
    return _spelt(name) if known is None else str(known)


def _spelt(value: Any) -> str:
    words = str(value).replace("_", " ")
    return words[:1].upper() + words[1:]
