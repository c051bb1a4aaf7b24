"""What officers do on the way: look at it and pass it on, and remind."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox, policy
from marketplace.errors import Conflict
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.seats import seats
from marketplace.introductions.services.move import THING, move, no_side_is_suspended, too_late
from marketplace.introductions.services.present import check_presented
from marketplace.introductions.states import AWAITED, By, row
from marketplace.policy import Actor
from marketplace.web.words import spoken

# Whoever is reminded every hour does not answer sooner.
BETWEEN_REMINDERS: Final = timedelta(hours=20)


def vet_introduction(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    *,
    presented: str,
    version: int | None,
    now: datetime,
) -> None:
    """Let an expression of interest pass: to the other office or, where that is the same, to the side.

    Parameters
    ----------
    presented
        What the other side is told when it is asked, without a name; may be empty.

    Raises
    ------
    Conflict
        Where it is not waiting for this office any more.
    Invalid
        For ``presented``.
    """
    policy.require(actor, "introduction:vet", introduction)
    check_presented(presented, introduction.proposer_organisation, introduction.other_organisation)
    within = introduction.within_one_office
    move(
        session,
        actor,
        introduction,
        row("vet_within" if within else "vet"),
        By.PROPOSER_OFFICE,
        now=now,
        version=version,
        guard=[no_side_is_suspended()],
        presented=presented,
        vetted_at=now,
        **({"sent_at": now} if within else {}),
        **_in_hand(actor, introduction, By.PROPOSER_OFFICE),
    )


def send_on(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    *,
    presented: str,
    version: int | None,
    now: datetime,
) -> None:
    """Ask the side, or both sides, that have not said yes.

    Parameters
    ----------
    presented
        As for :func:`vet_introduction`; what the first office wrote, or something better.

    Raises
    ------
    Conflict, Invalid
        Likewise.
    """
    policy.require(actor, "introduction:send_on", introduction)
    check_presented(presented, introduction.proposer_organisation, introduction.other_organisation)
    move(
        session,
        actor,
        introduction,
        row("send_on"),
        By.OTHER_OFFICE,
        now=now,
        version=version,
        guard=[no_side_is_suspended()],
        presented=presented,
        sent_at=now,
        **_in_hand(actor, introduction, By.OTHER_OFFICE),
    )


def _in_hand(actor: Actor, introduction: Introduction, office: By) -> dict[str, Any]:
    """Return the columns by which whoever acts first for an office has it in hand from then on."""
    column, office_id, officer_id = (
        ("proposer_officer_id", introduction.proposer_office_id, introduction.proposer_officer_id)
        if office is By.PROPOSER_OFFICE
        else ("other_officer_id", introduction.other_office_id, introduction.other_officer_id)
    )
    mine = actor.office_id is not None and actor.office_id == office_id
    return {column: actor.user_id} if mine and officer_id is None else {}


def remind(session: Session, actor: Actor, introduction: Introduction, *, now: datetime) -> None:
    """Remind whoever is awaited, by an officer's hand; not more often than once a day.

    Raises
    ------
    Conflict
        Where nobody is awaited any more, or somebody has been reminded already.
    """
    policy.require(actor, "introduction:remind", introduction)
    reminded = session.scalar(
        sa.update(Introduction)
        .where(
            Introduction.id == introduction.id,
            Introduction.state.in_(AWAITED),
            sa.or_(Introduction.reminded_at.is_(None), Introduction.reminded_at <= now - BETWEEN_REMINDERS),
        )
        .values(reminded_at=now)
        .returning(Introduction.id)
        .execution_options(synchronize_session=False)
    )
    if reminded is None:
        session.refresh(introduction)
        if introduction.state in AWAITED and introduction.reminded_at is not None:
            when = spoken(introduction.reminded_at)
            raise Conflict(_("They were reminded already (%(when)s). Once a day is enough.", when=when))
        raise too_late(session, actor, introduction)
    session.refresh(introduction)
    facts = {"by": seats(actor, introduction)[0].value, "state": introduction.state.value}
    audit.note(session, actor.user_id, "introduction:remind", THING, introduction.id, now, facts)
    outbox.record(
        session,
        "IntroductionWaiting",
        {"introduction": introduction.id, "state": introduction.state.value},
        at=now,
        key=f"introduction:{introduction.id}:{introduction.version}:by_hand:{now.isoformat()}",
    )
