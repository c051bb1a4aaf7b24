from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import Link, Purpose, User
from marketplace.accounts.queries import link_token, normal_email
from marketplace.accounts.services import register
from marketplace.db import Database
from marketplace.outbox import Event
from tests.marketplace.visitor import (
    PASSWORD,
    Visitor,
    add_person,
    database_of,
    password_hash,
    path_of_last_link,
    words,
)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PERSON = {"name": "Efua Example", "email": "Efua@Example.org", "password": PASSWORD}


def events(database: Database) -> list[tuple[str, dict[str, int]]]:
    with database.reading() as session:
        return [(event.kind, event.ids) for event in session.scalars(sa.select(Event).order_by(Event.id))]


def people(database: Database) -> Sequence[User]:
    with database.reading() as session:
        return list(session.scalars(sa.select(User)))


def test_a_person_registers_confirms_the_address_and_logs_in(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    answer = visitor.post("/register", PERSON)
    assert "We have written to efua@example.org" in words(answer.text)
    assert [kind for kind, _ids in events(database)] == ["UserRegistered", "VerificationAsked"]

    refused = visitor.log_in("efua@example.org")
    assert refused.status_code == 403
    assert "is not confirmed yet" in words(refused.text)

    path = path_of_last_link(app, Purpose.VERIFY)
    assert "Yes, this is my address" in words(visitor.get(path).text)
    assert people(database)[0].verified_at is None, "looking at the page must not confirm anything"
    assert "Your address is confirmed" in words(visitor.post(path).text)

    entered = visitor.log_in(" EFUA@example.ORG ")
    assert entered.status_code == 303
    assert "Efua Example" in visitor.get("/me/account").text
    again = visitor.post(path)
    assert again.status_code == 410
    assert "cannot be used any more" in words(again.text)


def test_the_answer_is_the_same_for_an_address_that_is_taken(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    taken = add_person(database, "efua@example.org")
    known = visitor.post("/register", PERSON, follow_redirects=False)
    unknown = visitor.post("/register", {**PERSON, "email": "kojo@example.org"}, follow_redirects=False)
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert events(database)[0] == ("AddressTaken", {"user": taken})
    assert len(people(database)) == 2


def test_a_double_click_registers_once_and_sends_one_mail(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    for _click in range(2):
        visitor.post("/register", PERSON)
    assert len(people(database)) == 1
    assert [kind for kind, _ids in events(database)] == ["UserRegistered", "VerificationAsked"]


def test_two_processes_register_one_address_once(database: Database) -> None:
    start = Barrier(2)

    def run() -> None:
        start.wait()
        with database.transaction() as session:
            register.register(
                session,
                email="efua@example.org",
                name="Efua",
                password_hash=password_hash(),
                language="en",
                now=NOW,
            )

    both = [Thread(target=run) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(people(database)) == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Write your name"),
        ("name", "a" * 121, "1 character too long"),
        ("name", "Efua\x00", "control character (U+0000)"),
        ("name", "Efua \u202egro", "control character (U+202E)"),
        ("email", "", "Write the e-mail address"),
        ("email", "efua@", "not an e-mail address"),
        ("email", "e" * 250 + "@example.org", "too long"),
        ("email", "efua@example.org\nBcc: x@example.org", "on one line"),
        ("password", "short", "at least 10 characters"),
        ("password", "aaaaaaaaaaaa", "too easy to guess"),
        ("password", "Efua@Example.org", "too easy to guess"),
        ("password", "x1" * 101, "at most 200"),
    ],
)
def test_a_wrong_field_says_so_and_the_others_are_kept(
    visitor: Visitor, field: str, value: str, message: str
) -> None:
    answer = visitor.post("/register", {**PERSON, field: value})
    assert answer.status_code == 422
    assert message.casefold() in words(answer.text).casefold()
    kept = "efua@example.org" if field == "name" else "Efua Example"
    assert kept.casefold() in answer.text.casefold()
    assert PASSWORD not in answer.text


@pytest.mark.parametrize(
    "token", ["x", "1.x", "%00", "é", link_token("another key of another house", 1, Purpose.VERIFY)]
)
def test_a_forged_link_is_no_link(visitor: Visitor, token: str) -> None:
    assert visitor.get(f"/verify/{token}").status_code == 410
    assert visitor.post(f"/verify/{token}").status_code == 410


def test_a_link_for_one_purpose_is_none_for_the_other(app: Flask, visitor: Visitor) -> None:
    visitor.post("/register", PERSON)
    path = path_of_last_link(app, Purpose.VERIFY)
    token = path.rsplit("/", 1)[1]
    assert visitor.get(f"/reset/{token}").status_code == 410


def test_a_link_ends_after_three_days(database: Database) -> None:
    with database.transaction() as session:
        register.register(
            session, email="e@example.org", name="E", password_hash=password_hash(), language="en", now=NOW
        )
    for days, works in ((3, False), (2.9, True)):
        with database.transaction() as session:
            assert register.verify_address(session, link_id=1, now=NOW + timedelta(days=days)) is works


def test_another_mail_is_sent_only_while_an_address_waits(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    visitor.post("/register", PERSON)
    add_person(database, "done@example.org")
    for address in ("efua@example.org", "done@example.org", "nobody@example.org"):
        answer = visitor.post("/verify", {"email": address})
        assert "another mail is on its way" in words(answer.text)
    assert [kind for kind, _ids in events(database)].count("VerificationAsked") == 2


def test_two_uses_of_one_link_at_once_succeed_once(database: Database) -> None:
    with database.transaction() as session:
        register.register(
            session, email="e@example.org", name="E", password_hash=password_hash(), language="en", now=NOW
        )
    start, results = Barrier(4), []

    def run() -> None:
        start.wait()
        with database.transaction() as session:
            results.append(register.verify_address(session, link_id=1, now=clock.now().replace(year=2026)))

    with database.transaction() as session:
        session.execute(sa.update(Link).values(expires_at=clock.now() + timedelta(days=400)))
    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Efua@Example.ORG ", "efua@example.org"),
        ("efua@exämple.org", "efua@xn--exmple-cua.org"),
        ("efua@EXAMPLE。org", "efua@example.org"),
        ("éfua@example.org", ""),
        ("efua", ""),
        ("", ""),
    ],
)
def test_addresses_have_one_spelling(typed: str, stored: str) -> None:
    assert normal_email(typed) == stored
