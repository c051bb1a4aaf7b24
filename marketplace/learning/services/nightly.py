"""Learning every night, however often and by however many the clock is asked."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.learning.models import KeptCalibration
from marketplace.learning.queries.calibrations import newest_calibration
from marketplace.learning.services.calibrate import calibrate
from marketplace.policy import Actor

AT: Final = time(2)
"""In UTC: when fewest people wait for a page in most of the world."""
# Any number that no other advisory lock of the installation uses.
LOCK: Final = 0x63616C69


def calibrate_nightly(session: Session, actor: Actor, *, now: datetime) -> KeptCalibration | None:
    """Fit a calibration, unless it was done since two o'clock this night.

    A machine that was off at two does it when it is asked next.

    Returns
    -------
    KeptCalibration or None
        ``None`` where it was done already, by hand, by another worker or before a restart.

    Raises
    ------
    Forbidden
        Where the actor does not administer the exchange.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Of two workers the second waits, and then sees what the first has kept; SQLite lets one write.
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    newest = newest_calibration(session)
    if newest is not None and newest.fitted_at >= last_due(now):
        return None
    return calibrate(session, actor, now=now)


def last_due(now: datetime) -> datetime:
    """Return the last moment at which it was to be done."""
    today = now.replace(hour=AT.hour, minute=AT.minute, second=0, microsecond=0)
    return today if today <= now else today - timedelta(days=1)
