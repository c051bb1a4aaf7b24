"""Rows for the tests of the pages: invented organisations, listings and matches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from marketplace.introductions.models import Introduction
from marketplace.introductions.states import By, IntroductionState, Origin, Reason
from marketplace.listings.models import Listing, State
from marketplace.matches.models import Match
from marketplace.matches.stored import score_as_json
from marketplace.organisations.models import MemberRole, Membership, Organisation, OrganisationType
from matching.types import (
    Condition,
    ConditionResult,
    Contribution,
    Kind,
    Meeting,
    Operator,
    Outcome,
    Score,
    Side,
)


def organisation(session: Session, name: str, now: datetime, **given: Any) -> Organisation:
    """Add an organisation."""
    values = {"type": OrganisationType.ENTERPRISE, "country": "GH", "name_key": name.lower(), **given}
    values.setdefault("reference", f"ORG-{name.upper()}")
    row = Organisation(name=name, created_at=now, updated_at=now, **values)
    session.add(row)
    session.flush()
    return row


def member(session: Session, user_id: int, of: Organisation, now: datetime, role: str = "owner") -> None:
    """Make a person a member."""
    session.add(Membership(user_id=user_id, organisation_id=of.id, role=MemberRole(role), since=now))


def listing(
    session: Session, of: Organisation, side: str, title: str, now: datetime, **given: Any
) -> Listing:
    """Add a listing, published an hour ago unless said otherwise."""
    state = State(given.pop("state", "published"))
    values = {
        "kind": Kind.SUBCONTRACTING,
        "country": of.country,
        "valid_until": (now + timedelta(days=200)).date(),
        "published_at": None
        if state in {State.DRAFT, State.SUBMITTED, State.RETURNED}
        else now - timedelta(hours=1),
        "reference": f"{side[:3].upper()}-{title.upper().replace(' ', '-')}"[:32],
        **given,
    }
    row = Listing(
        side=Side(side),
        title=title,
        state=state,
        organisation_id=of.id,
        created_at=now,
        updated_at=now,
        **values,
    )
    session.add(row)
    session.flush()
    return row


def match(session: Session, request: Listing, offer: Listing, total: float, found_at: datetime) -> Match:
    """Add a match whose request asks for a certificate that the offer does not mention."""
    score = Score(
        request_id=request.id,
        offer_id=offer.id,
        total=total,
        for_request=total,
        for_offer=total,
        contributions=(Contribution("capability", 0.5, 1.0, 50.0),),
        meetings=(Meeting("turned shafts", "CNC turning of shafts", 0.9, "fuzzy"),),
        conditions=(
            ConditionResult(
                Side.REQUEST,
                Condition("certificate", Operator.ALL_OF, terms=("ISO 9001",)),
                Outcome.UNKNOWN,
                "",
                0.0,
            ),
        ),
    )
    row = Match(
        request_id=request.id,
        offer_id=offer.id,
        total=total,
        explanation=score_as_json(score),
        found_at=found_at,
        scored_at=found_at,
    )
    session.add(row)
    session.flush()
    return row


def introduction(
    session: Session, by: Organisation, to: Listing, now: datetime, *, state: str
) -> Introduction:
    """Add an expression of interest that has come as far as a state before both have said yes."""
    ended = state in {"withdrawn", "expired"}
    row = Introduction(
        reference=f"INT-{by.id}-{to.id}",
        state=IntroductionState(state),
        origin=Origin.INTEREST,
        proposer_organisation_id=by.id,
        proposer_accepted_at=now,
        other_organisation_id=to.organisation_id,
        other_listing_id=to.id,
        sought="Shafts.",
        proposed_at=now,
        vetted_at=now if state in {"vetted", "sent"} else None,
        sent_at=now if state == "sent" else None,
        changed_at=now,
        due_at=None if ended else now + timedelta(days=7),
        ended_at=now if ended else None,
        ended_by=By.PROPOSER if ended else None,
        reason=Reason.PARTNER_FOUND if state == "withdrawn" else None,
    )
    session.add(row)
    session.flush()
    return row
