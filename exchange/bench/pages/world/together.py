"""What introductions leave behind: the record, messages, meetings, agreements, notices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from exchange.bench.pages.world.brokering import Brought
from exchange.bench.pages.world.draw import Row, Size, chance, random_of
from exchange.bench.pages.world.enquiries import Posted
from exchange.bench.pages.world.people import BIG, OFFICER, member_of
from marketplace.introductions.models.meeting import MeetingState
from marketplace.introductions.models.outcome import (
    FOLLOWED_AFTER_MONTHS,
    FollowUpAnswer,
    PartnershipType,
    ValueBand,
)
from marketplace.introductions.states import By, IntroductionState, Origin
from marketplace.notifications.models import Channel, DeliveryState

S = IntroductionState
MOST_MESSAGES: Final = 8
MONTH_DAYS: Final = 30
_ACTS: Final = {
    S.DECLINED: "introduction:decline",
    S.WITHDRAWN: "introduction:withdraw",
    S.EXPIRED: "introduction:expire",
    S.AGREED: "introduction:agree",
    S.FAILED: "introduction:fail",
}


def record(listings: Sequence[Posted], rows: Sequence[Row], brought: Sequence[Brought]) -> Iterator[Row]:
    """Yield the entries of the audit: each step of listings and introductions."""
    for listing, row in zip(listings, rows, strict=True):
        member = member_of(listing.firm.id)
        yield _entry(row["created_at"], member, "listing:post", "listing", listing.id)
        if row["submitted_at"]:
            yield _entry(row["submitted_at"], member, "listing:submit", "listing", listing.id)
        if row["published_at"]:
            yield _entry(row["published_at"], OFFICER, "listing:publish", "listing", listing.id)
    for one in brought:
        for at, act, by in _steps(one):
            actor = None if by is By.EXCHANGE else OFFICER
            yield _entry(at, actor, act, "introduction", one.id, {"by": by.value})


def _entry(
    at: datetime, actor_id: int | None, act: str, thing: str, thing_id: int, facts: Row | None = None
) -> Row:
    return {
        "at": at, "actor_id": actor_id, "act": act, "thing": thing, "thing_id": thing_id,
        "facts": facts or {},
    }  # fmt: skip


def _steps(one: Brought) -> Iterator[tuple[datetime, str, By]]:
    if one.origin is Origin.INTEREST:
        yield one.proposed_at, "introduction:express", By.PROPOSER
        if one.vetted_at:
            yield one.vetted_at, "introduction:vet", By.PROPOSER_OFFICE
    else:
        yield one.proposed_at, "introduction:propose", By.PROPOSER_OFFICE
    if one.sent_at:
        yield one.sent_at, "introduction:send_on", By.OTHER_OFFICE
    if one.revealed_at:
        yield one.revealed_at, "introduction:accept", By.OTHER
    if one.met_at:
        yield one.met_at, "introduction:hold_meeting", By.OTHER
    if one.ended_at:
        yield one.ended_at, _ACTS[one.state], By.EXCHANGE if one.state is S.EXPIRED else By.OTHER


def messages(size: Size, brought: Sequence[Brought]) -> Iterator[Row]:
    """Yield what those wrote who were asked."""
    rng = random_of(size, "messages")
    for one in brought:
        if one.sent_at is None:
            continue
        for place in range(rng.randint(0, MOST_MESSAGES)):
            by = rng.choice((By.PROPOSER, By.OTHER))
            firm = one.proposer if by is By.PROPOSER else one.other.firm
            yield {
                "introduction_id": one.id,
                "written_by": by,
                "author_id": member_of(firm.id),
                "once": f"{one.id}-{place}",
                "text": "Thank you. We can show samples next week, and send the drawings before. "
                * rng.randint(1, 5),
                "for_all": True,
                "written_at": one.sent_at + timedelta(hours=place),
            }


def meetings(brought: Sequence[Brought]) -> Iterator[Row]:
    """Yield the meetings of those who have met."""
    for one in brought:
        if one.met_at:
            revealed, met = one.revealed_at, one.met_at
            yield {
                "introduction_id": one.id, "number": 1, "series": 1, "state": MeetingState.HELD,
                "minutes": 60, "place": "By video", "proposed_by": By.PROPOSER,
                "proposed_by_id": member_of(one.proposer.id),
                "proposed_at": revealed, "starts_at": met, "accepted_by": By.OTHER,
                "accepted_by_id": member_of(one.other.firm.id), "accepted_at": revealed, "noted_at": met,
            }  # fmt: skip


def agreements(size: Size, brought: Sequence[Brought]) -> Iterator[Row]:
    """Yield the agreements."""
    rng = random_of(size, "agreements")
    for one in brought:
        if one.state is S.AGREED and one.ended_at:
            band = rng.choice(list(ValueBand))
            yield {
                "introduction_id": one.id,
                "type": rng.choice(list(PartnershipType)),
                "agreed_on": one.ended_at.date(),
                "value_band": band,
                "currency": "" if band is ValueBand.NOT_TOLD else rng.choice(("EUR", "USD")),
                "jobs": rng.choice((None, 0, 2, 5, 20)),
                "recorded_by": By.OTHER,
                "recorded_by_id": member_of(one.other.firm.id),
                "recorded_at": one.ended_at,
            }


def follow_ups(size: Size, brought: Sequence[Brought], now: datetime) -> Iterator[Row]:
    """Yield the questions after agreements, half of those that were asked with an answer."""
    rng = random_of(size, "follow-ups")
    for one in brought:
        if one.state is not S.AGREED or one.ended_at is None:
            continue
        for months in FOLLOWED_AFTER_MONTHS:
            for side in (By.PROPOSER, By.OTHER):
                due = one.ended_at + timedelta(days=MONTH_DAYS * months)
                answered = due <= now and chance(rng, 0.5)
                yield {
                    "introduction_id": one.id,
                    "side": side,
                    "months": months,
                    "due_at": due,
                    "asked_at": due if due <= now else None,
                    "answer": rng.choice(list(FollowUpAnswer)) if answered else None,
                    "answered_at": due if answered else None,
                }


def events(brought: Sequence[Brought]) -> Iterator[Row]:
    """Yield an event of each introduction, carried out."""
    for one in brought:
        yield {
            "id": one.id,
            "kind": "IntroductionProposed",
            "ids": {"introduction": one.id},
            "key": f"introduction:{one.id}:1",
            "at": one.proposed_at,
            "due_at": one.proposed_at,
            "done_at": one.proposed_at,
        }


def deliveries(brought: Sequence[Brought]) -> Iterator[Row]:
    """Yield the notices: to the officer who asks for the pages, and to the member of the other side."""
    for one in brought:
        told = [member_of(one.other.firm.id)] + ([OFFICER] if one.proposer.office_id == BIG else [])
        for user_id in told:
            yield {
                "event_id": one.id,
                "kind": "IntroductionProposed",
                "recipient": str(user_id),
                "user_id": user_id,
                "channel": Channel.NOTICE,
                "ids": {"introduction": one.id},
                "state": DeliveryState.SENT,
                "due_at": one.proposed_at,
                "sent_at": one.proposed_at,
                "read_at": None if one.id % 3 == 0 else one.proposed_at,
                "created_at": one.proposed_at,
            }
