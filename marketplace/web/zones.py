"""Moments as the clocks of a given time zone show them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time, get_timezone_location

from marketplace.web.words import reader

UTC_NAME = "UTC"


def zone_city(zone: ZoneInfo) -> str:
    """Return the city that a time zone is named after, in the reader's language."""
    return UTC_NAME if zone.key == UTC_NAME else str(get_timezone_location(zone, reader(), return_city=True))


def told_in(value: datetime, zone: ZoneInfo) -> str:
    """Return weekday, date and time in a zone, and which zone it is."""
    local = value.astimezone(zone)
    date_words = format_skeleton("yMMMEd", local, tzinfo=zone, locale=reader())
    time_words = format_time(local, "short", tzinfo=zone, locale=reader())
    return f"{date_words}, {time_words} ({zone_city(zone)})"


def told_in_each(value: datetime, zones: list[ZoneInfo]) -> list[str]:
    """Return a moment in each of several zones; those whose clocks agree are told once."""
    seen: dict[str, str] = {}
    for zone in zones:
        seen.setdefault(value.astimezone(zone).strftime("%Y-%m-%d %H:%M"), told_in(value, zone))
    return list(seen.values())
