"""Learning from all decisions what scores have meant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.learning.measured import measure, measured_as_json
from marketplace.learning.models import KeptCalibration
from marketplace.learning.queries.decisions import decided
from marketplace.learning.services.keep import keep_decisions, keep_dismissals
from marketplace.policy import Actor
from matching.calibrate import fit, to_json


def calibrate(session: Session, actor: Actor, *, now: datetime) -> KeptCalibration:
    """Fit a calibration and keep it; from the commit on, matches speak by it.

    What was decided before decisions were written down is written down first.  Older calibrations stay,
    for comparing.

    Raises
    ------
    Forbidden
        Where the actor does not administer the exchange.
    """
    policy.require(actor, "learning:calibrate")
    keep_decisions(session)
    keep_dismissals(session)
    decisions = decided(session)
    kept = KeptCalibration(
        fitted_at=now,
        decisions=len(decisions),
        fitted=to_json(fit(decisions)),
        measured=measured_as_json(measure(decisions)),
    )
    session.add(kept)
    session.flush()
    facts = {"decisions": len(decisions)}
    audit.note(session, actor.user_id, "learning:calibrate", "calibration", kept.id, now, facts)
    return kept
