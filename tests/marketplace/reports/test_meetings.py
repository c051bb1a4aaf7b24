"""Which meetings are counted: those arranged here, and those that the sides only tell of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.db import Database
from marketplace.introductions.models import Introduction, Meeting, MeetingState
from marketplace.introductions.states import By, IntroductionState, Origin
from marketplace.policy import OPERATOR
from marketplace.reports.queries.count import by_quarter, selected
from marketplace.reports.queries.figures import FIGURES
from marketplace.reports.queries.listed import listed
from marketplace.reports.queries.scope import Quarter, Scope
from tests.marketplace.matches.market import Market

QUARTER = Quarter(2026, 2)
MAY = datetime(2026, 5, 5, 9, tzinfo=UTC)
FIGURE = FIGURES["meetings"]


def introduce(database: Database) -> int:
    market = Market(database, MAY - timedelta(days=90))
    buyer, maker = market.organisation("GH"), market.organisation("KE")
    request, offer = market.listing("request", buyer), market.listing("offer", maker)
    at = MAY - timedelta(days=40)
    with database.transaction() as session:
        row = Introduction(
            reference=f"INT-{request}",
            state=IntroductionState.NEGOTIATING,
            origin=Origin.INTEREST,
            proposer_organisation_id=buyer,
            proposer_listing_id=request,
            other_organisation_id=maker,
            other_listing_id=offer,
            proposed_at=at,
            vetted_at=at,
            sent_at=at,
            proposer_accepted_at=at,
            other_accepted_at=at,
            revealed_at=at,
            changed_at=at,
        )
        session.add(row)
        session.flush()
        return row.id


def arrange(session: Session, introduction: int, number: int, state: MeetingState, noted: datetime) -> None:
    session.add(
        Meeting(
            introduction_id=introduction,
            number=number,
            series=number,
            state=state,
            minutes=60,
            place="Online",
            proposed_by=By.PROPOSER,
            proposed_at=noted - timedelta(days=9),
            starts_at=noted - timedelta(hours=2),
            accepted_by=By.OTHER,
            accepted_at=noted - timedelta(days=8),
            noted_at=noted,
        )
    )


def tell(session: Session, introduction: int, at: datetime) -> None:
    audit.note(session, None, "introduction:hold_meeting", "introduction", introduction, at)


def counted(database: Database, quarter: Quarter = QUARTER) -> tuple[float | None, list[datetime]]:
    """Return the number, and the moments in the list behind it."""
    with database.reading() as session:
        number = by_quarter(session, [FIGURE], Scope(), [quarter])[FIGURE.name, quarter].value
        rows = selected(FIGURE, Scope(), quarter, quarter)
        return number, [row.at for row in listed(session, OPERATOR, FIGURE.thing, rows)]


def test_a_meeting_that_was_held_counts_though_the_two_negotiated_already(database: Database) -> None:
    key = introduce(database)
    with database.transaction() as session:
        arrange(session, key, 1, MeetingState.HELD, MAY)
    assert counted(database) == (1, [MAY])


def test_one_that_was_not_held_does_not(database: Database) -> None:
    key = introduce(database)
    with database.transaction() as session:
        arrange(session, key, 1, MeetingState.NOT_HELD, MAY)
    assert counted(database) == (0, [])


def test_one_that_is_only_told_of_counts(database: Database) -> None:
    key = introduce(database)
    with database.transaction() as session:
        tell(session, key, MAY)
    assert counted(database) == (1, [MAY])


def test_an_introduction_counts_once_in_the_quarter_of_the_first(database: Database) -> None:
    key = introduce(database)
    with database.transaction() as session:
        arrange(session, key, 1, MeetingState.HELD, MAY)
        tell(session, key, MAY)
        arrange(session, key, 2, MeetingState.HELD, MAY + timedelta(days=80))
    assert counted(database) == (1, [MAY])
    assert counted(database, QUARTER.shifted(1)) == (0, [])
