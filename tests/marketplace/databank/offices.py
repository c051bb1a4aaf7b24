"""An office with two firms and one of another office, for the tests of this folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from marketplace.actors import actor_by_id
from marketplace.db import Database
from marketplace.files import FileStore
from marketplace.offices.models import Officer
from marketplace.organisations.models import Check, CheckResult
from marketplace.organisations.services.verification import CheckValues, record_checks
from marketplace.policy import Actor
from tests.marketplace.organisations.firms import NOW, add_firm, add_office
from tests.marketplace.visitor import Visitor, add_person, database_of

# Of those who send no file: nothing is written there.
NOWHERE = FileStore(Path("nowhere"))
OFFICER, COLLEAGUE, ELSEWHERE = "officer@example.org", "colleague@example.org", "elsewhere@example.org"


class Offices:
    """SPX-ACC with two officers and two firms; SPX-NBO with one of each.

    Attributes
    ----------
    adom, volta, nyota
        References of the firms; the last is the other office's.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.office_id = add_office(database, "SPX-ACC", "GH", officer=OFFICER)
        self.other_office_id = add_office(database, "SPX-NBO", "KE", officer=ELSEWHERE)
        self.people = {OFFICER: 1, ELSEWHERE: 2, COLLEAGUE: self.add_officer(COLLEAGUE, self.office_id)}
        self.adom_id, self.adom = add_firm(database)
        self.volta_id, self.volta = add_firm(database, "Volta Solar Systems", city="Accra")
        self.nyota_id, self.nyota = add_firm(database, "Nyota Works", country="KE", city="Nairobi")

    def add_officer(self, email: str, office_id: int) -> int:
        """Put a person on the staff of an office."""
        key = add_person(self.database, email)
        with self.database.transaction() as session:
            session.add(Officer(user_id=key, office_id=office_id, since=NOW))
        return key

    def actor(self, email: str = OFFICER) -> Actor:
        """Return a person with permissions as they are now."""
        with self.database.reading() as session:
            found = actor_by_id(session, self.people[email])
        assert found is not None
        return found

    def check(self, reference: str, *checks: Check, email: str = OFFICER, **given: Any) -> list[int]:
        """Record that something was checked, confirmed today unless said otherwise."""
        now = given.pop("now", NOW)
        values = {
            "result": CheckResult.CONFIRMED,
            "checked_on": now.date(),
            "evidence": "Seen by us.",
            **given,
        }
        with self.database.transaction() as session:
            records = record_checks(
                session,
                self.actor(email),
                reference,
                CheckValues(checks=checks, **values),
                upload=None,
                store=NOWHERE,
                now=now,
            )
            return [record.id for record in records]


class Site(Offices):
    """The same under an application."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        super().__init__(database_of(app))

    def browser(self, email: str = OFFICER) -> Visitor:
        """Return a browser in which a person is logged in."""
        return Visitor(self.app).enter(email)
