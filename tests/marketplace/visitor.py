"""A person with a browser, as far as forms and cookies go; nothing of the application is replaced."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from marketplace import clock
from marketplace.accounts.models import Link, Purpose, User
from marketplace.accounts.queries import link_token
from marketplace.accounts.services import passwords
from marketplace.accounts.services.register import add_user
from marketplace.db import Database
from marketplace.web.context import EXTENSION

PASSWORD = "correct horse battery"
_HASHES: dict[str, str] = {}


def password_hash(password: str = PASSWORD) -> str:
    """Hash a password once for the whole run; it is slow on purpose."""
    if password not in _HASHES:
        _HASHES[password] = passwords.hashed(password)
    return _HASHES[password]


def database_of(app: Flask) -> Database:
    """Return the database under an application."""
    database: Database = app.extensions[EXTENSION].database
    return database


def add_person(database: Database, email: str, **given: Any) -> int:
    """Add a person whose address is confirmed and whose password is :data:`PASSWORD`."""
    name = str(given.pop("name", email.split("@", maxsplit=1)[0].title()))
    with database.transaction() as session:
        user = add_user(
            session,
            email=email,
            name=name,
            password_hash=password_hash(),
            now=clock.now() - timedelta(days=1),
            **{"verified": True, **given},
        )
        return user.id


class Visitor:
    """A browser of one person."""

    def __init__(self, app: Flask, ip: str = "127.0.0.1") -> None:
        self.app = app
        self.client = app.test_client()
        self.ip = {"REMOTE_ADDR": ip}

    def get(self, path: str, **options: Any) -> TestResponse:
        """Ask for a page, following where it leads."""
        options.setdefault("follow_redirects", True)
        return self.client.get(path, environ_base=self.ip, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form, with the token that a page gave, following where it leads."""
        options.setdefault("follow_redirects", True)
        options.setdefault("content_type", "multipart/form-data")
        token = self.token()
        return self.client.post(
            path, data={"csrf_token": token, **(data or {})}, environ_base=self.ip, **options
        )

    def token(self) -> str:
        """Return the token against forged requests of this browser."""
        page = self.client.get("/verify", environ_base=self.ip).text
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None, page
        return found[1]

    def log_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        """Log in with the form."""
        return self.post("/login", {"email": email, "password": password}, follow_redirects=False)

    def enter(self, email: str) -> Visitor:
        """Log in without the slow password, for tests of what comes after."""
        with database_of(self.app).reading() as session:
            user = session.scalars(sa.select(User).where(User.email == email)).one()
        with self.client.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"] = f"{user.id}:{user.session_key}"
            cookie["_fresh"] = True
        return self


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'<input(?=[^>]*name="{re.escape(name)}")[^>]*value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return unescape(found[1])


def words(page: str) -> str:
    """Return what a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def path_of_last_link(app: Flask, purpose: Purpose) -> str:
    """Return where the newest link of a mail leads."""
    secret_key = app.config["SECRET_KEY"]
    with database_of(app).reading() as session:
        query = sa.select(Link.id).where(Link.purpose == purpose).order_by(Link.id.desc()).limit(1)
        number = session.scalars(query).one()
    return f"/{purpose.value}/{link_token(secret_key, number, purpose)}"
