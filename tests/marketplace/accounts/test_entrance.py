from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import Link, Purpose, User
from marketplace.accounts.services import entrance, passwords
from marketplace.accounts.views.entrance import local_target
from marketplace.outbox import Event
from tests.marketplace.visitor import (
    PASSWORD,
    Visitor,
    add_person,
    database_of,
    hidden,
    path_of_last_link,
    words,
)
from tests.services import free_port


def test_a_wrong_password_and_an_unknown_address_get_one_answer(app: Flask, visitor: Visitor) -> None:
    add_person(database_of(app), "efua@example.org")
    wrong = visitor.log_in("efua@example.org", "not the password")
    unknown = visitor.log_in("nobody@example.org", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    assert "or the password is not right" in words(wrong.text)
    assert words(wrong.text).replace("efua", "nobody") == words(unknown.text)
    assert 'value="efua@example.org"' in wrong.text


def test_only_the_right_password_tells_that_an_address_waits(app: Flask, visitor: Visitor) -> None:
    add_person(database_of(app), "efua@example.org", verified=False)
    assert "not confirmed yet" not in words(visitor.log_in("efua@example.org", "not the password").text)
    assert "not confirmed yet" in words(visitor.log_in("efua@example.org").text)


def test_a_login_leads_back_to_where_it_was_asked_for(app: Flask, visitor: Visitor) -> None:
    add_person(database_of(app), "efua@example.org")
    page = visitor.get("/me/account?tab=1")
    assert "Please log in first" in words(page.text)
    target = hidden(page.text, "next")
    assert target == "/me/account?tab=1"
    answer = visitor.post(
        "/login", {"email": "efua@example.org", "password": PASSWORD, "next": target}, follow_redirects=False
    )
    assert answer.location == target


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example.org",
        "https://evil.example.org",
        "/\\evil.example.org",
        "/a\\b",
        "javascript:x",
        "",
        "x",
        "/\n/x",
        None,
        "/" + "a" * 3000,
    ],
)
def test_a_login_leads_nowhere_else(target: str | None) -> None:
    assert local_target(target) == "/me/start"


def test_logging_out_ends_the_session_and_the_remembered_one(app: Flask, visitor: Visitor) -> None:
    add_person(database_of(app), "efua@example.org")
    visitor.post(
        "/login", {"email": "efua@example.org", "password": PASSWORD, "remember": "y"}, follow_redirects=False
    )
    visitor.client.delete_cookie("session")
    assert visitor.get("/me/account").request.path == "/me/account"
    visitor.post("/logout")
    assert visitor.get("/me/account").request.path == "/login"


def test_a_forgotten_password_is_set_anew_and_ends_every_session(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    add_person(database, "efua@example.org")
    other = Visitor(app)
    other.log_in("efua@example.org")
    for address in ("efua@example.org", "nobody@example.org"):
        assert "If " + address + " is registered here" in words(
            visitor.post("/reset", {"email": address}).text
        )
    with database.reading() as session:
        assert [event.kind for event in session.scalars(sa.select(Event))] == ["PasswordResetAsked"]
    path = path_of_last_link(app, Purpose.RESET)
    assert visitor.post(path, {"password": "short"}).status_code == 422
    assert "Your new password is set" in words(visitor.post(path, {"password": "another good one"}).text)
    assert other.get("/me/account").request.path == "/login"
    assert visitor.log_in("efua@example.org").status_code == 422
    assert visitor.log_in("efua@example.org", "another good one").status_code == 303
    assert visitor.post(path, {"password": "yet another one"}).status_code == 410


def test_a_reset_confirms_the_address_and_uses_up_its_siblings(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    add_person(database, "efua@example.org", verified=False)
    paths = []
    for _time in range(2):
        visitor.post("/reset", {"email": "efua@example.org"})
        paths.append(path_of_last_link(app, Purpose.RESET))
    visitor.post(paths[1], {"password": "another good one"})
    assert visitor.log_in("efua@example.org", "another good one").status_code == 303
    assert visitor.get(paths[0]).status_code == 410


def test_a_reset_link_ends_after_an_hour(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    add_person(database, "efua@example.org")
    visitor.post("/reset", {"email": "efua@example.org"})
    with database.transaction() as session:
        session.execute(sa.update(Link).values(expires_at=clock.now() - timedelta(seconds=1)))
    path = path_of_last_link(app, Purpose.RESET)
    assert visitor.get(path).status_code == 410
    assert visitor.post(path, {"password": "another good one"}).status_code == 410


def test_a_suspended_person_cannot_log_in_nor_reset(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    number = add_person(database, "efua@example.org")
    visitor.post("/reset", {"email": "efua@example.org"})
    path = path_of_last_link(app, Purpose.RESET)
    with database.transaction() as session:
        session.get_one(User, number).suspended_at = clock.now()
    assert "suspended" in words(visitor.log_in("efua@example.org").text)
    assert visitor.post(path, {"password": "another good one"}).status_code == 410
    visitor.post("/reset", {"email": "efua@example.org"})
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == 1


def test_an_old_hash_is_renewed_at_the_next_login(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    number = add_person(database, "efua@example.org")
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    with database.transaction() as session:
        session.get_one(User, number).password_hash = weak
    assert visitor.log_in("efua@example.org").status_code == 303
    with database.reading() as session:
        kept = session.get_one(User, number).password_hash
    assert not passwords.outdated(kept)
    assert passwords.matches(kept, PASSWORD)


def test_a_login_that_was_overtaken_is_not_let_in(app: Flask) -> None:
    database = database_of(app)
    number = add_person(database, "efua@example.org")
    with database.transaction() as session:
        assert (
            entrance.log_in(session, user_id=number, old_hash="another", new_hash=None, now=clock.now())
            is None
        )


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    assert passwords.matches(passwords.hashed("Zürich im Regen"), "Zu\u0308rich im Regen")
    assert not passwords.matches("no hash at all", "Zürich im Regen")


def test_attempts_are_limited_by_address(make_app: Callable[..., Flask]) -> None:
    # Without a password nothing is hashed, which is slow; the attempt counts all the same.
    app = make_app(rate_limits="yes")
    spellings = ("efua@example.org", "Efua@example.org", " efua@EXAMPLE.org", "efua@example。org")
    codes = [
        Visitor(app, ip=f"127.0.0.{number}").log_in(spellings[number % 4], "").status_code
        for number in range(1, 10)
    ]
    assert codes == [422] * 8 + [429]
    assert Visitor(app, ip="127.0.0.20").log_in("kojo@example.org", "").status_code == 422
    assert (
        "Too many attempts"
        in Visitor(app, ip="127.0.0.21").post("/reset", {"email": "efua@example.org"}).text
    )


@pytest.mark.parametrize("path", ["/login", "/register", "/reset", "/verify"])
def test_attempts_are_limited_by_ip(make_app: Callable[..., Flask], path: str) -> None:
    visitor = Visitor(make_app(rate_limits="yes"))
    codes = [visitor.post(path, {"email": f"person{number}@example.org"}).status_code for number in range(31)]
    assert 429 not in codes[:30]
    assert codes[30] == 429
    assert visitor.get(path).status_code == 200


def test_limits_are_shared_through_redis(make_app: Callable[..., Flask], empty_redis_url: str) -> None:
    first, second = (make_app(rate_limits="yes", redis_url=empty_redis_url) for _ in range(2))
    codes = [Visitor(first).log_in("efua@example.org", "").status_code for _ in range(5)]
    codes += [Visitor(second).log_in("efua@example.org", "").status_code for _ in range(4)]
    assert codes == [422] * 8 + [429]


def test_limits_hold_while_redis_is_down(make_app: Callable[..., Flask]) -> None:
    app = make_app(rate_limits="yes", redis_url=f"redis://127.0.0.1:{free_port()}/0")
    codes = [Visitor(app).log_in("efua@example.org", "").status_code for _ in range(9)]
    assert codes == [422] * 8 + [429]
