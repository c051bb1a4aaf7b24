"""What a side may see of an introduction, and of the other side before both have said yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import loads
from marketplace.introductions.queries.seats import awaited_sides, seats
from marketplace.introductions.states import LIVE, By, IntroductionState, Origin
from marketplace.introductions.wording import SIDES, next_step, stage, standing
from marketplace.listings.models import Listing
from marketplace.listings.queries import ListingCard, cards
from marketplace.organisations.models import EmployeeBand
from marketplace.policy import Actor

SHOWN: Final = 500


@dataclass(frozen=True, slots=True)
class Face:
    """A side without a name.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2.
    sectors
        Codes of ISIC Rev.4.
    employees
        Its size; ``None`` where it does not say.
    """

    country: str
    sectors: tuple[str, ...]
    employees: EmployeeBand | None


@dataclass(frozen=True, slots=True)
class Shown:
    """An introduction as one of its sides sees it.

    Parameters
    ----------
    title
        What it is about: the listing that was approached, or one's own; ``""`` where it may not be
        read any more.
    card
        The listing that one's own side approached; ``None`` for the other seats.
    own
        Reference and title of one's own listing in it; ``None`` where there is none.
    stage
        The state in words, from where the side looks at it.
    organisation_reference
        Of one's own organisation; ``""`` where there is none.
    standing, next_step
        Where it stands, and what comes next, in words.
    said
        What the office tells the sides that are asked; ``""`` for a proposer, who is not.
    mine
        Whether the actor's answer is awaited.
    due_at
        When silence ends it; ``None`` where nothing is awaited.
    """

    id: int
    reference: str
    seat: By
    state: IntroductionState
    stage: str
    origin: Origin
    title: str
    organisation: str
    organisation_reference: str
    card: ListingCard | None
    own: tuple[str, str] | None
    face: Face
    standing: str
    next_step: str
    said: str
    mine: bool
    live: bool
    due_at: datetime | None
    proposed_at: datetime
    changed_at: datetime


def side_seat(actor: Actor, introduction: Introduction) -> By | None:
    """Return on which side the actor is; of both, the one whose answer is awaited."""
    taken = [seat for seat in seats(actor, introduction) if seat in SIDES]
    awaited = [seat for seat in awaited_sides(actor, introduction) if seat in taken]
    return next(iter([*awaited, *taken]), None)


def facing_listing(introduction: Introduction, seat: By) -> Listing | None:
    """Return the listing of the other side in an introduction; ``None`` where it comes from none."""
    return introduction.other_listing if seat is By.PROPOSER else introduction.proposer_listing


def face_of(introduction: Introduction, side: By) -> Face:
    """Return what may be told of a side to the other."""
    organisation, listing = (
        (introduction.proposer_organisation, introduction.proposer_listing)
        if side is By.PROPOSER
        else (introduction.other_organisation, introduction.other_listing)
    )
    if organisation is not None:
        return Face(organisation.country, tuple(organisation.sectors), organisation.employees)
    sectors = tuple(row.code for row in listing.sectors) if listing else ()
    return Face(listing.country if listing else "", sectors, None)


def shown(actor: Actor, introduction: Introduction, seat: By, approached: Mapping[int, ListingCard]) -> Shown:
    """Return an introduction as it is seen from one of its sides.

    Parameters
    ----------
    approached
        Cards of listings, by key, as the actor may see them.
    """
    proposes = seat is By.PROPOSER
    by_interest = introduction.origin is Origin.INTEREST
    card = approached.get(introduction.other_listing_id) if proposes and by_interest else None
    own: Listing | None = introduction.proposer_listing if proposes else introduction.other_listing
    about = card.title if card else (own.title if own and not (proposes and by_interest) else "")
    organisation = introduction.proposer_organisation if proposes else introduction.other_organisation
    return Shown(
        id=introduction.id,
        reference=introduction.reference or "",
        seat=seat,
        state=introduction.state,
        stage=stage(introduction, seat),
        origin=introduction.origin,
        title=about,
        organisation=organisation.name if organisation else "",
        organisation_reference=(organisation.reference or "") if organisation else "",
        card=card,
        own=(own.reference or "", own.title) if own else None,
        face=face_of(introduction, By.OTHER if proposes else By.PROPOSER),
        standing=standing(introduction, seat),
        next_step=next_step(introduction, seat),
        said="" if proposes and by_interest else introduction.presented,
        mine=seat in awaited_sides(actor, introduction),
        live=introduction.state in LIVE,
        due_at=introduction.due_at,
        proposed_at=introduction.proposed_at,
        changed_at=introduction.changed_at,
    )


def shown_to(session: Session, actor: Actor, introductions: Sequence[Introduction]) -> list[Shown]:
    """Return introductions as the actor's sides see them, with a fixed number of queries."""
    approached = {
        card.id: card for card in cards(session, actor, [row.other_listing_id for row in introductions])
    }
    found = []
    for introduction in introductions:
        seat = side_seat(actor, introduction)
        if seat is not None:
            found.append(shown(actor, introduction, seat, approached))
    return found


def _of_mine(actor: Actor) -> sa.ColumnElement[bool]:
    mine = sorted(actor.memberships)
    takes_part = sa.or_(
        Introduction.proposer_organisation_id.in_(mine), Introduction.other_organisation_id.in_(mine)
    )
    return sa.and_(takes_part, policy.introductions_visible_to(actor, Introduction))


def _asked(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that an organisation which the actor writes for is awaited."""
    written = [key for key in sorted(actor.memberships) if actor.edits(key)]
    return sa.and_(
        Introduction.state == IntroductionState.SENT,
        sa.or_(
            sa.and_(
                Introduction.other_organisation_id.in_(written), Introduction.other_accepted_at.is_(None)
            ),
            sa.and_(
                Introduction.proposer_organisation_id.in_(written),
                Introduction.proposer_accepted_at.is_(None),
            ),
        ),
    )


def my_introductions(
    session: Session, actor: Actor, *, ended: bool, offset: int, limit: int
) -> tuple[list[Shown], int]:
    """Return the introductions of the actor's organisations, and how many there are.

    Those that wait for the actor come first, then by the last change.

    Parameters
    ----------
    ended
        Those that are over, or those that live.
    """
    wanted = [
        _of_mine(actor),
        Introduction.state.not_in(LIVE) if ended else Introduction.state.in_(LIVE),
    ]
    first = sa.case((_asked(actor), 0), else_=1)
    rows = session.scalars(
        sa.select(Introduction)
        .where(*wanted)
        .order_by(first, Introduction.changed_at.desc(), Introduction.id.desc())
        .offset(offset)
        .limit(limit)
        .options(*loads())
    ).all()
    total = session.scalar(sa.select(sa.func.count(Introduction.id)).where(*wanted)) or 0
    return shown_to(session, actor, rows), total


def asked_count(session: Session, actor: Actor) -> int:
    """Count the introductions that wait for an answer of the actor's organisations."""
    asked = sa.select(sa.func.count(Introduction.id)).where(_of_mine(actor), _asked(actor))
    return session.scalar(asked) or 0
