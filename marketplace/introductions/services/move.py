"""Carrying out a row of the table: one guarded UPDATE, one audit entry, one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.errors import Conflict, Invalid
from marketplace.introductions.models import TEXT_LENGTH, Introduction
from marketplace.introductions.queries.seats import seats
from marketplace.introductions.queries.timeline import ASIDE, timeline
from marketplace.introductions.states import (
    AWAITED,
    ENDED,
    By,
    IntroductionState,
    Limit,
    Origin,
    Reason,
    Transition,
)
from marketplace.introductions.wording import done, standing
from marketplace.offices.queries import pace_of
from marketplace.offices.working_days import limits
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor
from marketplace.web.words import spoken

THING: Final = "introduction"
NOT_AWAITED: Final[Mapping[str, Any]] = {"due_at": None, "remind_half_at": None, "remind_last_at": None}


def time_limit(
    session: Session, limit: Limit, offices: Sequence[int | None], now: datetime
) -> dict[str, datetime | None]:
    """Return the columns of a time limit that begins now.

    Parameters
    ----------
    offices
        Whose calendars and days count; of several, the one that ends last.
    """
    found = []
    for office_id in offices:
        pace = pace_of(session, office_id)
        days = pace.officer_days if limit is Limit.OFFICER else pace.side_days
        found.append(limits(pace.calendar, now, days))
    last = max(found, key=lambda one: one.due_at)
    return {
        "due_at": last.due_at,
        "remind_half_at": last.half_at,
        "remind_last_at": last.last_at,
        "reminded_at": None,
    }


def waiting(
    session: Session, row: Transition, introduction: Introduction, now: datetime
) -> Mapping[str, datetime | None]:
    """Return what a row makes of the time limit."""
    if row.limit is Limit.NONE:
        return NOT_AWAITED
    if row.limit is Limit.OFFICER:
        return time_limit(session, row.limit, [introduction.other_office_id], now)
    asked = [introduction.other_office_id]
    if introduction.origin is Origin.OFFICE:
        asked.append(introduction.proposer_office_id)
    return time_limit(session, row.limit, asked, now)


def no_side_is_suspended() -> sa.ColumnElement[bool]:
    """Return the condition that both organisations may take part."""
    sides = [Introduction.proposer_organisation_id, Introduction.other_organisation_id]
    return ~sa.exists().where(Organisation.id.in_(sides), Organisation.suspended_at.is_not(None))


def move(
    session: Session,
    actor: Actor | None,
    introduction: Introduction,
    row: Transition,
    by: By,
    *,
    now: datetime,
    version: int | None = None,
    guard: Sequence[sa.ColumnElement[bool]] = (),
    **values: Any,
) -> None:
    """Take one step of the table.

    Parameters
    ----------
    actor
        ``None`` for the exchange itself; whether a person may was asked before.
    by
        As whom.
    version
        As it was when the page was opened; ``None`` where only the state matters.
    guard
        Further conditions under which the step is still possible.
    values
        Further columns to write.

    Raises
    ------
    Conflict
        Where somebody else was faster: it says what has happened.
    """
    conditions = [Introduction.id == introduction.id, Introduction.state.in_(row.froms), *guard]
    if version is not None:
        conditions.append(Introduction.version == version)
    if row.to in ENDED:
        values |= {"ended_at": now, "ended_by": by}
    if row.to is IntroductionState.MEETING_HELD:
        values |= {"met_at": now}
    taken = session.scalar(
        sa.update(Introduction)
        .where(*conditions)
        .values(
            state=row.to,
            version=Introduction.version + 1,
            changed_at=now,
            **waiting(session, row, introduction, now),
            **values,
        )
        .returning(Introduction.version)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise too_late(session, actor, introduction)
    before = introduction.state
    session.refresh(introduction)
    write_down(session, actor, introduction, row, by, before, now)


def write_down(
    session: Session,
    actor: Actor | None,
    introduction: Introduction,
    row: Transition,
    by: By,
    before: IntroductionState | None,
    now: datetime,
) -> None:
    """Note a step that was taken in the audit and in the outbox."""
    facts: dict[str, Any] = {"step": row.name, "by": by.value, "to": row.to.value}
    if before is not None:
        facts["from"] = before.value
    if introduction.reason is not None:
        facts["reason"] = introduction.reason.value
    audit.note(session, actor.user_id if actor else None, row.act, THING, introduction.id, now, facts)
    outbox.record(
        session,
        row.event,
        {"introduction": introduction.id},
        at=now,
        key=f"introduction:{introduction.id}:{introduction.version}",
    )


def too_late(session: Session, actor: Actor | None, introduction: Introduction) -> Conflict:
    """Return the conflict that says what has become of an introduction, as far as the actor may know."""
    session.refresh(introduction)
    seat = next(iter(seats(actor, introduction)), None) if actor is not None else None
    if seat is None:
        return Conflict(_("This cannot be done any more."))
    if introduction.state in AWAITED and _suspended(session, introduction):
        return Conflict(_("One of the two organisations cannot take part at present."))
    steps = [step for step in timeline(session, introduction, seat) if step.act not in ASIDE]
    if not steps:
        return Conflict(_("This cannot be done any more. %(now)s", now=standing(introduction, seat)))
    last = steps[-1]
    what = done(introduction, last.act, last.by, seat, last.person)
    now = "" if introduction.ended_by else standing(introduction, seat)
    text = _("This cannot be done any more. %(what)s", what=what)
    return Conflict(f"{text} ({spoken(last.at)}) {now}".strip())


def _suspended(session: Session, introduction: Introduction) -> bool:
    sides = [introduction.proposer_organisation_id, introduction.other_organisation_id]
    found = sa.select(Organisation.id).where(
        Organisation.id.in_([side for side in sides if side]), Organisation.suspended_at.is_not(None)
    )
    return session.scalars(found).first() is not None


def read_reason(row: Transition, reason: Reason | None, words: str) -> dict[str, Any]:
    """Return the columns of a reason, checked.

    Raises
    ------
    Invalid
        For ``reason`` or ``words``.
    """
    if reason not in row.reasons:
        raise Invalid("reason", _("Choose the reason that comes closest."), "missing")
    if reason is Reason.OTHER and not words:
        raise Invalid("words", _("Say in a few words what the reason is."), "missing")
    check_length("words", words)
    return {"reason": reason, "reason_text": words}


def check_length(field: str, text: str) -> None:
    """Refuse a text that is too long."""
    if len(text) > TEXT_LENGTH:
        message = _("At most %(longest)s characters are possible.", longest=TEXT_LENGTH)
        raise Invalid(field, message, "too_long")
