"""Working days of an office: pure arithmetic on days, with the weekend and the holidays it has set.

A limit of *n* working days ends with the *n*-th working day after the day it began on: whoever is
asked late on a Friday has whole days, and nobody's time ends at night in the middle of one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from typing import Final
from zoneinfo import ZoneInfo

DAYS_OF_A_WEEK: Final = 7
SATURDAY_AND_SUNDAY: Final = frozenset({6, 7})
# Reminders are there when people begin to work.
MORNING: Final = time(8)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When an office works.

    Parameters
    ----------
    time_zone
        Of the IANA database, such as ``Africa/Accra``.
    weekend
        ISO days of the week, 1 (Monday) to 7; at least one day is left to work on.
    holidays
        Further days without work.
    """

    time_zone: str = "UTC"
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY
    holidays: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if len(self.weekend & frozenset(range(1, DAYS_OF_A_WEEK + 1))) >= DAYS_OF_A_WEEK:
            raise ValueError("a week without a working day")

    def works_on(self, day: date) -> bool:
        """Whether this is a working day."""
        return day.isoweekday() not in self.weekend and day not in self.holidays

    def local_day(self, moment: datetime) -> date:
        """Return which day a moment falls on where the office is."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def at(self, day: date, hour: time) -> datetime:
        """Return the moment of a day's hour where the office is."""
        return datetime.combine(day, hour, ZoneInfo(self.time_zone))


@dataclass(frozen=True, slots=True)
class Limits:
    """When silence is reminded of, and when it ends a matter; all aware.

    Parameters
    ----------
    half_at
        The morning of the working day at half-time; ``None`` where it would be no earlier than
        the last reminder.
    last_at
        The morning of the working day before the last; ``None`` where the time is too short for it.
    due_at
        The midnight at the end of the last working day.
    """

    half_at: datetime | None
    last_at: datetime | None
    due_at: datetime


def working_days_after(calendar: Calendar, day: date) -> Iterator[date]:
    """Give the working days after a day, one by one, without end."""
    return (after for step in count(1) if calendar.works_on(after := day + timedelta(days=step)))


def working_day_after(calendar: Calendar, day: date, number: int) -> date:
    """Return the so-manieth working day after a day.

    Parameters
    ----------
    number
        1 or more.
    """
    return next(islice(working_days_after(calendar, day), number - 1, None))


def working_days_between(calendar: Calendar, first: date, last: date) -> int:
    """Count the working days after the first day, up to and including the last."""
    days = (first + timedelta(days=step) for step in range(1, (last - first).days + 1))
    return sum(calendar.works_on(day) for day in days)


def limits(calendar: Calendar, start: datetime, days: int) -> Limits:
    """Return when a limit that begins at a moment is reminded of, and when it ends.

    Parameters
    ----------
    start
        Aware.
    days
        Working days, 1 or more.
    """
    begun = calendar.local_day(start)
    ahead = list(islice(working_days_after(calendar, begun), days))
    half, last = (days + 1) // 2, days - 1
    return Limits(
        half_at=calendar.at(ahead[half - 1], MORNING) if half < last else None,
        last_at=calendar.at(ahead[last - 1], MORNING) if last else None,
        due_at=calendar.at(ahead[-1] + timedelta(days=1), time(0)),
    )
