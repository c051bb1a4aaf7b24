"""Introductions in every state, each with the moments that it must have had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from exchange.bench.pages.world.draw import Row, Size, Weighted, chance, random_of
from exchange.bench.pages.world.enquiries import Posted, explained, explanations
from exchange.bench.pages.world.people import BIG, OFFICER, YEARS_DAYS, Firm, member_of
from marketplace.introductions.states import (
    AWAITED,
    LIVE,
    REASONED,
    REVEALED,
    By,
    IntroductionState,
    Origin,
    Reason,
)
from matching.types import Side

S = IntroductionState
SHARES: Final = Weighted(
    {
        S.PROPOSED: 4, S.VETTED: 4, S.SENT: 6, S.ACCEPTED: 4, S.MEETING_HELD: 3, S.NEGOTIATING: 3,
        S.AGREED: 14, S.FAILED: 10, S.DECLINED: 28, S.WITHDRAWN: 6, S.EXPIRED: 18,
    }
)  # fmt: skip
_REACHES: Final = {S.PROPOSED: 0, S.VETTED: 1, S.SENT: 2}
"""How many offices have passed it on."""
_MET: Final = frozenset({S.MEETING_HELD, S.NEGOTIATING, S.AGREED})
MATCHED: Final = 0.5
"""Share of introductions that were begun from a match."""
_WAITING_DAYS: Final = {S.PROPOSED: 6, S.VETTED: 8, S.SENT: 16}
_AFTERWARDS_DAYS: Final = 150
_REASONS: Final = tuple(reason for reason in Reason if reason is not Reason.OTHER)


@dataclass(frozen=True, slots=True)
class Brought:
    """Two sides that are brought together.

    Parameters
    ----------
    passed
        How many offices have passed it on, 0 to 2.
    moments
        Of being proposed, vetted, sent and, for both, accepted, as far as it came; then of its end.
    """

    id: int
    state: IntroductionState
    origin: Origin
    proposer: Firm
    own: Posted | None
    other: Posted
    proposed_at: datetime
    vetted_at: datetime | None
    sent_at: datetime | None
    revealed_at: datetime | None
    ended_at: datetime | None

    @property
    def met_at(self) -> datetime | None:
        """When the two sides have met; ``None`` where they have not."""
        if self.revealed_at is None or self.state not in _MET:
            return None
        if self.ended_at is None:
            return self.revealed_at + timedelta(hours=1)
        return self.revealed_at + (self.ended_at - self.revealed_at) / 2

    @property
    def changed_at(self) -> datetime:
        """When its last step was."""
        moments = (self.proposed_at, self.vetted_at, self.sent_at, self.revealed_at, self.ended_at)
        return max(moment for moment in moments if moment is not None)


def introductions(
    size: Size, posted: Sequence[Posted], pairs: Sequence[tuple[int, int, float]], now: datetime
) -> list[Brought]:
    """Return who is brought together with whom; no two live ones are of the same sides."""
    rng = random_of(size, "introductions")
    by_id = {listing.id: listing for listing in posted}
    opened: dict[tuple[Side, str], list[Posted]] = {}
    for listing in posted:
        if listing.was_open:
            opened.setdefault((listing.side, listing.kind), []).append(listing)
    everything = [listing for some in opened.values() for listing in some]
    taken: set[tuple[int, int]] = set()
    found: list[Brought] = []
    while len(found) < size.introductions:
        if pairs and chance(rng, MATCHED):
            request, offer, _total = rng.choice(pairs)
            own, other = (
                (by_id[request], by_id[offer]) if chance(rng, 0.5) else (by_id[offer], by_id[request])
            )
        else:
            other = rng.choice(everything)
            facing = Side.OFFER if other.side is Side.REQUEST else Side.REQUEST
            own = rng.choice(opened.get((facing, other.kind)) or everything)
        if own.firm.id == other.firm.id or own.side is other.side or (own.firm.id, other.id) in taken:
            continue
        state = SHARES.draw(rng)
        if state in LIVE:
            taken.add((own.firm.id, other.id))
        found.append(_brought(rng, len(found) + 1, state, (own, other), now))
    return found


def _brought(
    rng: Random, number: int, state: IntroductionState, pair: tuple[Posted, Posted], now: datetime
) -> Brought:
    own, other = pair
    origin = Origin.INTEREST if chance(rng, 0.7) else Origin.OFFICE
    ended = state not in LIVE
    revealed = state in REVEALED
    passed = _REACHES.get(state, 2 if revealed else rng.choice((0, 1, 2)))
    # Who proposes as an office has looked at it before.
    passed = max(passed, 1) if origin is Origin.OFFICE else passed
    if origin is Origin.OFFICE and state is S.PROPOSED:
        state = S.VETTED
    steps = [rng.uniform(0.1, days) for days in (4, 4, 9, 100)[: passed + revealed + ended]]
    if ended:
        begun = now - timedelta(days=sum(steps) + YEARS_DAYS * rng.random())
    elif state in _WAITING_DAYS:
        begun = now - timedelta(days=sum(steps) + rng.uniform(0, _WAITING_DAYS[state]))
    else:
        begun = now - timedelta(days=sum(steps) + rng.uniform(0, _AFTERWARDS_DAYS))
    moments = [begun]
    for days in steps:
        moments.append(moments[-1] + timedelta(days=days))
    return Brought(
        id=number,
        state=state,
        origin=origin,
        proposer=own.firm,
        own=own if origin is Origin.OFFICE or chance(rng, 0.8) else None,
        other=other,
        proposed_at=begun,
        vetted_at=moments[1] if passed >= 1 else None,
        sent_at=moments[2] if passed == 2 else None,  # noqa: PLR2004 (both offices)
        revealed_at=moments[3] if revealed else None,
        ended_at=moments[-1] if ended else None,
    )


def answered(brought: Iterable[Brought]) -> dict[int, datetime]:
    """Return when both sides have first said yes about a listing, by the listing."""
    found: dict[int, datetime] = {}
    for one in brought:
        for posted in (one.own, one.other):
            if one.revealed_at and posted:
                found[posted.id] = min(one.revealed_at, found.get(posted.id, one.revealed_at))
    return found


def rows(size: Size, brought: Sequence[Brought], now: datetime) -> Iterator[Row]:
    """Yield the introductions' rows."""
    rng = random_of(size, "introduction rows")
    patterns = explanations(size.seed)
    for one in brought:
        yield _row(rng, one, patterns, now)


def _row(rng: Random, one: Brought, patterns: Sequence[Row], now: datetime) -> Row:
    interest = one.origin is Origin.INTEREST
    total = round(rng.uniform(60, 98), 2) if one.own is not None else None
    due = _due(rng, one, now)
    half = one.changed_at + (due - one.changed_at) / 2 if due else None
    consented = one.revealed_at or (one.proposed_at if interest else None)
    return {
        "id": one.id,
        "reference": f"INT-{one.proposed_at.year}-{one.id:05d}",
        "version": 1,
        "state": one.state,
        "origin": one.origin,
        "proposer_organisation_id": one.proposer.id,
        "proposer_listing_id": one.own.id if one.own else None,
        "proposer_office_id": one.proposer.office_id,
        "proposer_officer_id": _in_hand(rng, one.proposer),
        "proposer_accepted_at": one.proposed_at if interest else consented,
        "proposer_accepted_by_id": member_of(one.proposer.id) if interest else None,
        "other_organisation_id": one.other.firm.id,
        "other_listing_id": one.other.id,
        "other_office_id": one.other.firm.office_id,
        "other_officer_id": _in_hand(rng, one.other.firm),
        "other_accepted_at": one.revealed_at,
        "sought": "We would like to talk about yearly deliveries." if interest else "",
        "presented": "A firm of the trade asks for a conversation.",
        "total": total,
        "explanation": explained(rng.choice(patterns), total) if total is not None else None,
        "proposed_by_id": member_of(one.proposer.id) if interest else OFFICER,
        "proposed_at": one.proposed_at,
        "vetted_at": one.vetted_at,
        "sent_at": one.sent_at,
        "revealed_at": one.revealed_at,
        "met_at": one.met_at,
        "ended_at": one.ended_at,
        "ended_by": _ended_by(rng, one),
        "changed_at": one.changed_at,
        "reason": rng.choice(_REASONS) if one.state in REASONED else None,
        "due_at": due,
        "remind_half_at": half if half and half > now else None,
        "remind_last_at": due - timedelta(days=1) if due and due - timedelta(days=1) > now else None,
    }


def _due(rng: Random, one: Brought, now: datetime) -> datetime | None:
    """Return when its time ends; of some it has ended, and the clock has not come round yet."""
    if one.state not in AWAITED:
        return None
    return now + timedelta(days=rng.uniform(-0.5, 8))


def _in_hand(rng: Random, firm: Firm) -> int | None:
    """Return the officer who has it in hand; of the big office, now and then the one who asks."""
    return OFFICER if firm.office_id == BIG and chance(rng, 0.1) else None


def _ended_by(rng: Random, one: Brought) -> By | None:
    if one.ended_at is None:
        return None
    if one.state is S.EXPIRED:
        return By.EXCHANGE
    if one.state is S.WITHDRAWN:
        return By.PROPOSER if one.origin is Origin.INTEREST else By.PROPOSER_OFFICE
    if one.state is S.DECLINED:
        if one.sent_at is not None:
            return By.OTHER
        return By.OTHER_OFFICE if one.vetted_at is not None else By.PROPOSER_OFFICE
    return rng.choice((By.PROPOSER, By.OTHER))
