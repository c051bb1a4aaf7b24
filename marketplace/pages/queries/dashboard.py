"""What a member's dashboard shows: what waits for them, what was found, what would bring more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from marketplace import policy
from marketplace.introductions.queries.sides import Shown, my_introductions
from marketplace.listings.models import Listing, State
from marketplace.listings.queries import NOTICE_DAYS, ListingCard, card_loads, cards_of
from marketplace.organisations.models import HeldCertificate, Organisation
from marketplace.organisations.queries.completeness import Completeness, completeness
from marketplace.pages.queries.found import Chance, Matched, matched
from marketplace.policy import Actor

# A renewed certificate takes an auditor's visit: two months are short notice already.
CERTIFICATE_DAYS: Final = 60
# A match counts as new for so long.
NEW_DAYS: Final = 7
SHOWN: Final = 50
INTRODUCTIONS: Final = 8
WAITING_STATES: Final = (State.RETURNED, State.DRAFT, State.SUBMITTED, State.PUBLISHED, State.PAUSED)


@dataclass(frozen=True, slots=True)
class Own:
    """A listing of one's own, with what only its owners see, and what was found for it."""

    card: ListingCard
    returned_because: str
    may_edit: bool
    matched: Matched


@dataclass(frozen=True, slots=True)
class Ending:
    """A certificate that has run out or soon will."""

    organisation_reference: str
    scheme: str
    expires_on: date
    over: bool


@dataclass(frozen=True, slots=True)
class Home:
    """One of the actor's organisations."""

    reference: str
    name: str
    verified: bool
    may_edit: bool
    profile: Completeness


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything on a member's dashboard.

    Parameters
    ----------
    listings
        The actor's live ones: those with new matches first, then by how many there are.
    introductions
        Those under way, the ones that wait for the actor first.
    """

    homes: list[Home]
    listings: list[Own]
    chances: list[Chance]
    certificates: list[Ending]
    introductions: list[Shown]
    today: date

    def to_mend(self) -> list[Own]:
        """Return what the office has sent back and the actor may change."""
        return [row for row in self._in(State.RETURNED) if row.may_edit]

    def drafts(self) -> list[Own]:
        """Return what the actor may still submit."""
        return [row for row in self._in(State.DRAFT) if row.may_edit]

    def asked(self) -> list[Shown]:
        """Return the introductions that wait for the actor's answer."""
        return [row for row in self.introductions if row.mine]

    def in_review(self) -> list[Own]:
        """Return what waits for the office."""
        return self._in(State.SUBMITTED)

    def posted(self) -> list[Own]:
        """Return what is published or paused."""
        return self._in(State.PUBLISHED, State.PAUSED)

    def fresh(self) -> list[Own]:
        """Return what has new matches."""
        return [row for row in self.posted() if row.matched.new]

    def expiring(self) -> list[Own]:
        """Return what ends within the time of notice, first to end first."""
        last = self.today + timedelta(days=NOTICE_DAYS)
        found = [row for row in self._in(State.PUBLISHED) if row.may_edit and row.card.valid_until <= last]
        return sorted(found, key=lambda row: row.card.valid_until)

    def _in(self, *states: State) -> list[Own]:
        return [row for row in self.listings if row.card.state in states]


def dashboard(session: Session, actor: Actor, now: datetime) -> Dashboard:
    """Return what a member's dashboard shows.

    Parameters
    ----------
    now
        Aware.
    """
    listings, chances = _own(session, actor, now)
    return Dashboard(
        homes=_homes(session, actor),
        listings=listings,
        chances=chances,
        certificates=_ending_certificates(session, actor, now.date()),
        introductions=my_introductions(session, actor, ended=False, offset=0, limit=INTRODUCTIONS)[0],
        today=now.date(),
    )


def _homes(session: Session, actor: Actor) -> list[Home]:
    """Return the actor's organisations by name."""
    rows = session.scalars(
        sa.select(Organisation)
        .where(Organisation.id.in_(sorted(actor.memberships)))
        .order_by(Organisation.name)
        .options(
            selectinload(Organisation.certificates),
            selectinload(Organisation.identifiers),
            selectinload(Organisation.machines),
        )
    )
    return [
        Home(
            reference=row.reference or "",
            name=row.name,
            verified=row.verified_at is not None,
            may_edit=policy.allowed(actor, "organisation:edit", row),
            profile=completeness(row),
        )
        for row in rows
    ]


def _own(session: Session, actor: Actor, now: datetime) -> tuple[list[Own], list[Chance]]:
    """Return the actor's live listings with their matches, and what would bring more."""
    rows = session.scalars(
        sa.select(Listing)
        .where(Listing.organisation_id.in_(sorted(actor.memberships)), Listing.state.in_(WAITING_STATES))
        .order_by(Listing.updated_at.desc(), Listing.id.desc())
        .limit(SHOWN)
        .options(*card_loads())
    ).all()
    all_cards = cards_of(actor, rows)
    found, chances = matched(session, actor, all_cards, now - timedelta(days=NEW_DAYS), now.date())
    listings = [
        Own(card, row.returned_because, policy.allowed(actor, "listing:edit", row), found[card.id])
        for card, row in zip(all_cards, rows, strict=True)
    ]
    listings.sort(key=lambda row: (-row.matched.new, -row.matched.total, row.card.state is State.PAUSED))
    return listings, [chance for chance in chances if _may_edit(listings, chance)]


def _may_edit(listings: list[Own], chance: Chance) -> bool:
    return any(row.may_edit for row in listings if row.card.id == chance.listing.id)


def _ending_certificates(session: Session, actor: Actor, today: date) -> list[Ending]:
    """Return the certificates of the actor's organisations that end soon or have ended."""
    rows = session.execute(
        sa.select(Organisation.reference, HeldCertificate.scheme, HeldCertificate.expires_on)
        .join(Organisation, Organisation.id == HeldCertificate.organisation_id)
        .where(
            HeldCertificate.organisation_id.in_(key for key in sorted(actor.memberships) if actor.edits(key)),
            HeldCertificate.expires_on <= today + timedelta(days=CERTIFICATE_DAYS),
        )
        .order_by(HeldCertificate.expires_on)
    )
    return [Ending(reference or "", scheme, ends, ends < today) for reference, scheme, ends in rows if ends]
