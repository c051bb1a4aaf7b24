"""The demo's introductions: each is led through its steps by the people whom they fall to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import actors
from marketplace.accounts.models import User
from marketplace.demo.world import Table
from marketplace.files import FileStore
from marketplace.introductions.models import (
    FollowUp,
    FollowUpAnswer,
    Introduction,
    PartnershipType,
    ValueBand,
)
from marketplace.introductions.services.agree import AgreementValues, record_agreement
from marketplace.introductions.services.answer import accept_introduction, decline_introduction
from marketplace.introductions.services.broker import send_on, vet_introduction
from marketplace.introductions.services.express import express_interest
from marketplace.introductions.services.follow_up import answer_follow_up, ask_follow_ups
from marketplace.introductions.services.meet import accept_time, note_meeting, propose_meeting
from marketplace.introductions.services.progress import note_progress
from marketplace.introductions.services.propose import Pair, propose_introduction
from marketplace.introductions.services.talk import write_message
from marketplace.introductions.services.time import keep_time
from marketplace.introductions.services.withdraw import withdraw_introduction
from marketplace.introductions.states import By, Reason
from marketplace.introductions.wording import SIDES
from marketplace.listings.models import Listing
from marketplace.offices.models import Officer
from marketplace.organisations.models import MemberRole, Membership, Organisation
from marketplace.outbox import Event
from marketplace.policy import Actor

# What happened longer ago is news to nobody.
NEWS: Final = timedelta(days=90)
# The demo sends no file, so that nothing is kept there.
NO_FILES: Final = FileStore(Path())


@dataclass(frozen=True, slots=True)
class _Led:
    """An introduction on its way, and what the file says of it."""

    session: Session
    introduction: Introduction
    table: Table

    def side(self, by: By) -> Actor:
        """Return who writes for a side."""
        key = (
            self.introduction.proposer_organisation_id
            if by is By.PROPOSER
            else self.introduction.other_organisation_id
        )
        return _owner(self.session, key)

    def office(self, by: By) -> Actor:
        """Return an officer of one of the two offices."""
        first = by is By.PROPOSER_OFFICE
        found = self.introduction
        return _officer(self.session, found.proposer_office_id if first else found.other_office_id)

    @property
    def reason(self) -> Reason | None:
        """Why it ended."""
        return Reason(self.table["reason"]) if "reason" in self.table else None

    @property
    def presented(self) -> str:
        """What the side is told that is asked."""
        return str(self.table.get("presented", ""))


Step = Callable[[_Led, datetime], object]


def _vet(led: _Led, at: datetime) -> None:
    officer = led.office(By.PROPOSER_OFFICE)
    vet_introduction(led.session, officer, led.introduction, presented=led.presented, version=None, now=at)


def _send_on(led: _Led, at: datetime) -> None:
    send_on(
        led.session,
        led.office(By.OTHER_OFFICE),
        led.introduction,
        presented=led.presented,
        version=None,
        now=at,
    )


def _accept(by: By) -> Step:
    return lambda led, at: accept_introduction(led.session, led.side(by), led.introduction, now=at)


def _decline(led: _Led, actor: Actor, at: datetime) -> None:
    decline_introduction(
        led.session, actor, led.introduction, reason=led.reason, words="", version=None, now=at
    )


def _withdraw(led: _Led, at: datetime) -> None:
    actor = led.side(By.PROPOSER)
    withdraw_introduction(
        led.session, actor, led.introduction, reason=led.reason, words="", version=None, now=at
    )


def _progress(name: str) -> Step:
    return lambda led, at: note_progress(
        led.session,
        led.side(By.PROPOSER),
        led.introduction,
        name,
        reason=led.reason if name == "fail" else None,
        version=None,
        now=at,
    )


def _agree(led: _Led, at: datetime) -> None:
    told = led.table["agreement"]
    values = AgreementValues(
        type=PartnershipType(told["type"]),
        agreed_on=at.date(),
        value_band=ValueBand(told["value_band"]),
        currency=told["currency"],
        jobs=told["jobs"],
        note=told["note"],
    )
    record_agreement(
        led.session,
        led.side(By.PROPOSER),
        led.introduction,
        values,
        upload=None,
        store=NO_FILES,
        version=None,
        now=at,
    )


def _follow_up(led: _Led, at: datetime) -> None:
    """Ask both sides how they fare, and let them answer."""
    ask_follow_ups(led.session, now=at)
    asked = sa.select(FollowUp).where(
        FollowUp.introduction_id == led.introduction.id, FollowUp.asked_at.is_not(None)
    )
    for question in led.session.scalars(asked):
        answer = FollowUpAnswer(led.table["fares"])
        answer_follow_up(led.session, led.side(question.side), question, answer, now=at)


def _write(message: Table) -> Step:
    """Return the step that writes a message of the file."""
    by = By(message["by"])

    def write(led: _Led, at: datetime) -> None:
        write_message(
            led.session,
            led.side(by) if by in SIDES else led.office(by),
            led.introduction,
            text=message["text"],
            uploads=(),
            store=NO_FILES,
            once=f"demo {message['days']}",
            to_all=True,
            now=at,
        )

    return write


def _meeting_steps(meeting: Table, begun: datetime) -> Iterator[tuple[float, Step]]:
    """Give the steps of a meeting of the file: proposed, and where it says so accepted and held."""
    by, other = By(meeting["by"]), By.OTHER if meeting["by"] == By.PROPOSER else By.PROPOSER

    def propose(led: _Led, at: datetime) -> None:
        propose_meeting(
            led.session,
            led.side(by),
            led.introduction,
            times=[_hour(begun + timedelta(days=days)) for days in meeting["times"]],
            minutes=meeting["minutes"],
            place=meeting["place"],
            answering=0,
            now=at,
        )

    yield meeting["days"], propose
    if "accepted" in meeting:
        yield (
            meeting["accepted"],
            lambda led, at: accept_time(
                led.session, led.side(other), led.introduction, number=1, position=0, now=at
            ),
        )
    if "held" in meeting:
        yield (
            meeting["held"],
            lambda led, at: note_meeting(
                led.session, led.side(by), led.introduction, number=1, held=True, now=at
            ),
        )


def _hour(moment: datetime) -> datetime:
    """Return the morning hour of a day at which people meet."""
    return moment.replace(hour=9, minute=0, second=0, microsecond=0)


STEPS: Final[Mapping[str, Step]] = {
    "vet": _vet,
    "send_on": _send_on,
    "accept": _accept(By.OTHER),
    "accept_own": _accept(By.PROPOSER),
    "decline": lambda led, at: _decline(led, led.side(By.OTHER), at),
    "decline_office": lambda led, at: _decline(led, led.office(By.PROPOSER_OFFICE), at),
    "withdraw": _withdraw,
    # Its time is up; so is that of nobody else, since the longest silence stands first in the file.
    "expire": lambda led, at: keep_time(led.session, now=at),
    "agree": _agree,
    "follow_up": _follow_up,
    **{name: _progress(name) for name in ("hold_meeting", "negotiate", "fail")},
}


def add_introduction(
    session: Session,
    table: Table,
    listings: Mapping[str, Listing],
    organisations: Mapping[str, Organisation],
    now: datetime,
) -> Introduction:
    """Begin an introduction, and lead it through its steps.

    Parameters
    ----------
    listings
        By title.
    organisations
        By key.
    """
    begun = now - timedelta(days=table["days"])
    own = listings[table["own"]] if "own" in table else None
    other = listings[table["other"]]
    if table.get("origin") == "office" and own is not None:
        officer = _officer(session, own.office_id)
        introduction = propose_introduction(
            session, officer, Pair(own, other), presented=table["presented"], now=begun
        )
    else:
        key = organisations[table["organisation"]].id if own is None else own.organisation_id
        introduction = express_interest(
            session,
            _owner(session, key),
            other,
            organisation_id=key or 0,
            own_listing=own,
            sought=table["sought"],
            unclear=table.get("unclear", ""),
            now=begun,
        ).introduction
    led = _Led(session, introduction, table)
    steps: list[tuple[float, Step]] = [(days, STEPS[name]) for name, days in table.get("steps", {}).items()]
    steps += [(message["days"], _write(message)) for message in table.get("messages", ())]
    if "meeting" in table:
        steps += _meeting_steps(table["meeting"], begun)
    for days, step in sorted(steps, key=itemgetter(0)):
        step(led, begun + timedelta(days=days))
        session.refresh(introduction)
    return introduction


def forget_old_news(session: Session, now: datetime) -> None:
    """Mark as told what has been overtaken or is old: nobody gets a mail today of what happened weeks ago."""
    session.flush()
    told = Event.kind.startswith("Introduction")
    newest: dict[int, int] = {}
    for event in session.scalars(sa.select(Event).where(told).order_by(Event.id)):
        newest[event.ids["introduction"]] = event.id
    overtaken = sa.or_(Event.id.not_in(newest.values()), Event.at < now - NEWS)
    session.execute(sa.update(Event).where(told, overtaken).values(done_at=now))


def _owner(session: Session, organisation_id: int | None) -> Actor:
    user = session.scalars(
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id, Membership.role == MemberRole.OWNER)
    ).one()
    return actors.actor_of(session, user)


def _officer(session: Session, office_id: int | None) -> Actor:
    """Return an officer of an office; an administrator where nobody works there."""
    user = (
        session.scalar(
            sa.select(User)
            .join(Officer, Officer.user_id == User.id)
            .where(Officer.office_id == office_id)
            .order_by(User.id)
            .limit(1)
        )
        or session.scalars(sa.select(User).where(User.is_admin)).one()
    )
    return actors.actor_of(session, user)
