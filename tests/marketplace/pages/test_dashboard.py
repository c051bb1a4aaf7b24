from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.db import Database
from marketplace.matches.models import Dismissal, DismissReason
from marketplace.offices.models import Office, OfficeKind, Officer
from marketplace.organisations.models import HeldCertificate, Organisation
from marketplace.pages import queries
from marketplace.pages.queries import Dashboard
from marketplace.policy import Actor
from matching.types import Side
from tests.marketplace.pages import rows
from tests.marketplace.visitor import Visitor, add_person, database_of, words

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def ama(firm: Organisation, role: str = "owner") -> Actor:
    return Actor(user_id=1, memberships={firm.id: role})


def seen(database: Database, actor: Actor) -> Dashboard:
    with database.reading() as session:
        return queries.dashboard(session, actor, NOW)


def titles(listings: list[queries.Own]) -> list[str]:
    return [row.card.title for row in listings]


@pytest.fixture
def firm(database: Database) -> Organisation:
    with database.transaction() as session:
        return rows.organisation(session, "Adom", NOW)


def other_firm(session: Session) -> Organisation:
    return rows.organisation(session, "Buyer", NOW, country="DE")


def test_what_waits_for_the_member_is_sorted_by_what_it_asks(database: Database, firm: Organisation) -> None:
    soon = (NOW + timedelta(days=14)).date()
    with database.transaction() as session:
        rows.listing(
            session, firm, "offer", "Sent back", NOW, state="returned", returned_because="No numbers."
        )
        rows.listing(session, firm, "offer", "Begun", NOW, state="draft")
        rows.listing(session, firm, "offer", "Read now", NOW, state="submitted")
        rows.listing(session, firm, "offer", "Open", NOW)
        rows.listing(session, firm, "offer", "Ending", NOW, valid_until=soon)
        rows.listing(session, firm, "offer", "Ending later", NOW, valid_until=soon + timedelta(days=1))
        rows.listing(session, firm, "offer", "Resting", NOW, state="paused", valid_until=soon)
        rows.listing(session, firm, "offer", "Over", NOW, state="closed")
        rows.listing(session, other_firm(session), "offer", "Not mine", NOW, state="draft")
    page = seen(database, ama(firm))
    assert titles(page.to_mend()) == ["Sent back"]
    assert page.to_mend()[0].returned_because == "No numbers."
    assert titles(page.drafts()) == ["Begun"]
    assert titles(page.in_review()) == ["Read now"]
    assert titles(page.expiring()) == ["Ending"]
    assert set(titles(page.posted())) == {"Open", "Ending", "Ending later", "Resting"}


def test_who_only_reads_is_not_asked_to_write(database: Database, firm: Organisation) -> None:
    with database.transaction() as session:
        rows.listing(session, firm, "offer", "Begun", NOW, state="draft")
        rows.listing(session, firm, "offer", "Ending", NOW, valid_until=NOW.date())
        session.add(HeldCertificate(organisation_id=firm.id, scheme="ISO 9001", expires_on=NOW.date()))
        offer = rows.listing(session, firm, "offer", "Turning", NOW)
        rows.match(
            session, rows.listing(session, other_firm(session), "request", "Shafts", NOW), offer, 80, NOW
        )
    page = seen(database, ama(firm, "viewer"))
    assert (page.drafts(), page.expiring(), page.certificates, page.chances) == ([], [], [], [])
    assert page.homes[0].may_edit is False
    assert titles(page.fresh()) == ["Turning"]


@pytest.mark.parametrize(("days", "told"), [(-1, "over"), (0, "ending"), (60, "ending")])
def test_certificates_that_end_are_named(
    database: Database, firm: Organisation, days: int, told: str
) -> None:
    with database.transaction() as session:
        for scheme, after in [("ISO 9001", days), ("ISO 14001", 61)]:
            ends = (NOW + timedelta(days=after)).date()
            session.add(HeldCertificate(organisation_id=firm.id, scheme=scheme, expires_on=ends))
        session.add(HeldCertificate(organisation_id=firm.id, scheme="No end"))
    [row] = seen(database, ama(firm)).certificates
    assert (row.scheme, "over" if row.over else "ending") == ("ISO 9001", told)


def test_the_best_three_matches_stand_under_each_listing(database: Database, firm: Organisation) -> None:
    with database.transaction() as session:
        buyer = other_firm(session)
        offer = rows.listing(session, firm, "offer", "Turning", NOW)
        for number, total in enumerate([61, 93, 72, 84]):
            request = rows.listing(session, buyer, "request", f"Need {total}", NOW)
            rows.match(session, request, offer, total, NOW - timedelta(days=3 * number))
        wish = rows.listing(session, firm, "request", "Bushes", NOW)
        rows.match(session, wish, rows.listing(session, buyer, "offer", "Casting", NOW), 70, NOW)
    page = seen(database, ama(firm))
    assert titles(page.fresh()) == ["Turning", "Bushes"]
    turning, bushes = page.posted()
    assert (turning.matched.total, turning.matched.new) == (4, 3)
    assert [best.card.title for best in turning.matched.best] == ["Need 93", "Need 84", "Need 72"]
    assert turning.matched.best[0].explained.total == 93
    assert turning.matched.best[0].explained.reasons == ("Meets “turned shafts”",)
    assert [best.card.title for best in bushes.matched.best] == ["Casting"]


def test_matches_that_are_over_or_waved_away_do_not_count(database: Database, firm: Organisation) -> None:
    with database.transaction() as session:
        buyer = other_firm(session)
        offer = rows.listing(session, firm, "offer", "Turning", NOW)
        closed = rows.listing(session, buyer, "request", "Closed", NOW, state="closed")
        past = (NOW - timedelta(days=1)).date()
        ended = rows.listing(session, buyer, "request", "Ended", NOW, valid_until=past)
        staff = rows.listing(session, buyer, "request", "For offices", NOW, dissemination="offices")
        mine, theirs = (rows.listing(session, buyer, "request", f"Waved {side}", NOW) for side in Side)
        for request in (closed, ended, staff, mine, theirs):
            found = rows.match(session, request, offer, 80, NOW)
            side = {mine: Side.OFFER, theirs: Side.REQUEST}.get(request)
            if side is not None:
                session.add(
                    Dismissal(
                        request_id=request.id,
                        offer_id=offer.id,
                        side=side,
                        reason=DismissReason.TOO_FAR,
                        at=NOW,
                        total=80,
                        explanation=found.explanation,
                    )
                )
    [turning] = seen(database, ama(firm)).posted()
    assert [best.card.title for best in turning.matched.best] == ["Waved request"]
    assert turning.matched.total == 1


def test_what_partners_ask_and_nobody_has_said_is_a_chance(database: Database, firm: Organisation) -> None:
    with database.transaction() as session:
        buyer = other_firm(session)
        offer = rows.listing(session, firm, "offer", "Turning", NOW)
        for number in range(3):
            request = rows.listing(session, buyer, "request", f"Need {number}", NOW)
            rows.match(session, request, offer, 80, NOW)
        # What one's own request asks for is for the others to say.
        wish = rows.listing(session, firm, "request", "Bushes", NOW)
        rows.match(session, wish, rows.listing(session, buyer, "offer", "Casting", NOW), 70, NOW)
    [chance] = seen(database, ama(firm)).chances
    assert (chance.listing.title, chance.title, chance.asking) == ("Turning", "Certificate", 3)


def test_a_profile_says_what_it_lacks(database: Database) -> None:
    with database.transaction() as session:
        bare = rows.organisation(session, "Bare", NOW)
        full = rows.organisation(
            session,
            "Support",
            NOW,
            type="support",
            description="We help.",
            sectors=["7020"],
            employees="1-9",
            verified_at=NOW,
        )
    homes = seen(database, Actor(user_id=1, memberships={bare.id: "owner", full.id: "viewer"})).homes
    assert [(home.name, home.verified) for home in homes] == [("Bare", False), ("Support", True)]
    assert homes[0].profile.percent < homes[1].profile.percent
    assert "Describe what you do" in homes[0].profile.chances[0].text


def test_introductions_stand_while_they_live_and_mine_to_answer_come_first(
    database: Database, firm: Organisation
) -> None:
    with database.transaction() as session:
        buyer = other_firm(session)
        for title, state in [("Wanted", "proposed"), ("No more", "withdrawn")]:
            request = rows.listing(session, buyer, "request", title, NOW)
            rows.introduction(session, firm, request, NOW, state=state)
        offer = rows.listing(session, firm, "offer", "Turning", NOW)
        rows.introduction(session, buyer, offer, NOW - timedelta(days=2), state="sent")
        unseen = rows.listing(session, firm, "offer", "Not asked yet", NOW)
        rows.introduction(session, buyer, unseen, NOW, state="vetted")
    page = seen(database, ama(firm))
    assert [(row.title, row.mine) for row in page.introductions] == [("Turning", True), ("Wanted", False)]
    assert [row.title for row in page.asked()] == ["Turning"]
    assert seen(database, ama(firm, "viewer")).asked() == []


def member_of(app: Flask, email: str = "ama@example.org") -> Organisation:
    database, now = database_of(app), clock.now()
    user_id = add_person(database, email)
    with database.transaction() as session:
        firm = rows.organisation(session, "Adom Works", now)
        rows.member(session, user_id, firm, now)
    return firm


def test_the_page_says_what_to_do_and_where(app: Flask, visitor: Visitor) -> None:
    firm, now = member_of(app), clock.now()
    with database_of(app).transaction() as session:
        secret = rows.organisation(session, "Hidden Motors", now)
        rows.listing(
            session,
            firm,
            "offer",
            "Sent <b>back</b>",
            now,
            state="returned",
            returned_because="No <i>numbers</i>.",
        )
        offer = rows.listing(session, firm, "offer", "Turning", now, reference="OFF-7")
        request = rows.listing(
            session, secret, "request", "Pump shafts", now, anonymous=True, reference="REQ-9"
        )
        rows.match(session, request, offer, 83, now)
    page = visitor.enter("ama@example.org").get("/me").text
    said = words(page)
    assert "“Sent <b>back</b>” was returned by your office" in said
    assert "No <i>numbers</i>." in said
    assert "1 new match for “Turning”" in said
    assert 'href="/me/listings/OFF-7/matches"' in page
    assert 'href="/opportunities/REQ-9"' in page
    assert "83 of 100" in said
    assert "Meets “turned shafts”" in said
    assert "1 partner asks for it" in said
    assert "Hidden Motors" not in page


def test_an_empty_dashboard_teaches(app: Flask, visitor: Visitor) -> None:
    member_of(app)
    said = words(visitor.enter("ama@example.org").get("/me").text)
    assert "Nothing waits for you." in said
    assert "Nothing of yours is open" in said
    assert "Add your certificates" in said


def test_a_newcomer_has_one_thing_to_do(app: Flask, visitor: Visitor) -> None:
    add_person(database_of(app), "nour@example.org", name="Nour Saleh")
    page = visitor.enter("nour@example.org").get("/me").text
    assert "Welcome, Nour Saleh" in words(page)
    assert page.count("btn btn-primary") == 1
    assert "Create your organisation" in words(page)


def test_staff_without_an_organisation_are_led_to_their_desk(app: Flask, visitor: Visitor) -> None:
    database, now = database_of(app), clock.now()
    add_person(database, "leila@example.org")
    with database.transaction() as session:
        office = Office(code="SPX-ACC", kind=OfficeKind.SPX, name="SPX Accra", country="GH", created_at=now)
        session.add(office)
        session.flush()
        user = session.query(User).one()
        session.add(Officer(user_id=user.id, office_id=office.id, since=now))
    answer = visitor.enter("leila@example.org").get("/me", follow_redirects=False)
    assert (answer.status_code, answer.location) == (302, "/desk")


def test_a_visitor_is_asked_to_log_in_and_comes_back(visitor: Visitor) -> None:
    answer = visitor.get("/me", follow_redirects=False)
    assert answer.status_code == 302
    assert answer.location.startswith("/login?next=")
