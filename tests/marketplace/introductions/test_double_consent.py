"""Nobody's contacts before both have said yes: every surface, read as everybody, in every state.

Each private field of both sides holds a string that stands nowhere else.  Whatever the exchange
shows is searched for them: every page that the table of routes knows, with the keys and
references that exist; every file that is handed out, unpacked; what a wrong form answers; every
mail; every notice; every event.

All tests begin from one planted world, which is put back between them, so that a page which reads
nothing that a state has changed is asked for once.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from marketplace import clock
from marketplace.app import create_app
from marketplace.db import Database
from marketplace.files import FileStore
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Listing
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.services.tell import plan
from marketplace.outbox import Event
from marketplace.web.limits import limiter
from tests.marketplace.conftest import settings_for
from tests.marketplace.introductions.planted import (
    OPENED,
    ROLES,
    SIDES,
    STAFF,
    STAFF_OF,
    PlantedWorld,
    hidden_from,
    is_open,
    secret,
)
from tests.marketplace.introductions.surfaces import Readings, Surfaces, content, planted_in
from tests.marketplace.notifications.told import part, read_mail
from tests.marketplace.visitor import Visitor

S = IntroductionState
Found = Iterable[tuple[str, frozenset[str]]]


class Planted:
    """The planted world under an application, browsers of everybody, and a way back to the beginning."""

    def __init__(self, app: Flask, database: Database, folder: Path) -> None:
        self.app = app
        self.begun = clock.now()
        self.world = PlantedWorld(database, now=self.begun)
        self.world.store = FileStore(folder / "var" / "files")
        self.world.plant()
        self.path, self.kept = str(database.engine.url.database), str(folder / "planted.sqlite")
        self.readings = Readings(database.engine)
        self.browsers: dict[str, Visitor] = {}
        _copy(self.path, self.kept)

    def put_back(self) -> None:
        """Let nothing have happened."""
        _copy(self.kept, self.path)
        self.readings.marks.clear()
        self.world.now, self.world.once = self.begun, 0

    def surfaces(self, role: str) -> Surfaces:
        """Return all that somebody of a role is shown."""
        if role not in self.browsers:
            email = self.world.email_of(role)
            browser = _Quick(self.app)
            self.browsers[role] = browser.enter(email) if email else browser
        return Surfaces(self.app, self.world, role, self.readings, self.browsers[role])


class _Quick(Visitor):
    """A browser that asks for its token once: it is good for as long as the session."""

    _token = ""

    def token(self) -> str:
        self._token = self._token or super().token()
        return self._token


def _copy(source: str, target: str) -> None:
    """Copy a database, also while others hold it open."""
    from_there, to_there = sqlite3.connect(source), sqlite3.connect(target)
    from_there.backup(to_there)
    from_there.close()
    to_there.close()


@pytest.fixture(scope="module")
def planted(
    sqlite_template: Path,
    templates: FileSystemBytecodeCache,
    known_sectors: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Planted]:
    """Give the planted world; its users put it back first."""
    folder = tmp_path_factory.mktemp("planted")
    shutil.copyfile(sqlite_template, folder / "exchange.sqlite")
    shutil.copytree(known_sectors, folder / "var", dirs_exist_ok=True)
    database = Database(f"sqlite:///{folder / 'exchange.sqlite'}")
    app = create_app(settings_for(f"sqlite:///{folder / 'exchange.sqlite'}", folder / "var"), database)
    app.jinja_env.bytecode_cache = templates
    yield Planted(app, database, folder)
    database.dispose()
    # One limiter serves every application of a process.
    limiter.enabled = True


@pytest.fixture
def sown(planted: Planted) -> Planted:
    """Give the planted world, in which nothing has happened yet."""
    planted.put_back()
    return planted


def leaks(found: Found, wrong: Iterable[str]) -> list[tuple[str, str]]:
    """Return where something stands that may not."""
    hidden = frozenset(wrong)
    return [(place, word) for place, words in found for word in sorted(words & hidden)]


def public_name(place: str) -> bool:
    """Whether a page lists organisations, which show themselves by name, apart from listings."""
    return place.startswith(
        ("/organisations", "/sectors", "/desk/reports/organisations-", "/desk/databank/export")
    )


# Every page there is, for every role: on a busy machine this takes longer than a test usually may.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("state", S)
def test_no_page_shows_what_is_not_opened(sown: Planted, state: IntroductionState) -> None:
    sown.world.reached(state)
    seen = 0
    for role in ROLES:
        surfaces = sown.surfaces(role)
        wrong = hidden_from(role, opened=is_open(state))
        pages = list(surfaces.pages())
        seen += len(pages)
        # The directory lists organisations by the name that they give themselves; it names no listing.
        names = {secret(side, "name") for side in SIDES}
        found = leaks([*pages, *surfaces.exports()], wrong)
        assert [leak for leak in found if not (public_name(leak[0]) and leak[1] in names)] == [], role
        assert leaks(surfaces.answers(), wrong) == [], role
    assert seen > len(ROLES) * 200


@pytest.mark.timeout(600)
def test_the_strings_are_there_to_be_found(sown: Planted) -> None:
    """The search itself works: after the second yes the sides find what they may."""
    sown.world.reached(S.ACCEPTED)
    for role, side in (("proposer", "buyer"), ("other", "maker"), ("reader", "buyer")):
        found = frozenset().union(*(words for _place, words in sown.surfaces(role).pages()))
        assert [field for field in OPENED if secret(side, field) not in found] == [], role
    for role in ("officer A", "officer B"):
        surfaces = sown.surfaces(role)
        found = frozenset().union(*(words for _place, words in surfaces.pages()))
        assert secret("maker", "note") in found
        side = STAFF_OF[role]
        assert [field for field in STAFF if secret(side, field) not in found] == [], role
        # In a file as in a workbook, which is compressed.
        for place, words in surfaces.exports():
            assert secret(side, "email") in words, place


def test_a_workbook_is_unpacked_before_it_is_searched(sown: Planted) -> None:
    browser = sown.surfaces("officer A").browser
    answer = browser.post("/desk/databank/export", {"ending": "xlsx"})
    assert secret("maker", "email").encode() not in answer.get_data()
    assert secret("maker", "email") in planted_in(content(answer))


def test_a_page_is_asked_for_anew_where_what_it_reads_has_changed(sown: Planted) -> None:
    """What is known of a page stands in for it only while it would say the same."""
    sown.world.reached(S.SENT)
    surfaces, word = sown.surfaces("stranger"), secret("maker", "note")
    assert leaks(surfaces.pages(), [word]) == []
    asked = sown.readings.asked
    assert leaks(surfaces.pages(), [word]) == []
    again = sown.readings.asked - asked
    with sown.world.database.transaction() as session:
        session.get_one(Listing, sown.world.offer).summary = f"Ask for {word}."
    assert "/opportunities/OFR-2026-00001" in {place for place, _word in leaks(surfaces.pages(), [word])}
    # Only what writes is asked for each time.
    assert again < len(list(surfaces.places())) / 20


@pytest.mark.parametrize("field", OPENED)
def test_nobody_finds_an_anonymous_listing_by_what_it_hides(sown: Planted, field: str) -> None:
    sown.world.reached(S.SENT)
    for role in ("visitor", "stranger", "removed", "proposer", "unrelated officer"):
        found = sown.surfaces(role).browser.get(f"/opportunities?q={secret('buyer', field)}").text
        assert "REQ-2026-00002" not in found, role


def letters(app: Flask, world: PlantedWorld) -> Iterator[tuple[str, str, str]]:
    """Tell of everything that has happened; give reader, kind and text of each mail."""
    with world.database.transaction() as session:
        for event in session.scalars(sa.select(Event).order_by(Event.id)):
            plan(session, event, world.now)
    with world.database.reading() as session:
        rows = session.execute(
            sa.select(Delivery.id, Delivery.kind, Delivery.recipient).where(Delivery.channel == Channel.MAIL)
        ).all()
    for key, kind, recipient in rows:
        read = read_mail(app, key)
        if read is not None:
            yield recipient, kind, whole(read[1])


def whole(message: EmailMessage) -> str:
    """Return a mail with its headers, as text."""
    return "\n".join([str(message.items()), part(message, "plain"), part(message, "html")])


@pytest.mark.parametrize("state", S)
def test_no_mail_and_no_event_holds_what_is_not_opened(sown: Planted, state: IntroductionState) -> None:
    sown.world.reached(state)
    by_address = {sown.world.email_of(role): role for role in ROLES}
    with sown.world.database.reading() as session:
        words = "".join(str(event.ids) for event in session.scalars(sa.select(Event)))
    assert "zq" not in words
    told = 0
    for recipient, kind, text in letters(sown.app, sown.world):
        told += 1
        # Not even after the second yes: a mail is no place for contacts.
        wrong = hidden_from(by_address[recipient], opened=False)
        assert [word for word in wrong if word in text] == [], (recipient, kind)
    assert told


def test_what_an_officer_proposes_shows_neither_side_the_other(sown: Planted) -> None:
    world = sown.world
    key = world.propose(presented="They fit.")

    def shown(role: str) -> list[tuple[str, str]]:
        found = leaks(sown.surfaces(role).pages(), hidden_from(role, opened=False))
        return [leak for leak in found if not public_name(leak[0])]

    for verb in ("send_on", "accept"):
        for role in ("proposer", "other", "stranger"):
            assert shown(role) == [], (verb, role)
        world.do(verb, key, **({"actor": world.maker_person} if verb == "accept" else {}))
    for role in ("proposer", "other"):
        assert shown(role) == [], role


def test_who_leaves_or_is_shut_out_loses_what_was_opened(sown: Planted) -> None:
    sown.world.reached(S.ACCEPTED)
    sown.world.leave(sown.world.maker_reader, sown.world.maker)
    sown.world.suspend(sown.world.buyer)
    hidden = {"name", "person", "login"}
    wrong = [secret(side, field) for side in SIDES for field in OPENED if field not in hidden]
    for role in ("reader", "other"):
        assert leaks(sown.surfaces(role).pages(), wrong) == [], role
