"""What an office does with an organisation that does not keep to the rules: shut it out, let it in again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace import audit, outbox
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries.found import locked_organisation
from marketplace.policy import Actor


def suspend_organisation(
    session: Session, actor: Actor, reference: str, *, reason: str, now: datetime
) -> None:
    """Shut an organisation out: nobody but staff sees it, and its members lose it at once."""
    organisation = locked_organisation(session, actor, reference, "organisation:suspend")
    if organisation.suspended_at is None:
        organisation.suspended_at = now
        _note(session, actor, organisation, "organisation:suspend", now, {"reason": reason})
        outbox.record(session, "OrganisationChanged", {"organisation": organisation.id}, at=now)


def readmit_organisation(session: Session, actor: Actor, reference: str, *, now: datetime) -> None:
    """Let a suspended organisation in again."""
    organisation = locked_organisation(session, actor, reference, "organisation:suspend")
    if organisation.suspended_at is not None:
        organisation.suspended_at = None
        _note(session, actor, organisation, "organisation:readmit", now, {})
        outbox.record(session, "OrganisationChanged", {"organisation": organisation.id}, at=now)


def _note(
    session: Session, actor: Actor, organisation: Organisation, act: str, now: datetime, facts: dict[str, str]
) -> None:
    audit.note(session, actor.user_id, act, "organisation", organisation.id, now, facts)
