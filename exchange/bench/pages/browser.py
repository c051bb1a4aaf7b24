"""Somebody who logs in as people do, asks for pages in this process, and looks at the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from time import perf_counter, thread_time
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask

from marketplace.db import Database

OK: Final = 200
MOVED: Final = frozenset({302, 303})
_TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
# What opens a transaction is not a question.
_NOT_COUNTED: Final = ("SET ", "PRAGMA query_only", "BEGIN")
# A list of values is written out, so that one statement has as many forms as lists have lengths.
_VALUE: Final = r"(?:\?|%\(\w+\)s(?:::[\w ]+)?)"
_LISTED: Final = re.compile(rf"\bIN \({_VALUE}(?:, {_VALUE})*\)")


class PageRefused(Exception):
    """A page did not answer as it should; the message says which, and how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one page answered once.

    Parameters
    ----------
    seconds
        By the clock.
    busy_seconds
        Of the processor, for this process alone: what is not spent in the database, and not taken by others.
    repeated
        Of the statements, those which had been sent for this page before, whatever their values.
    """

    seconds: float
    busy_seconds: float
    statements: int
    repeated: int
    bytes: int


class Browser:
    """A browser of one person.

    Parameters
    ----------
    database
        Of the application: whose statements are counted.
    """

    def __init__(self, app: Flask, database: Database) -> None:
        self._client = app.test_client()
        self._database = database

    def log_in(self, email: str, password: str) -> None:
        """Send the form of the login page.

        Raises
        ------
        PageRefused
            When the exchange does not let this person in.
        """
        found = _TOKEN.search(self._client.get("/login").text)
        token = unescape(found[1]) if found else ""
        form = {"csrf_token": token, "email": email, "password": password}
        answer = self._client.post("/login", data=form)
        if answer.status_code not in MOVED:
            raise PageRefused(f"the login of {email} answered {answer.status_code}")

    def ask(self, path: str) -> Answer:
        """Ask for a page, whole.

        Raises
        ------
        PageRefused
            For another status than 200.
        """
        with statements(self._database) as sent:
            started, idle = perf_counter(), thread_time()
            answer = self._client.get(path)
            body = answer.get_data()
            busy, seconds = thread_time() - idle, perf_counter() - started
        if answer.status_code != OK:
            raise PageRefused(f"{path} answered {answer.status_code}")
        different = {_LISTED.sub("IN ()", statement) for statement in sent}
        return Answer(seconds, busy, len(sent), len(sent) - len(different), len(body))


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Give a list that fills with what is sent to the database while the block runs."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(_NOT_COUNTED):
            found.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)
