"""A world with everybody in it, and things of every sort in every condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.databank.models import Note
from marketplace.db import Database
from marketplace.files import FileStore, StoredFile, Upload, keep_file
from marketplace.intake.models import DatabankImport, ImportKind, ImportState
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Attachment, Dissemination, Listing, State
from marketplace.matches.models import Match
from marketplace.matches.stored import score_as_json
from marketplace.organisations.models import (
    Benchmark,
    Check,
    CheckResult,
    HeldCertificate,
    Identifier,
    Invitation,
    Machine,
    MemberRole,
    Organisation,
    Verification,
)
from marketplace.organisations.queries.found import reference_of
from marketplace.policy import Actor
from marketplace.programmes.models import Programme
from matching.types import Score
from tests.marketplace.introductions.test_messages import PDF
from tests.marketplace.introductions.world import World

S = IntroductionState
NOWHERE: Final = 2_000_000
# The buyer's request, with which each of the offers has been matched.
PARTNER: Final = "REQ-2026-00002"
Places = Mapping[str, Any]


class Everybody:
    """The people, by their part in what happens, and the things, by sort and condition.

    The maker's organisation is everybody's *own*; what is *foreign* belongs to another that has
    nothing to do with it; *shut* is the organisation that is suspended.
    """

    def __init__(self, database: Database, folder: Path, secret_key: str) -> None:
        self.secret_key = secret_key
        # Made half a year and more ago, so that questions after six months are asked already.
        world = self.world = World(database, now=clock.now() - timedelta(days=190))
        world.store = FileStore(folder)
        self.market = world.market
        self._people()
        self.things: dict[str, dict[str, Places]] = {}
        self._listings()
        self._introductions()
        self._firms()
        self._desk()
        world.leave(self.removed, world.maker)
        world.suspend(self.shut)

    def _people(self) -> None:
        world, market = self.world, self.market
        with market.together():
            self.shut = market.organisation(name="Shut Works", office_id=world.unrelated_office)
            self.foreign = market.organisation(name="Foreign Works", office_id=world.unrelated_office)
            self.third = market.organisation(name="Third Works", office_id=world.unrelated_office)
            self.colleague = market.member(world.maker, "viewer")
            editor = market.member(world.maker, "editor")
            self.removed = market.member(world.maker, "editor")
            self.shut_owner = market.member(self.shut)
            newcomer = market.person()
            self.foreign_owner = market.member(self.foreign)
            self.third_owner = market.member(self.third)
        self.people: Mapping[str, Actor | None] = {
            "visitor": None,
            "newcomer": newcomer,
            "removed": self.removed,
            "shut": self.shut_owner,
            "partner": world.buyer_person,
            "viewer": world.maker_reader,
            "editor": editor,
            "owner": world.maker_person,
            "officer": world.first,
            "across": world.second,
            "elsewhere": world.unrelated,
            "admin": world.admin,
        }

    def of(self, sort: str, condition: str, **places: Any) -> None:
        """Keep what stands in the places of an address for a thing in a condition."""
        self.things.setdefault(sort, {})[condition] = places

    def _listings(self) -> None:
        world, market = self.world, self.market

        def add(condition: str, organisation_id: int, office_id: int, **given: Any) -> int:
            key = market.listing("offer", organisation_id, office_id=office_id, **given)
            with world.database.transaction() as session:
                listing = session.get_one(Listing, key)
                match = Match(
                    request_id=world.request,
                    offer_id=key,
                    total=70,
                    explanation=score_as_json(Score(world.request, key, 70, 70, 70, (), (), ())),
                    found_at=world.now,
                    scored_at=world.now,
                )
                session.add(match)
                session.flush()
                places = {"reference": listing.reference, "match_id": match.id, "version": listing.version}
            self.of("listing", condition, position=0, partner=PARTNER, **places)
            self._attach(key)
            return key

        mine, theirs = (world.maker, world.first_office), (self.foreign, world.unrelated_office)
        unseen: dict[str, Any] = {"published_at": None}
        self.open_key = add("open", *mine)
        add("members", *mine, dissemination=Dissemination.MEMBERS)
        add("offices", *mine, dissemination=Dissemination.OFFICES)
        add("draft", *mine, state=State.DRAFT, **unseen)
        add("submitted", *mine, state=State.SUBMITTED, **unseen)
        add("archived", *mine, state=State.ARCHIVED)
        self.foreign_key = add("foreign", *theirs)
        add("foreign draft", *theirs, state=State.DRAFT, **unseen)
        add("foreign archived", *theirs, state=State.ARCHIVED)
        self.shut_key = add("shut", self.shut, world.unrelated_office)
        self.third_request = market.listing("request", self.third, office_id=world.unrelated_office)
        self.shut_request = market.listing("request", self.third, office_id=world.unrelated_office)
        self.of(
            "listing",
            "nowhere",
            reference="OFR-2026-99999",
            position=0,
            partner=PARTNER,
            match_id=NOWHERE,
            version=1,
        )

    def _attach(self, listing_id: int) -> None:
        with self.world.database.transaction() as session:
            file = self._file(session)
            session.get_one(Listing, listing_id).attachments = [Attachment(position=0, file_id=file.id)]

    def _file(self, session: Session) -> StoredFile:
        upload = Upload("drawing.pdf", "application/pdf", PDF)
        return keep_file(
            session, self.world.store, upload, organisation_id=None, user_id=None, now=self.world.now
        )

    @contextmanager
    def _towards(self, request: int) -> Iterator[None]:
        kept, self.world.request = self.world.request, request
        yield
        self.world.request = kept

    def _introductions(self) -> None:
        world = self.world
        for condition, state in (
            ("proposed", S.PROPOSED),
            ("vetted", S.VETTED),
            ("sent", S.SENT),
            ("together", S.ACCEPTED),
            ("agreed", S.ACCEPTED),
            ("over", S.WITHDRAWN),
        ):
            request = self.market.listing("request", world.buyer, office_id=world.second_office)
            self._attach(request)
            with self._towards(request):
                key = world.reach(state)
            if state is S.ACCEPTED:
                self._talk(key, world.maker_person, world.buyer_person, agree=condition == "agreed")
            if condition == "agreed":
                world.agree(key, upload=Upload("signed.pdf", "application/pdf", PDF))
            self._keep(condition, key)
        for condition, owner, firm, own, request in (
            ("foreign", self.foreign_owner, self.foreign, self.foreign_key, self.third_request),
            ("shut", self.shut_owner, self.shut, self.shut_key, self.shut_request),
        ):
            with self._towards(request):
                key = world.express(world.again(owner), own=own, organisation_id=firm)
                # Both are of one office, so that it is sent with the first word.
                world.do("vet", key, world.unrelated)
                world.do("accept", key, world.again(self.third_owner))
            self._keep(condition, key)
            self._talk(key, world.again(owner), world.again(self.third_owner))
        world.now = clock.now()
        world.follow_up()
        self.of("introduction", "nowhere", reference="INT-2026-99999", version=1, number=1, position=0)

    def _talk(self, key: int, first: Actor, second: Actor, *, agree: bool = True) -> None:
        world = self.world
        world.write(key, first, uploads=[Upload("drawing.pdf", "application/pdf", PDF)])
        number = world.propose_times(key, first)
        if agree:
            world.accept_time(key, second, number)

    def _keep(self, condition: str, key: int) -> None:
        row: Introduction = self.world.get(key)
        self.of(
            "introduction",
            condition,
            reference=row.reference,
            version=row.version,
            number=1,
            position=0,
        )

    def _firms(self) -> None:
        for condition, firm, owner, officer in (
            ("own", self.world.maker, self.colleague, self.world.first),
            ("foreign", self.foreign, self.foreign_owner, self.world.unrelated),
            ("shut", self.shut, self.shut_owner, self.world.unrelated),
        ):
            with self.world.database.transaction() as session:
                organisation = session.get_one(Organisation, firm)
                organisation.reference = reference_of(2026, firm)
                file = self._file(session)
                certificate = HeldCertificate(organisation_id=firm, scheme="ISO 9001", file_id=file.id)
                machine = Machine(organisation_id=firm, type="CNC lathe")
                number = Identifier(organisation_id=firm, country="GH", scheme="tin", value=f"C{firm:010}")
                asked = Invitation(
                    organisation_id=firm,
                    email=f"invited{firm}@example.org",
                    role=MemberRole.VIEWER,
                    invited_by_id=owner.user_id,
                    created_at=self.world.now,
                    expires_at=self.world.now + timedelta(days=7),
                )
                note = Note(
                    organisation_id=firm,
                    office_id=organisation.office_id,
                    text="Exports to three countries.",
                    written_by_id=officer.user_id,
                    written_at=self.world.now,
                )
                seen = Verification(
                    organisation_id=firm,
                    office_id=organisation.office_id,
                    check=Check.VISIT,
                    result=CheckResult.CONFIRMED,
                    checked_on=self.world.now.date(),
                    evidence_file_id=self._file(session).id,
                    recorded_by_id=officer.user_id,
                    recorded_at=self.world.now,
                )
                measured = Benchmark(
                    organisation_id=firm,
                    office_id=organisation.office_id,
                    benchmarked_on=self.world.now.date(),
                    against="14 shops of the region",
                    better_than=60,
                    recorded_by_id=officer.user_id,
                    recorded_at=self.world.now,
                )
                session.add_all([certificate, machine, number, asked, note, seen, measured])
                session.flush()
                self.of(
                    "organisation",
                    condition,
                    reference=organisation.reference,
                    version=organisation.version,
                    certificate_id=certificate.id,
                    machine_id=machine.id,
                    identifier_id=number.id,
                    invitation_id=asked.id,
                    user_id=owner.user_id,
                    note_id=note.id,
                    record_id=seen.id,
                    benchmark_id=measured.id,
                )
        self.of(
            "organisation",
            "nowhere",
            reference="ORG-2026-99999",
            version=1,
            certificate_id=NOWHERE,
            machine_id=NOWHERE,
            identifier_id=NOWHERE,
            invitation_id=NOWHERE,
            user_id=NOWHERE,
            note_id=NOWHERE,
            record_id=NOWHERE,
            benchmark_id=NOWHERE,
        )

    def _desk(self) -> None:
        world = self.world
        for condition, office, officer in (
            ("own", world.first_office, world.first),
            ("foreign", world.unrelated_office, world.unrelated),
        ):
            self._office(condition, office, officer)
            self.of("office", condition, code=f"SPX-{office}", user_id=officer.user_id)
            self.of("person", condition, user_id=officer.user_id)
        self.of("office", "nowhere", code="SPX-99", user_id=NOWHERE)
        self.of("person", "nowhere", user_id=NOWHERE)
        self.of("programme", "nowhere", code="NONE", reference="ORG-2026-99999")
        self.of("import", "nowhere", number=NOWHERE)
        self.of("pair", "nowhere", kept="ORG-2026-99998", merged="ORG-2026-99999")
        self.of("nothing", "-")

    def _office(self, condition: str, office: int, officer: Actor) -> None:
        """Add what an office has besides people: a programme, a file to bring in, and two records alike."""
        with self.world.database.transaction() as session:
            code = f"P-{office}"
            session.add(
                Programme(
                    code=code,
                    name=f"Programme {office}",
                    office_id=office,
                    starts_on=self.world.now.date(),
                    created_at=self.world.now,
                )
            )
            brought = DatabankImport(
                office_id=office,
                user_id=officer.user_id,
                file_id=self._file(session).id,
                kind=ImportKind.ORGANISATIONS,
                state=ImportState.FAILED,
                found={
                    "header": ["name", "country"],
                    "examples": [["Volta Works"], ["GH"]],
                    "format": "csv",
                    "encoding": "utf-8",
                    "delimiter": ",",
                    "sheet": "",
                },
                header_key="",
                columns={},
                fixed={},
                created_at=self.world.now,
                error="The file is gone.",
            )
            session.add(brought)
            session.flush()
            self.of("import", condition, number=brought.id)
        references = []
        for name in ("Twin Works", "Twin Works Ltd"):
            key = self.market.organisation(name=name, office_id=office)
            with self.world.database.transaction() as session:
                session.get_one(Organisation, key).reference = reference_of(2026, key)
            references.append(reference_of(2026, key))
        self.of("pair", condition, kept=references[0], merged=references[1])
        self.of("programme", condition, code=code, reference="ORG-2026-99999")

    def email(self, name: str) -> str:
        """Return the address by which one of the people logs in."""
        person = self.people[name]
        assert person is not None
        with self.world.database.reading() as session:
            return str(session.scalar(sa.select(User.email).where(User.id == person.user_id)))
