"""What anybody may know of an organisation's verification: by which office, when, and what was looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.offices.models import Office
from marketplace.organisations.models import Check, CheckResult, Verification


@dataclass(frozen=True, slots=True)
class PubliclyChecked:
    """What an office has confirmed on one day; neither its evidence nor who looked."""

    office: str
    on: date
    checks: tuple[Check, ...]


def publicly_checked(session: Session, organisation_id: int, today: date) -> Sequence[PubliclyChecked]:
    """Return what offices have confirmed and what still counts, the newest first."""
    rows = session.execute(
        sa.select(Office.name, Verification.checked_on, Verification.check)
        .outerjoin(Office, Office.id == Verification.office_id)
        .where(
            Verification.organisation_id == organisation_id,
            Verification.withdrawn_at.is_(None),
            Verification.result == CheckResult.CONFIRMED,
            sa.or_(Verification.valid_until.is_(None), Verification.valid_until >= today),
        )
        .order_by(Verification.checked_on.desc(), Verification.id)
    )
    found: dict[tuple[str, date], dict[Check, None]] = {}
    for office, on, check in rows:
        found.setdefault((office or "", on), {})[check] = None
    return [PubliclyChecked(office, on, tuple(checks)) for (office, on), checks in found.items()]
