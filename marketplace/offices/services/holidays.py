"""Days on which an office does not work."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.errors import Invalid, NotFound
from marketplace.offices.models import Office, OfficeHoliday
from marketplace.policy import Actor


def add_holiday(session: Session, actor: Actor, office: Office, day: date, name: str, now: datetime) -> None:
    """Add a holiday; time limits that began before keep their end.

    Raises
    ------
    Invalid
        Where the day is one already.
    """
    policy.require(actor, "office:edit", office)
    # Two officers at once: the second waits here, and then sees what the first did.
    session.refresh(office, ["version"], with_for_update=True)
    if session.get(OfficeHoliday, (office.id, day)) is not None:
        raise Invalid("day", _("This day is among the holidays already."), "taken")
    session.add(OfficeHoliday(office_id=office.id, date=day, name=name))
    audit.note(
        session, actor.user_id, "office:holiday-add", "office", office.id, now, {"day": day.isoformat()}
    )


def remove_holiday(session: Session, actor: Actor, office: Office, day: date, now: datetime) -> None:
    """Take a holiday away.

    Raises
    ------
    NotFound
        Where the day is none.
    """
    policy.require(actor, "office:edit", office)
    found = session.get(OfficeHoliday, (office.id, day), with_for_update=True)
    if found is None:
        raise NotFound
    session.delete(found)
    facts = {"day": day.isoformat()}
    audit.note(session, actor.user_id, "office:holiday-remove", "office", office.id, now, facts)
