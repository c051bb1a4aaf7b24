"""What an office records of an organisation: never edited, taken back with a reason, and kept to be read."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.organisations.models import Benchmark, Organisation, Verification
from marketplace.policy import Actor

Record = TypeVar("Record", Verification, Benchmark)


def take_back(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    kind: type[Record],
    key: int,
    *,
    because: str,
    now: datetime,
) -> Record:
    """Take a record back, with the reason; it stays to be read by the office.

    Parameters
    ----------
    organisation
        Locked until the end of the transaction.

    Raises
    ------
    NotFound
        Where the organisation has no such record.
    Conflict
        Where somebody has withdrawn it already.
    Invalid
        Without a reason.
    """
    # Read after the lock: what another officer did meanwhile is seen.
    record = session.get(kind, key, populate_existing=True)
    if record is None or record.organisation_id != organisation.id:
        raise NotFound
    if record.withdrawn_at is not None:
        raise Conflict(_("Somebody has withdrawn this record already."))
    if not because:
        raise Invalid("reason", _("Write why; it is kept with the record."), "missing")
    record.withdrawn_at = now
    record.withdrawn_by_id = actor.user_id
    record.withdrawn_because = because
    session.flush()
    return record
