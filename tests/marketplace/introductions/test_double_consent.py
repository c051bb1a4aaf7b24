"""Nobody's contacts before both have said yes: every surface, read as everybody, in every state.

Each private field of both sides holds a string that stands nowhere else.  Whatever the exchange
shows is searched for them: every page that the table of routes knows, with the keys and
references that exist; what a wrong form answers; every mail; every notice; every event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.message import EmailMessage
from types import MappingProxyType

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.files import FileStore, StoredFile, Upload
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import REVEALED, IntroductionState
from marketplace.listings.models import Attachment, Listing
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.services.tell import plan
from marketplace.organisations.models import HeldCertificate, Identifier, Organisation
from marketplace.outbox import Event
from marketplace.reports.queries.figures import FIGURES
from tests.marketplace.databank.kept import keep_at_the_office
from tests.marketplace.introductions.test_messages import PDF
from tests.marketplace.introductions.world import WAYS, World
from tests.marketplace.notifications.told import part, parts_of, read_mail
from tests.marketplace.visitor import Visitor, database_of

S = IntroductionState
SIDES = ("maker", "buyer")
# What both sides see of each other once both have said yes.
OPENED = ("name", "address", "email", "phone", "website", "person", "login", "file", "sent_file")
# What not even then leaves its own side.
KEPT = ("note", "certificate_file", "evidence")
# What the office of a side keeps of it for itself: not even the side's own people read it.
STAFF = ("staff_note", "tag", "check", "check_link", "check_file")
OFFICER = ("first", "second")
ROLES: Mapping[str, str | None] = MappingProxyType(
    {
        "visitor": None,
        "stranger": "stranger",
        "proposer": "maker_person",
        "reader": "maker_reader",
        "other": "buyer_person",
        "officer A": "first",
        "officer B": "second",
        "unrelated officer": "unrelated",
    }
)
# Which private strings somebody may read anyway: of their own side, and as the office of one.
OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "proposer": ("maker",),
        "reader": ("maker",),
        "other": ("buyer",),
        "officer A": SIDES,
        "officer B": SIDES,
    }
)
# Whose notes, tags and evidence somebody reads: each office those of its own side.
STAFF_OF: Mapping[str, str] = MappingProxyType({"officer A": "maker", "officer B": "buyer"})


def secret(side: str, field: str) -> str:
    """Return the string that stands in one private field and nowhere else."""
    return f"zq{side}{field.replace('_', '')}zq"


def plant(world: World) -> None:
    """Hide both sides behind anonymous listings, and fill what nobody else may read."""
    with world.database.transaction() as session:
        for side in SIDES:
            organisation = session.get_one(Organisation, getattr(world, side))
            organisation.name = f"{secret(side, 'name')} Works"
            organisation.name_key = secret(side, "name").lower()
            organisation.address = secret(side, "address")
            organisation.email = f"{secret(side, 'email')}@example.org"
            organisation.phone = secret(side, "phone")
            organisation.website = f"https://{secret(side, 'website')}.example.org"
            user = session.get_one(User, getattr(world, f"{side}_person").user_id)
            user.name = secret(side, "person")
            user.email = f"{secret(side, 'login')}@example.org"
            session.add(
                Identifier(
                    organisation_id=organisation.id, country="GH", scheme="tin", value=secret(side, "number")
                )
            )
            certificate = StoredFile(
                sha256="1" * 64,
                name=f"{secret(side, 'certificate_file')}.pdf",
                media_type="application/pdf",
                size=9,
                uploaded_at=world.now,
            )
            listing = session.get_one(Listing, world.offer if side == "maker" else world.request)
            listing.anonymous = True
            file = StoredFile(
                sha256="2" * 64,
                name=f"{secret(side, 'file')}.pdf",
                media_type="application/pdf",
                size=9,
                uploaded_at=world.now,
            )
            session.add_all([certificate, file])
            session.flush()
            session.add(
                HeldCertificate(organisation_id=organisation.id, scheme="ISO 9001", file_id=certificate.id)
            )
            listing.attachments = [Attachment(position=0, file_id=file.id)]
            keep_at_the_office(session, organisation, world.now, *(secret(side, one) for one in STAFF))


class Surfaces:
    """Everything that an exchange shows to one person."""

    def __init__(self, app: Flask, world: World, role: str) -> None:
        self.app = app
        self.world = world
        self.role = role
        self.browser = Visitor(app)
        person = ROLES[role]
        if person is not None:
            with world.database.reading() as session:
                key = getattr(world, person).user_id
                email = session.get_one(User, key).email
            self.browser.enter(email)

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

    def pages(self) -> Iterator[tuple[str, str]]:
        """Give each page with what stands in it, headers and hidden fields included."""
        for place in self.places():
            answer = self.browser.get(place, follow_redirects=False)
            yield place, f"{answer.headers}\n{answer.get_data(as_text=True)}"

    def answers(self) -> Iterator[tuple[str, str]]:
        """Give what comes back from forms that are filled in wrongly, or are not this person's to send."""
        with self.world.database.reading() as session:
            found = session.scalars(sa.select(Introduction.reference)).all()
        for reference in found:
            for act in ("decline", "withdraw", "progress/fail"):
                place = f"/me/introductions/{reference}/{act}"
                yield place, self.browser.post(place, {"words": "?"}).get_data(as_text=True)
            for act in ("vet", "send-on", "decline", "reassign"):
                place = f"/desk/introductions/{reference}/{act}"
                data = {"presented": "x" * 1001, "officer": "-1"}
                yield place, self.browser.post(place, data).get_data(as_text=True)
            for act in ("messages", "meetings", "agreement", "meetings/1/accept", "meetings/1/held"):
                place = f"/introductions/{reference}/{act}"
                data = {"message": "x" * 4001, "time_1": "?", "agreed_on": "?", "time": "9"}
                yield place, self.browser.post(place, data).get_data(as_text=True)


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
    elif "figure" in rule.arguments:
        for figure in FIGURES:
            place = rule.rule.replace("<figure>", figure).replace("<ending>", "csv")
            yield f"{place}?of=network"
    else:
        yield re.sub(r"<[^>]*>", "1", rule.rule)


def hidden_from(role: str, *, opened: bool) -> list[str]:
    """Return the strings that a role may not find anywhere."""
    wrong = []
    for side in SIDES:
        if STAFF_OF.get(role) != side:
            wrong += [secret(side, field) for field in STAFF]
        if side in OWN.get(role, ()):
            continue
        takes_part = role in {"proposer", "reader", "other"}
        fields = (*KEPT, "number") if opened and takes_part else (*OPENED, *KEPT, "number")
        wrong += [secret(side, field) for field in fields]
    return wrong


def leaks(found: Iterator[tuple[str, str]], wrong: list[str]) -> list[tuple[str, str]]:
    """Return where something stands that may not."""
    return [(place, word) for place, text in found for word in wrong if word.lower() in text.lower()]


def public_name(place: str) -> bool:
    """Whether a page is the directory, where organisations show themselves by name, apart from listings."""
    return place.startswith(("/organisations", "/sectors", "/desk/reports/organisations-"))


@pytest.fixture
def sown(app: Flask) -> World:
    world = World(database_of(app), now=clock.now())
    world.store = FileStore(parts_of(app).settings.var / "files")
    plant(world)
    return world


def reached(world: World, state: IntroductionState) -> int:
    """Bring an interest into a state, with private words of its own."""
    note = secret("maker", "note")
    key = world.express(sought=f"Reach us: {note}", unclear=note)
    if "send_on" not in WAYS[state]:
        world.write(key, world.maker_person, to_all=False, uploads=[paper("maker", "sent_file")])
    for verb in WAYS[state]:
        if verb == "agree":
            world.agree(key, upload=paper("maker", "evidence"))
        elif verb == "expire":
            world.pass_time(timedelta(days=90))
        else:
            world.do(verb, key)
        if verb == "send_on":
            send_files(world, key)
    return key


def paper(side: str, field: str) -> Upload:
    """Return a file whose name gives its side away."""
    return Upload(f"{secret(side, field)}.pdf", "application/pdf", PDF)


def send_files(world: World, key: int) -> None:
    """Let both sides write to each other, each with a file."""
    for side, person in (("maker", world.maker_person), ("buyer", world.buyer_person)):
        world.write(key, person, uploads=[paper(side, "sent_file")])


# Every page there is, for every role: on a busy machine this takes longer than a test usually may.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("state", S)
def test_no_page_shows_what_is_not_opened(app: Flask, sown: World, state: IntroductionState) -> None:
    reached(sown, state)
    opened = state in REVEALED
    seen = 0
    for role in ROLES:
        surfaces = Surfaces(app, sown, role)
        wrong = hidden_from(role, opened=opened)
        pages = list(surfaces.pages())
        seen += len(pages)
        found = leaks(iter(pages), wrong)
        # The directory lists organisations by the name that they give themselves; it names no listing.
        names = {secret(side, "name") for side in SIDES}
        assert [leak for leak in found if not (public_name(leak[0]) and leak[1] in names)] == [], role
        answers = surfaces.answers() if state is not S.WITHDRAWN else iter(())
        assert leaks(answers, wrong) == [], role
    assert seen > 8 * 50


@pytest.mark.timeout(600)
def test_the_strings_are_there_to_be_found(app: Flask, sown: World) -> None:
    """The search itself works: after the second yes the sides find what they may."""
    reached(sown, S.ACCEPTED)
    for role, side in (("proposer", "buyer"), ("other", "maker"), ("reader", "buyer")):
        text = "".join(text for _place, text in Surfaces(app, sown, role).pages())
        assert [field for field in OPENED if secret(side, field) not in text] == [], role
    for role in ("officer A", "officer B"):
        text = "".join(text for _place, text in Surfaces(app, sown, role).pages())
        assert secret("maker", "note") in text
        side = STAFF_OF[role]
        assert [field for field in STAFF if secret(side, field) not in text] == [], role


@pytest.mark.parametrize("field", OPENED)
def test_nobody_finds_an_anonymous_listing_by_what_it_hides(app: Flask, sown: World, field: str) -> None:
    reached(sown, S.SENT)
    for role in ("visitor", "stranger", "proposer", "unrelated officer"):
        surfaces = Surfaces(app, sown, role)
        found = surfaces.browser.get(f"/opportunities?q={secret('buyer', field)}").text
        assert "REQ-2026-00002" not in found, role


def letters(app: Flask, world: World) -> Iterator[tuple[str, str, str]]:
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
def test_no_mail_and_no_event_holds_what_is_not_opened(
    app: Flask, sown: World, state: IntroductionState
) -> None:
    reached(sown, state)
    with sown.database.reading() as session:
        by_address = {
            session.get_one(User, getattr(sown, person).user_id).email: role
            for role, person in ROLES.items()
            if person is not None
        }
        words = "".join(str(event.ids) for event in session.scalars(sa.select(Event)))
    assert "zq" not in words
    told = 0
    for recipient, kind, text in letters(app, sown):
        told += 1
        # Not even after the second yes: a mail is no place for contacts.
        wrong = hidden_from(by_address[recipient], opened=False)
        assert [word for word in wrong if word in text] == [], (recipient, kind)
    assert told


def test_what_an_officer_proposes_shows_neither_side_the_other(app: Flask, sown: World) -> None:
    key = sown.propose(presented="They fit.")
    for verb in ("send_on", "accept"):
        for role in ("proposer", "other", "stranger"):
            found = leaks(Surfaces(app, sown, role).pages(), hidden_from(role, opened=False))
            assert [leak for leak in found if not public_name(leak[0])] == [], (verb, role)
        sown.do(verb, key, **({"actor": sown.maker_person} if verb == "accept" else {}))
    for role in ("proposer", "other"):
        found = leaks(Surfaces(app, sown, role).pages(), hidden_from(role, opened=False))
        assert [leak for leak in found if not public_name(leak[0])] == [], role


def test_who_leaves_or_is_shut_out_loses_what_was_opened(app: Flask, sown: World) -> None:
    reached(sown, S.ACCEPTED)
    sown.leave(sown.maker_reader, sown.maker)
    sown.suspend(sown.buyer)
    for role in ("reader", "other"):
        wrong = [
            secret(side, field)
            for side in SIDES
            for field in OPENED
            if field not in {"name", "person", "login"}
        ]
        assert leaks(Surfaces(app, sown, role).pages(), wrong) == [], role
