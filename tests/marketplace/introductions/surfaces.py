"""Everything that an exchange shows to somebody, and what of it must be asked for anew."""

from __future__ import annotations

import hashlib
import io
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from marketplace.introductions.models import Introduction
from marketplace.listings.models import Listing
from marketplace.organisations.models import HeldCertificate, Organisation
from marketplace.reports.queries.figures import FIGURES
from marketplace.schema import metadata
from tests.marketplace.introductions.planted import ALL, OFFICERS, PlantedWorld, secret
from tests.marketplace.visitor import Visitor

ENDINGS = ("csv", "xlsx")
ZIPPED = b"PK\x03\x04"


def content(answer: TestResponse) -> str:
    """Return what an answer says, headers and hidden fields included; a workbook is unpacked."""
    data = answer.get_data()
    if data.startswith(ZIPPED):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            data = b"\n".join([part.encode() + b"\n" + parts.read(part) for part in parts.namelist()])
    return f"{answer.headers}\n{data.decode('utf-8', 'replace')}"


def planted_in(text: str) -> frozenset[str]:
    """Return the planted strings that stand in a text."""
    low = text.lower()
    return frozenset(word for word in ALL if word in low) if "zq" in low else frozenset()


@dataclass(frozen=True, slots=True)
class _Answered:
    """What was found in an answer, and what the tables that it was made from held then."""

    found: frozenset[str]
    tables: Mapping[str, str]


class Readings:
    """What each page said to each role; asked again only where a table has changed that it reads.

    A page is made from what it reads: the session of the one who asks, and tables.  So a page whose
    statements name only tables that hold what they held when it was made would be the same again.
    Every statement of the application is watched; one that writes is never taken for known.
    """

    WORD = re.compile(r"\w+")
    WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)

    def __init__(self, engine: sa.Engine) -> None:
        self.path = str(engine.url.database)
        self.known: dict[tuple[str, str], _Answered] = {}
        self.marks: dict[str, str] = {}
        self.touched: set[str] = set()
        self.wrote = False
        self.asked = 0
        sa.event.listen(engine, "before_cursor_execute", self._watch)

    def _watch(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self.touched |= metadata.tables.keys() & set(self.WORD.findall(statement))
        if self.WRITES.match(statement):
            self.wrote = True
            self.marks.clear()

    def _mark(self, table: str) -> str:
        """Return a mark of all that a table holds now."""
        if table not in self.marks:
            with sqlite3.connect(self.path) as connection:
                rows = connection.execute(f'SELECT * FROM "{table}"').fetchall()  # noqa: S608 (one of the models')
            connection.close()
            self.marks[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
        return self.marks[table]

    def read(self, role: str, place: str, ask: Callable[[], str]) -> frozenset[str]:
        """Return the planted strings that somebody of a role finds in a place."""
        known = self.known.get((role, place))
        if known is not None and all(self._mark(table) == mark for table, mark in known.tables.items()):
            return known.found
        self.touched, self.wrote = set(), False
        self.asked += 1
        found = planted_in(ask())
        if self.wrote:
            self.known.pop((role, place), None)
        else:
            self.known[role, place] = _Answered(found, {table: self._mark(table) for table in self.touched})
        return found


class Surfaces:
    """Everything that an exchange shows to one person."""

    def __init__(
        self, app: Flask, world: PlantedWorld, role: str, readings: Readings, browser: Visitor
    ) -> None:
        self.app = app
        self.world = world
        self.role = role
        self.readings = readings
        self.browser = browser

    def places(self) -> Iterator[str]:
        """Give the address of every page, filled with what exists."""
        with self.world.database.reading() as session:
            listings = [str(one) for one in session.scalars(sa.select(Listing.reference))]
            firms = [str(one) for one in session.scalars(sa.select(Organisation.reference))]
            found = [str(one) for one in session.scalars(sa.select(Introduction.reference))]
            certificates = list(session.scalars(sa.select(HeldCertificate.id)))
        for rule in self.app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and not rule.rule.startswith(
                ("/static", "/bootstrap", "/assets")
            ):
                yield from fill(rule, listings, firms, found, certificates)
        yield from (f"/opportunities?q={word}" for word in (secret("buyer", "name")[:-2], "shafts"))
        yield from (f"/organisations?q={word}" for word in ("Works", "shafts"))
        yield from (f"/me/introductions?show={word}" for word in ("ended", ""))
        yield from (f"/desk/introductions?show={word}" for word in ("theirs", "asked", "together", "ended"))
        yield "/desk/introductions/new?first=OFR-2026-00001&second=REQ-2026-00002"
        yield "/desk/databank?q=Works"

    def pages(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Give each page with the planted strings in it."""
        for place in self.places():
            yield place, self.readings.read(self.role, place, lambda place=place: self._asked(place))  # type: ignore[misc]

    def _asked(self, place: str) -> str:
        return content(self.browser.get(place, follow_redirects=False))

    def exports(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Give the databank as files, to those who may take it away; nobody else gets one."""
        for ending in ENDINGS:
            answer = self.browser.post("/desk/databank/export", {"ending": ending}, follow_redirects=False)
            assert (answer.status_code == 200) == (self.role in OFFICERS), (self.role, answer.status_code)
            yield f"/desk/databank/export {ending}", planted_in(content(answer))

    def answers(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Give what comes back from forms that are filled in wrongly, or are not this person's to send."""
        with self.world.database.reading() as session:
            found = session.scalars(sa.select(Introduction.reference)).all()
        for place, data in (form for reference in found for form in forms(str(reference))):
            yield place, planted_in(content(self.browser.post(place, data)))


def forms(reference: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Give where a form of an introduction is sent to, and what cannot be meant in it."""
    for act in ("decline", "withdraw", "progress/fail"):
        yield f"/me/introductions/{reference}/{act}", {"words": "?"}
    for act in ("vet", "send-on", "decline", "reassign", "progress/fail"):
        yield f"/desk/introductions/{reference}/{act}", {"presented": "x" * 1001, "officer": "-1"}
    for act in (
        "messages", "meetings", "agreement", "meetings/1/accept", "meetings/1/held", "meetings/1/call-off",
    ):  # fmt: skip
        data = {"message": "x" * 4001, "time_1": "?", "agreed_on": "?", "time": "9", "reason": "x" * 301}
        yield f"/introductions/{reference}/{act}", data


def fill(
    rule: Rule, listings: list[str], firms: list[str], found: list[str], certificates: list[int]
) -> Iterator[str]:
    """Give the addresses of a route for everything that could stand in its places."""
    references = [*listings, *firms, *found]
    kinds = {
        ("/opportunities", "/me/listings"): listings,
        ("/organisations", "/me/organisation/", "/desk/databank"): firms,
        ("/me/introductions", "/desk/introductions", "/introductions"): found,
    }
    for starts, known in kinds.items():
        if rule.rule.startswith(starts):
            # What is there, and one of another kind, which is not there.
            references = [*known, next(one for one in references if one not in known)]
    if not rule.arguments:
        yield rule.rule
    elif "reference" in rule.arguments:
        for reference in references:
            place = re.sub(r"<[^>]*reference>", reference, rule.rule)
            place = re.sub(r"<[^>]*partner[^>]*>", listings[0], place)
            if rule.rule.startswith(("/introductions", "/desk/databank")):
                # The files that the two sides have sent, and a meeting; notes, and evidence of checks.
                yield from sorted({re.sub(r"<[^>]*>", one, place) for one in ("1", "2")})
                continue
            place = re.sub(r"<[^>]*certificate_id>", str(certificates[0]), place)
            yield re.sub(r"<[^>]*>", "0", place)
    elif "ending" in rule.arguments:
        for figure in FIGURES if "figure" in rule.arguments else ("",):
            place = rule.rule.replace("<figure>", figure)
            yield from (f"{place.replace('<ending>', ending)}?of=network" for ending in ENDINGS)
    elif "figure" in rule.arguments:
        yield from (f"{rule.rule.replace('<figure>', figure)}?of=network" for figure in FIGURES)
    else:
        yield re.sub(r"<[^>]*>", "1", rule.rule)
