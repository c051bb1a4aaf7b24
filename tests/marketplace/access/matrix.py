"""Browsers of everybody, and the database as it was before they tried."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask
from werkzeug.test import TestResponse

from tests.marketplace.access.world import Everybody, Places
from tests.marketplace.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Line:
    """A route with its method, the sort of thing it is asked for, in which condition, and what is sent."""

    on: str
    sort: str
    condition: str
    body: Mapping[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        """GET or POST."""
        return self.on.split()[0]

    def address(self, thing: Places) -> str:
        """Fill the address for a thing."""
        return re.sub(r"<(\w+)>", lambda found: str(thing[found[1]]), self.on.split()[1])


class Kept:
    """The database as it was at first, to be put back after whoever may has changed it."""

    def __init__(self, path: str) -> None:
        self._live = sqlite3.connect(path)
        self._kept = sqlite3.connect(":memory:")
        self._live.backup(self._kept)
        self._seen = self._version()

    def _version(self) -> int:
        # Moves when another connection has committed a change, whatever it was.
        return int(self._live.execute("PRAGMA data_version").fetchone()[0])

    def changed(self) -> bool:
        """Whether anything at all was written since it was last asked."""
        now = self._version()
        changed, self._seen = now != self._seen, now
        return changed

    def put_back(self) -> None:
        """Undo whatever was done."""
        self._kept.backup(self._live)
        self._seen = self._version()

    def close(self) -> None:
        """Let go of both."""
        self._live.close()
        self._kept.close()


class Browsers:
    """One login for each role; every request begins with the same cookie."""

    def __init__(self, app: Flask, everybody: Everybody) -> None:
        self.app = app
        self.client = app.test_client(use_cookies=False)
        self._keys: dict[str, tuple[str, str]] = {}
        for role, person in everybody.people.items():
            visitor = Visitor(app)
            if person is not None:
                visitor.enter(everybody.email(role))
            token = visitor.token()
            cookie = visitor.client.get_cookie("session")
            assert cookie is not None
            self._keys[role] = (f"session={cookie.value}", token)

    def ask(self, role: str, line: Line, thing: Places) -> TestResponse:
        """Send what a line says about a thing."""
        cookie, token = self._keys[role]
        headers = {"Cookie": cookie}
        if line.method == "GET":
            return self.client.get(line.address(thing), headers=headers)
        data = {"csrf_token": token, **line.body}
        return self.client.post(line.address(thing), data=data, headers=headers)


def said(answer: TestResponse) -> str:
    """Return an answer as a cell of the table says it."""
    status = answer.status_code
    if status == 302 and answer.location.startswith("/login"):
        return "login"
    return "ok" if 200 <= status < 400 else str(status)


def bare(answer: TestResponse, thing: Places, other: Places) -> str:
    """Return everything that was answered, without what was typed and without tokens."""
    text = f"{answer.status}\n{answer.headers}\n{answer.get_data(as_text=True)}"
    text = re.sub(r'name="csrf_token"[^>]*>', "", text)
    text = re.sub(r"(?m)^(Set-Cookie|Date|Content-Length): .*$", "", text)
    for places in (thing, other):
        for value in places.values():
            if isinstance(value, str):
                text = text.replace(value, "…")
    return text
