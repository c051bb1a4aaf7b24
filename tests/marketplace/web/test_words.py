from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale, refresh
from flask_login import login_user

from marketplace import clock
from marketplace.accounts.models import Purpose
from marketplace.listings.models import Dissemination, State
from marketplace.matches.models import DismissReason
from marketplace.notifications.models import Channel, DeliveryState
from marketplace.offices.models import OfficeKind
from marketplace.organisations.models import EmployeeBand, MemberRole, OrganisationType, TurnoverBand
from marketplace.policy import Actor
from marketplace.web import words
from marketplace.web.labels import LABELS
from marketplace.web.login import Login
from matching.types import Kind, Operator, Outcome, Side

ENUMERATIONS: list[type[enum.StrEnum]] = [
    Channel,
    DeliveryState,
    DismissReason,
    Dissemination,
    EmployeeBand,
    Kind,
    MemberRole,
    OfficeKind,
    Operator,
    OrganisationType,
    Outcome,
    Purpose,
    Side,
    State,
    TurnoverBand,
]


@pytest.fixture(autouse=True)
def request_of_a_visitor(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def shown(app: Flask, template: str, **values: object) -> str:
    return app.jinja_env.from_string(template).render(**values)


@pytest.mark.parametrize("kind", ENUMERATIONS, ids=lambda kind: kind.__name__)
def test_every_stored_value_has_a_human_word(kind: type[enum.StrEnum]) -> None:
    assert set(LABELS[kind.__name__]) == {member.value for member in kind}


def test_a_label_is_found_with_and_without_its_enumeration() -> None:
    assert words.label(Side.OFFER) == words.label("offer") == "Offer"
    assert words.label(State.SUBMITTED) == "Being reviewed"
    assert words.label(EmployeeBand.MICRO) == "1 to 9 people"
    assert words.label("joint_venture") == "Joint venture"
    assert words.label(None) == ""


def test_a_word_that_two_enumerations_share_is_told_apart_by_the_member() -> None:
    assert words.label(DismissReason.OTHER) == "Another reason"
    assert words.label(Outcome.UNKNOWN) == "Not known"


def test_countries_and_languages_have_names() -> None:
    assert words.country("gh") == "Ghana"
    assert words.country("ZZZ") == "ZZZ"
    assert words.country(None) == ""
    assert words.language_name("ar") == "Arabic"
    assert words.language_name("xx") == "Xx"


def test_names_follow_the_reader_s_language() -> None:
    with force_locale("fr"):
        assert words.country("DE") == "Allemagne"
        assert words.language_name("de") == "Allemand"
        assert words.number(1234567.5) == "1\u202f234\u202f567,5"
        assert words.day(date(2026, 3, 1)) == "1 mars 2026"


def test_sectors_have_titles() -> None:
    assert words.sector("2592") == "Treatment and coating of metals; machining"
    assert words.sector("0000") == "0000"
    assert words.sector(None) == ""


def test_english_puts_the_day_before_the_month() -> None:
    assert words.day(date(2026, 11, 22)) == "22 Nov 2026"
    assert words.day(None) == ""


def test_numbers_are_grouped() -> None:
    assert words.number(47960) == "47,960"
    assert words.number(None) == ""


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (-61, ""),
        (-60, "60 days ago"),
        (-2, "2 days ago"),
        (-1, "yesterday"),
        (0, "today"),
        (1, "tomorrow"),
        (2, "in 2 days"),
        (60, "in 60 days"),
        (61, ""),
    ],
)
def test_near_days_are_told_as_a_distance(days: int, told: str) -> None:
    assert words.distance(days) == told


def test_a_distance_carries_its_date_for_the_pointer_and_for_the_ear(app: Flask) -> None:
    day = clock.today() + timedelta(days=12)
    page = shown(app, "{{ day|in_days }}", day=day)
    assert page == (
        f'<time datetime="{day.isoformat()}" title="{words.day(day)}">in 12 days'
        f'<span class="visually-hidden"> ({words.day(day)})</span></time>'
    )


def test_a_far_day_is_told_once(app: Flask) -> None:
    day = clock.today() + timedelta(days=400)
    assert shown(app, "{{ day|in_days }}", day=day) == (
        f'<time datetime="{day.isoformat()}">{words.day(day)}</time>'
    )
    assert shown(app, "{{ none|in_days }}{{ none|moment }}", none=None) == ""


def test_moments_are_told_in_the_reader_s_zone(app: Flask) -> None:
    late = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    assert shown(app, "{{ late|moment }}", late=late) == (
        '<time datetime="2026-11-22T20:30:00+00:00">22 Nov 2026, 20:30</time>'
    )
    login_user(Login(Actor(user_id=1, time_zone="Asia/Tokyo"), "key"))
    refresh()
    assert words.day(late) == "23 Nov 2026"
    assert "05:30" in words.moment(late)
