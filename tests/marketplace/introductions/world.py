"""Two offices with their officers, a buyer of the one and a maker of the other, and their listings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from marketplace import actors
from marketplace.audit import AuditEntry
from marketplace.db import Database
from marketplace.files import FileStore
from marketplace.introductions.models import Introduction, PartnershipType, ValueBand
from marketplace.introductions.services.agree import AgreementValues, record_agreement
from marketplace.introductions.services.answer import accept_introduction, decline_introduction
from marketplace.introductions.services.broker import remind, send_on, vet_introduction
from marketplace.introductions.services.call_off import call_off
from marketplace.introductions.services.express import express_interest
from marketplace.introductions.services.follow_up import ask_follow_ups
from marketplace.introductions.services.meet import accept_time, note_meeting, propose_meeting
from marketplace.introductions.services.progress import note_progress
from marketplace.introductions.services.propose import Pair, propose_introduction
from marketplace.introductions.services.talk import write_message
from marketplace.introductions.services.time import Swept, keep_time
from marketplace.introductions.services.withdraw import withdraw_introduction
from marketplace.introductions.states import ACTS, IntroductionState, Reason
from marketplace.listings.models import Listing
from marketplace.offices.models import Officer
from marketplace.organisations.models import EmployeeBand, Membership, Organisation
from marketplace.outbox import Event
from marketplace.policy import Actor
from tests.marketplace.matches.market import NOW, Market

# How each state is reached from an expression of interest, by the verbs of :class:`World`.
WAYS: Final[Mapping[IntroductionState, tuple[str, ...]]] = MappingProxyType(
    {
        IntroductionState.PROPOSED: (),
        IntroductionState.VETTED: ("vet",),
        IntroductionState.SENT: ("vet", "send_on"),
        IntroductionState.ACCEPTED: ("vet", "send_on", "accept"),
        IntroductionState.MEETING_HELD: ("vet", "send_on", "accept", "hold_meeting"),
        IntroductionState.NEGOTIATING: ("vet", "send_on", "accept", "negotiate"),
        IntroductionState.AGREED: ("vet", "send_on", "accept", "agree"),
        IntroductionState.FAILED: ("vet", "send_on", "accept", "fail"),
        IntroductionState.DECLINED: ("vet", "send_on", "decline"),
        IntroductionState.WITHDRAWN: ("vet", "send_on", "withdraw"),
        IntroductionState.EXPIRED: ("vet", "send_on", "expire"),
    }
)

# The people of :class:`World`, by where it keeps them.
PEOPLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "maker_person": "_maker",
        "maker_reader": "_maker_reader",
        "buyer_person": "_buyer",
        "first": "_first",
        "second": "_second",
        "unrelated": "_unrelated",
        "stranger": "_stranger",
        "admin": "_admin",
    }
)

# Of those who send no file: nothing is written there.
STORE: Final = FileStore(Path("nowhere"))
TOLD: Final = {"presented": "", "version": None}
# Service, who it falls to, and what it is usually given.
VERBS: Final[Mapping[str, tuple[Any, str, Mapping[str, Any]]]] = MappingProxyType(
    {
        "vet": (vet_introduction, "first", TOLD),
        "send_on": (send_on, "second", TOLD),
        "accept": (accept_introduction, "buyer_person", {}),
        "decline": (
            decline_introduction,
            "buyer_person",
            {"reason": Reason.PRICE, "words": "", "version": None},
        ),
        "withdraw": (
            withdraw_introduction,
            "maker_person",
            {"reason": Reason.PARTNER_FOUND, "words": "", "version": None},
        ),
        "remind": (remind, "first", {}),
    }
)


class World:
    """The maker of the first office would like to meet the buyer of the second.

    Parameters
    ----------
    listed
        Whether each of the two has a published listing already.
    """

    def __init__(
        self, database: Database, *, one_office: bool = False, listed: bool = True, now: datetime = NOW
    ) -> None:
        self.database = database
        self.now = now
        self.once = 0
        self.store = STORE
        self.market = Market(database, now)
        market = self.market
        with market.together():
            self.first_office = market.office()
            self.second_office = self.first_office if one_office else market.office()
            self.unrelated_office = market.office()
            self.maker = market.organisation(
                "KE",
                name="Nyota Works",
                email="hidden@example.org",
                sectors=["2592"],
                employees=EmployeeBand.SMALL,
                office_id=self.first_office,
            )
            self.buyer = market.organisation("GH", name="Baobab Pumps", office_id=self.second_office)
            self._maker = market.member(self.maker)
            self._maker_reader = market.member(self.maker, "viewer")
            self._buyer = market.member(self.buyer)
            self._first = self._officer(self.first_office)
            self._second = self._first if one_office else self._officer(self.second_office)
            self._unrelated = self._officer(self.unrelated_office)
            self.strangers = market.organisation(name="Stranger")
            self._stranger = market.member(self.strangers)
            self._admin = market.person(is_admin=True)
            self.offer = self.request = 0
            if listed:
                self.offer = market.listing("offer", self.maker, office_id=self.first_office)
                self.request = market.listing(
                    "request", self.buyer, office_id=self.second_office, title="Shafts wanted"
                )

    def _officer(self, office_id: int) -> Actor:
        person = self.market.person()
        with self.market.open() as session:
            session.add(Officer(user_id=person.user_id, office_id=office_id, since=self.now))
        return person

    def officer(self, office_id: int) -> Actor:
        """Add an officer."""
        return self.again(self._officer(office_id))

    def again(self, person: Actor) -> Actor:
        """Return a person with permissions as they are now, as at a new request."""
        with self.database.reading() as session:
            found = actors.actor_by_id(session, int(person.user_id or 0))
        assert found is not None
        return found

    def __getattr__(self, name: str) -> Actor:
        """Give a person: ``maker_person``, ``buyer_person``, ``first``, ``second``, and so on."""
        if name not in PEOPLE:
            raise AttributeError(name)
        return self.again(self.__dict__[PEOPLE[name]])

    def user_id(self, name: str) -> int:
        """Return the key of a person."""
        return int(self.__dict__[PEOPLE[name]].user_id)

    # ------------------------------------------------------------------------------- verbs

    def express(self, actor: Actor | None = None, **given: Any) -> int:
        """Express the maker's interest in the request; returns the key."""
        own, listing = given.pop("own", self.offer), given.pop("listing", self.request)
        with self.database.transaction() as session:
            values = {
                "organisation_id": self.maker,
                "sought": "A trial order.",
                "unclear": "",
                "now": self.now,
                **given,
            }
            return express_interest(
                session,
                actor or self.maker_person,
                session.get_one(Listing, listing),
                own_listing=session.get_one(Listing, own) if own else None,
                **values,
            ).introduction.id

    def propose(self, actor: Actor | None = None, **given: Any) -> int:
        """Propose that the maker and the buyer meet, as an officer of the first office."""
        first, second = given.pop("first", self.offer), given.pop("second", self.request)
        with self.database.transaction() as session:
            pair = Pair(session.get_one(Listing, first), session.get_one(Listing, second))
            values = {"presented": "", "now": self.now, **given}
            return propose_introduction(session, actor or self.first, pair, **values).id

    def do(self, verb: str, key: int, actor: Actor | None = None, **given: Any) -> Any:
        """Carry out a verb as the one whom it falls to, unless said otherwise."""
        service, person, usual = VERBS.get(verb, (None, "maker_person", {"version": None}))
        if service is None:
            return self.do_progress(key, verb, actor, **given)
        values = {"now": self.now, **usual, **given}
        who = actor or getattr(self, person)
        with self.database.transaction() as session:
            return service(session, who, session.get_one(Introduction, key), **values)

    def do_progress(self, key: int, name: str, actor: Actor | None = None, **given: Any) -> None:
        """Note what has become of the two, as the maker unless said otherwise."""
        if name == "agree":
            self.agree(key, actor, **given)
            return
        usual: dict[str, Any] = {"reason": Reason.TERMS} if name == "fail" else {}
        values = {"now": self.now, "version": None, **usual, **given}
        who = actor or self.maker_person
        with self.database.transaction() as session:
            note_progress(session, who, session.get_one(Introduction, key), name, **values)

    def agree(self, key: int, actor: Actor | None = None, **given: Any) -> None:
        """Record an agreement of today, as the maker unless said otherwise."""
        call: dict[str, Any] = {"now": self.now, "version": None, "upload": None, "store": self.store}
        call |= {name: given.pop(name) for name in list(given) if name in call}
        values = {
            "type": PartnershipType.SUPPLIER,
            "agreed_on": self.now.date(),
            "value_band": ValueBand.UNDER_50K,
            "currency": "EUR",
            "jobs": 3,
            **given,
        }
        who = actor or self.maker_person
        with self.database.transaction() as session:
            found = session.get_one(Introduction, key)
            record_agreement(session, who, found, AgreementValues(**values), **call)

    def write(self, key: int, actor: Actor, text: str = "A word.", **given: Any) -> bool:
        """Write a message."""
        self.once += 1
        values = {
            "uploads": [],
            "store": self.store,
            "once": f"form {self.once}",
            "to_all": True,
            "now": self.now,
            **given,
        }
        with self.database.transaction() as session:
            return write_message(session, actor, session.get_one(Introduction, key), text=text, **values)

    def propose_times(self, key: int, actor: Actor, *hours: int, **given: Any) -> int:
        """Propose to meet in some hours; returns the proposal's number."""
        times = [self.now + timedelta(hours=one) for one in hours or (24, 48)]
        values = {
            "times": times,
            "minutes": 60,
            "place": "By video",
            "answering": 0,
            "now": self.now,
            **given,
        }
        with self.database.transaction() as session:
            found = session.get_one(Introduction, key)
            return propose_meeting(session, actor, found, **values).number

    def accept_time(self, key: int, actor: Actor, number: int = 1, position: int = 0) -> bool:
        """Accept one of the times."""
        with self.database.transaction() as session:
            found = session.get_one(Introduction, key)
            return accept_time(session, actor, found, number=number, position=position, now=self.now)

    def call_off(self, key: int, actor: Actor, number: int = 1, reason: str = "Our engineer is ill.") -> bool:
        """Call an agreed meeting off."""
        with self.database.transaction() as session:
            found = session.get_one(Introduction, key)
            return call_off(session, actor, found, number=number, reason=reason, now=self.now)

    def note_meeting(self, key: int, actor: Actor, number: int = 1, *, held: bool = True) -> bool:
        """Note whether a meeting was held."""
        with self.database.transaction() as session:
            found = session.get_one(Introduction, key)
            return note_meeting(session, actor, found, number=number, held=held, now=self.now)

    def follow_up(self) -> int:
        """Ask what is due."""
        with self.database.transaction() as session:
            return ask_follow_ups(session, now=self.now)

    def reach(self, state: IntroductionState, key: int | None = None) -> int:
        """Bring an expression of interest into a state; returns the key."""
        key = self.express() if key is None else key
        for verb in WAYS[state]:
            if verb == "expire":
                self.pass_time(timedelta(days=90))
            else:
                self.do(verb, key)
        return key

    def pass_time(self, by: timedelta) -> Swept:
        """Let the clock run, and sweep."""
        self.now += by
        with self.database.transaction() as session:
            return keep_time(session, now=self.now)

    # ------------------------------------------------------------------------------- looking

    def get(self, key: int) -> Introduction:
        """Return an introduction as it is now."""
        with self.database.reading() as session:
            return session.get_one(Introduction, key)

    def acts(self, key: int) -> list[str]:
        """Return what the audit holds of its transitions."""
        with self.database.reading() as session:
            return list(
                session.scalars(
                    sa.select(AuditEntry.act)
                    .where(
                        AuditEntry.thing == "introduction",
                        AuditEntry.thing_id == key,
                        AuditEntry.act.in_(ACTS),
                    )
                    .order_by(AuditEntry.id)
                )
            )

    def events(self, key: int) -> list[str]:
        """Return the kinds of the events of an introduction."""
        with self.database.reading() as session:
            found = session.scalars(sa.select(Event).order_by(Event.id))
            return [event.kind for event in found if event.ids.get("introduction") == key]

    def suspend(self, organisation_id: int) -> None:
        """Shut an organisation out."""
        with self.database.transaction() as session:
            session.get_one(Organisation, organisation_id).suspended_at = self.now

    def leave(self, person: Actor, organisation_id: int) -> None:
        """Let a member leave an organisation."""
        with self.database.transaction() as session:
            session.delete(session.get_one(Membership, (organisation_id, person.user_id)))

    def take_part(self, person: Actor, organisation_id: int, role: str = "owner") -> Actor:
        """Let a person join an organisation."""
        self.market.join(person, organisation_id, role)
        return self.again(person)
