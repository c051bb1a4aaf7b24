from __future__ import annotations

import pytest
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.accounts.services.profile import change_password
from marketplace.errors import Conflict
from marketplace.policy import Actor
from tests.marketplace.visitor import PASSWORD, Visitor, add_person, database_of, words

OWN = {"name": "Efua Example", "language": "en", "time_zone": "Africa/Accra"}
NEW = "four unrelated words"


@pytest.fixture
def efua(app: Flask) -> Visitor:
    """Give a browser of a person."""
    add_person(database_of(app), "efua@example.org")
    return Visitor(app).enter("efua@example.org")


def stored(app: Flask) -> User:
    with database_of(app).reading() as session:
        return session.get_one(User, 1)


def test_a_person_changes_name_and_time_zone(app: Flask, efua: Visitor) -> None:
    page = efua.post("/me/account", OWN)
    assert "Saved." in words(page.text)
    assert 'value="Efua Example"' in page.text
    assert (stored(app).name, stored(app).time_zone) == ("Efua Example", "Africa/Accra")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Write your name"),
        ("name", "x" * 121, "1 character too long"),
        ("time_zone", "Mars/Base", "Not a valid choice"),
        ("language", "tlh", "Not a valid choice"),
    ],
)
def test_a_wrong_field_says_so(app: Flask, efua: Visitor, field: str, value: str, message: str) -> None:
    answer = efua.post("/me/account", {**OWN, field: value})
    assert answer.status_code == 422
    assert message in words(answer.text)
    assert stored(app).name == "Efua"


def test_a_new_password_needs_the_old_one_and_logs_out_the_others(app: Flask, efua: Visitor) -> None:
    other = Visitor(app).enter("efua@example.org")
    wrong = efua.post("/me/account/password", {"old_password": "not this one", "password": NEW})
    assert wrong.status_code == 422
    assert "not the password you have now" in words(wrong.text)
    short = efua.post("/me/account/password", {"old_password": PASSWORD, "password": "short"})
    assert "at least 10 characters" in words(short.text)
    done = efua.post("/me/account/password", {"old_password": PASSWORD, "password": NEW})
    assert "Your password is changed" in words(done.text)
    assert efua.get("/me/account").request.path == "/me/account"
    assert other.get("/me/account").request.path == "/login"
    assert other.log_in("efua@example.org").status_code == 422
    assert other.log_in("efua@example.org", NEW).status_code == 303


def test_a_password_that_was_changed_meanwhile_is_not_changed_again(app: Flask, efua: Visitor) -> None:
    with database_of(app).transaction() as session, pytest.raises(Conflict, match="changed elsewhere"):
        change_password(
            session,
            Actor(user_id=1),
            old_hash="what it was before",
            password_hash="what it should be",
            now=clock.now(),
        )
