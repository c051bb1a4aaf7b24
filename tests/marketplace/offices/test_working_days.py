from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.offices.working_days import (
    Calendar,
    limits,
    working_day_after,
    working_days_after,
    working_days_between,
)

ZONES = ("UTC", "Africa/Accra", "Europe/Berlin", "Asia/Shanghai", "America/Sao_Paulo", "Asia/Kathmandu")
FRIDAY = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
CALENDARS = st.builds(
    Calendar,
    time_zone=st.sampled_from(ZONES),
    weekend=st.frozensets(st.integers(1, 7), max_size=6),
    holidays=st.frozensets(DAYS, max_size=12),
)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def test_five_days_from_a_friday_end_with_the_next_friday() -> None:
    found = limits(Calendar(), FRIDAY, 5)
    assert found.due_at == datetime(2026, 12, 5, tzinfo=UTC)
    assert found.half_at == datetime(2026, 12, 2, 8, tzinfo=UTC)
    assert found.last_at == datetime(2026, 12, 3, 8, tzinfo=UTC)


def test_holidays_and_another_weekend_put_it_off() -> None:
    cairo = Calendar("Africa/Cairo", frozenset({5, 6}), frozenset({date(2026, 11, 30)}))
    assert working_day_after(cairo, date(2026, 11, 26), 1) == date(2026, 11, 29)
    assert working_day_after(cairo, date(2026, 11, 26), 2) == date(2026, 12, 1)


def test_the_day_is_the_one_where_the_office_is() -> None:
    late = datetime(2026, 11, 25, 22, tzinfo=UTC)
    assert Calendar("Asia/Shanghai").local_day(late) == date(2026, 11, 26)
    due = limits(Calendar("Asia/Shanghai"), late, 1).due_at
    assert due.astimezone(ZoneInfo("Asia/Shanghai")).time() == time(0)


@pytest.mark.parametrize(
    ("days", "there"),
    [(1, set()), (2, {"last"}), (3, {"last"}), (4, {"half", "last"})],
)
def test_a_short_time_has_fewer_reminders(days: int, there: set[str]) -> None:
    found = limits(Calendar(), FRIDAY, days)
    reminders = {"half": found.half_at, "last": found.last_at}
    assert {name for name, moment in reminders.items() if moment is not None} == there


def test_a_week_without_a_working_day_is_refused() -> None:
    with pytest.raises(ValueError, match="without a working day"):
        Calendar(weekend=frozenset(range(1, 8)))


@given(calendar=CALENDARS, day=DAYS, number=st.integers(1, 40))
def test_the_days_are_counted_back_the_same(calendar: Calendar, day: date, number: int) -> None:
    found = working_day_after(calendar, day, number)
    assert found > day
    assert calendar.works_on(found)
    assert working_days_between(calendar, day, found) == number
    assert working_days_between(calendar, day, found - timedelta(days=1)) == number - 1


@given(calendar=CALENDARS, day=DAYS)
def test_no_working_day_is_left_out_or_named_twice(calendar: Calendar, day: date) -> None:
    found = list(islice(working_days_after(calendar, day), 10))
    assert found == sorted(set(found))
    every = (day + timedelta(days=step) for step in range(1, (found[-1] - day).days + 1))
    assert [one for one in every if calendar.works_on(one)] == found


@given(calendar=CALENDARS, start=MOMENTS, days=st.integers(1, 30))
def test_reminders_come_in_order_between_the_beginning_and_the_end(
    calendar: Calendar, start: datetime, days: int
) -> None:
    found = limits(calendar, start, days)
    order = [start, found.half_at, found.last_at, found.due_at]
    there = [moment for moment in order if moment is not None]
    assert there == sorted(there)
    assert len({moment.astimezone(UTC) for moment in there}) == len(there)
    assert (found.due_at - start) > timedelta(days=days - 1)


@given(calendar=CALENDARS, start=MOMENTS, days=st.integers(1, 29))
def test_a_day_more_never_ends_earlier(calendar: Calendar, start: datetime, days: int) -> None:
    assert limits(calendar, start, days).due_at < limits(calendar, start, days + 1).due_at


@given(start=MOMENTS, days=st.integers(1, 20), holiday=DAYS)
def test_a_holiday_more_never_ends_earlier(start: datetime, days: int, holiday: date) -> None:
    with_it = Calendar(holidays=frozenset({holiday}))
    assert limits(with_it, start, days).due_at >= limits(Calendar(), start, days).due_at
