"""Officers of two offices with a browser each, and the worker beside them."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from marketplace import clock
from marketplace.db import Database
from marketplace.files import FileStore
from marketplace.intake.models import DatabankImport, ImportPass, ImportState, PassKind
from marketplace.intake.services import turns
from marketplace.intake.services.carry_on import carry_on
from marketplace.organisations.models import Organisation
from marketplace.web.context import EXTENSION
from tests.marketplace.imports.files import csv_text
from tests.marketplace.organisations.firms import add_office
from tests.marketplace.visitor import Visitor, add_person, database_of, hidden

ROOT = "/desk/databank/imports"


class Desk:
    """An exchange with two offices; Accra's officer brings files in."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.database: Database = database_of(app)
        self.accra = add_office(self.database, "spx-accra", "GH", officer="ama@example.org")
        self.lagos = add_office(self.database, "spx-lagos", "NG", officer="bola@example.org")
        add_person(self.database, "member@example.org")
        self.officer = self.browser("ama@example.org")

    def browser(self, email: str) -> Visitor:
        """Return the browser of a person."""
        return Visitor(self.app).enter(email)

    @property
    def store(self) -> FileStore:
        """The folder of uploaded files."""
        var: Path = self.app.extensions[EXTENSION].settings.var
        return FileStore(var / "files")

    def upload(self, content: str | bytes, name: str = "list.csv", **given: str) -> TestResponse:
        """Send a file."""
        data = content if isinstance(content, bytes) else content.encode()
        return self.officer.post(f"{ROOT}/new", {"file": (io.BytesIO(data), name), **given})

    def say(self, number: int, columns: dict[str, str] | None = None, **given: str) -> TestResponse:
        """Send the columns as they were proposed, with changes by the column's name."""
        place = f"{ROOT}/{number}/columns"
        page = self.officer.get(place).text
        header = self.get(number).found["header"]
        chosen: dict[str, str] = {}
        for at, name in enumerate(header):
            select = re.search(rf'name="column-{at}".*?</select>', page, re.DOTALL)
            assert select is not None
            found = re.search(r'value="([^"]*)" selected', select[0])
            chosen[f"column-{at}"] = found[1] if found else ""
            if columns and name in columns:
                chosen[f"column-{at}"] = columns[name]
        return self.officer.post(place, {"version": hidden(page, "version"), **chosen, **given})

    def begin(self, number: int) -> TestResponse:
        """Press the button that brings the rows in."""
        page = self.officer.get(f"{ROOT}/{number}").text
        return self.officer.post(f"{ROOT}/{number}/begin", {"version": hidden(page, "version")})

    def work(self, **options: Any) -> bool:
        """Let the worker have one turn; tells whether there was one."""
        turn = self.claim()
        if turn is None:
            return False
        carry_on(self.database, self.store, turn, now=clock.now, **options)
        return True

    def claim(self) -> turns.Turn | None:
        """Claim as a worker does."""
        with self.database.transaction() as session:
            return turns.claim_import(session, clock.now())

    def lease_ends(self) -> None:
        """Let the time of a worker be over that has died."""
        past = clock.now() - timedelta(minutes=5)
        with self.database.transaction() as session:
            change = sa.update(DatabankImport).where(DatabankImport.due_at.is_not(None)).values(due_at=past)
            session.execute(change)

    def bring_in(self, content: str | bytes, columns: dict[str, str] | None = None, **given: str) -> int:
        """Go the whole way with a file; gives the import's number."""
        self.upload(content)
        number = self.last()
        self.say(number, columns, **given)
        assert self.work()
        self.begin(number)
        assert self.work()
        return number

    def bring_in_refused(self, content: str) -> int:
        """Try a file of which nothing can come in; gives the import's number."""
        self.upload(content)
        number = self.last()
        self.say(number)
        assert self.work()
        assert self.counts(number, PassKind.TRIAL)[:2] == (0, 0)
        return number

    def say_late(self, number: int) -> TestResponse:
        """Send columns from a page that was opened before the import began."""
        header = self.get(number).found["header"]
        chosen = {f"column-{at}": name for at, name in enumerate(header)}
        return self.officer.post(f"{ROOT}/{number}/columns", {"version": "1", **chosen})

    def last(self) -> int:
        """Return the number of the newest import."""
        with self.database.reading() as session:
            return session.scalars(sa.select(sa.func.max(DatabankImport.id))).one()

    def get(self, number: int) -> DatabankImport:
        """Read an import."""
        with self.database.reading() as session:
            return session.get_one(DatabankImport, number)

    def state(self, number: int) -> ImportState:
        """Read how far it has come."""
        return self.get(number).state

    def counts(self, number: int, kind: PassKind = PassKind.RUN) -> tuple[int, int, int, int]:
        """Return how many rows were new, changed, as they were, refused."""
        with self.database.reading() as session:
            found = session.get_one(ImportPass, (number, kind))
        return found.created, found.changed, found.unchanged, found.refused

    def names(self) -> list[str]:
        """Return the names of all organisations."""
        with self.database.reading() as session:
            return list(session.scalars(sa.select(Organisation.name).order_by(Organisation.name)))


def firms(count: int, first: int = 0) -> str:
    """Write a table of firms."""
    rows = [[f"F-{n}", f"{n:05d} Works", "GH", "Kumasi"] for n in range(first, first + count)]
    return csv_text([["external_id", "name", "country", "city"], *rows])
