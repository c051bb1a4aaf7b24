"""Which pages are asked: all of the desk that stand in the map of addresses, and some with filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session, aliased

from exchange.bench.pages.world.people import BIG, OFFICER
from marketplace import clock
from marketplace.accounts.models import User
from marketplace.introductions.models import Agreement, Introduction, Meeting, Message
from marketplace.introductions.states import IntroductionState
from marketplace.listings.models import Listing, State
from marketplace.matches.models import Match
from marketplace.organisations.models import Membership, Organisation
from marketplace.reports.queries.figures import FIGURES
from marketplace.reports.queries.scope import Quarter
from matching.types import Side

DESK: Final = "/desk"
FILES: Final = ("/desk/report.csv", "/desk/reports/introductions-begun.csv")
_PROPOSE: Final = "/desk/introductions/new"
# The first leads on to another address; the second is asked with the two listings it needs.
_UNASKED: Final = frozenset({"/desk/office", _PROPOSE})
_COUNTRY: Final = "DE"
_FILTERED: Final = (
    "/desk?show=office",
    "/desk/pipeline?show=network",
    "/desk/pipeline?state=agreed",
    "/desk/pipeline?kind=technology",
    "/desk/pipeline?sector=25",
    f"/desk/pipeline?country={_COUNTRY}",
    f"/desk/pipeline?show=network&kind=subcontracting&country={_COUNTRY}",
    "/desk/introductions?show=theirs",
    "/desk/introductions?show=asked",
    "/desk/introductions?show=together",
    "/desk/introductions?show=ended",
    "/desk/introductions?show=ended&page=2",
    "/desk/reports?of=network",
    f"/desk/reports?of=country:{_COUNTRY}",
    "/desk/reports/introductions-begun?of=network",
    f"/desk/reports/introductions-accepted?of=network&part=pair:{_COUNTRY}-{_COUNTRY}",
    "/desk/reports/enquiries-received?of=network&part=sdg:9",
)
# Of the last quarter that is over.
_CLOSED: Final = ("/desk/reports?of=network", "/desk/reports/introductions-begun?of=network")
_MEMBER: Final = (
    "/",
    "/opportunities",
    "/opportunities?kind=technology&side=offer",
    f"/opportunities?country={_COUNTRY}&sort=newest",
    "/opportunities?q=sand+casting",
    "/organisations",
    f"/organisations?country={_COUNTRY}",
    "/sectors",
    "/me",
    "/me/listings",
    "/me/introductions",
    "/me/introductions?show=ended",
    "/inbox",
)


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses to ask for, and who asks.

    Parameters
    ----------
    desk
        By the officer; these have the promise.
    others
        By the member, and files of the officer's: without a promise.
    """

    officer: str
    desk: tuple[str, ...]
    files: tuple[str, ...]
    member: str
    others: tuple[str, ...]


def desk_addresses(app: Flask) -> list[str]:
    """Return every page of the desk that needs no argument."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods and not rule.arguments and rule.rule.startswith(DESK)
    )


def places(session: Session, app: Flask) -> Places:
    """Return the pages to ask for in a filled database."""
    officer = session.get_one(User, OFFICER)
    member = session.scalars(
        sa.select(User).where(User.password_hash == officer.password_hash, User.id != OFFICER)
    ).one()
    mine = sa.select(Membership.organisation_id).where(Membership.user_id == member.id)
    desk = [
        *(one for one in desk_addresses(app) if one not in _UNASKED),
        *_FILTERED,
        *(f"{page}&quarter={Quarter.of(clock.now()).shifted(-1)}" for page in _CLOSED),
        *(f"/desk/reports/{name}" for name in FIGURES),
        *(f"/desk/introductions/{one}" for one in _rooms(session)),
        *_pair(session),
    ]
    request = session.scalars(
        sa.select(Listing.reference)
        .join(Match, Match.request_id == Listing.id)
        .where(
            Listing.organisation_id.in_(mine), Listing.side == Side.REQUEST, Listing.state == State.PUBLISHED
        )
        .group_by(Listing.id)
        .order_by(sa.func.count().desc(), Listing.id)
    ).first()
    own = session.scalars(
        sa.select(Introduction.reference)
        .join(Message, Message.introduction_id == Introduction.id)
        .where(Introduction.other_organisation_id.in_(mine), Introduction.state == IntroductionState.AGREED)
        .group_by(Introduction.id)
        .order_by(sa.func.count().desc(), Introduction.id)
    ).first()
    profile = session.scalar(sa.select(Organisation.reference).where(Organisation.id.in_(mine)))
    named = [
        *([f"/me/listings/{request}/matches", f"/opportunities/{request}"] if request else []),
        *([f"/me/introductions/{own}"] if own else []),
        f"/organisations/{profile}",
    ]
    return Places(officer.email, tuple(desk), FILES, member.email, (*_MEMBER, *named))


def _pair(session: Session) -> list[str]:
    """Return the page that proposes the best pair of which the big office holds both ends."""
    request, offer = aliased(Listing), aliased(Listing)
    found = session.execute(
        sa.select(request.reference, offer.reference)
        .select_from(Match)
        .join(request, request.id == Match.request_id)
        .join(offer, offer.id == Match.offer_id)
        .where(
            request.office_id == BIG,
            offer.office_id == BIG,
            request.open_for_interest.is_(True),
            offer.open_for_interest.is_(True),
        )
        .order_by(Match.total.desc(), Match.id)
        .limit(1)
    ).first()
    return [f"{_PROPOSE}?first={found[0]}&second={found[1]}"] if found else []


def _rooms(session: Session) -> list[str]:
    """Return introductions of the big office: one that a side is asked about, one agreed after much talk."""
    talked = (
        sa.select(Introduction.reference)
        .join(Message, Message.introduction_id == Introduction.id)
        .where(Introduction.proposer_office_id == BIG, Introduction.proposer_listing_id.is_not(None))
        .group_by(Introduction.id)
        .order_by(sa.func.count().desc(), Introduction.id)
        .limit(1)
    )
    agreed = (
        talked.join(Meeting, Meeting.introduction_id == Introduction.id)
        .join(Agreement, Agreement.introduction_id == Introduction.id)
        .where(Introduction.state == IntroductionState.AGREED)
    )
    found = [
        session.scalar(talked.where(Introduction.state == IntroductionState.SENT)),
        session.scalar(agreed),
    ]
    return [one for one in found if one]
