"""The calibration that speaks at present."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.learning.models import KeptCalibration
from matching.calibrate import Calibration, from_json


def newest_calibration(session: Session) -> KeptCalibration | None:
    """Return what was learnt last, with its measures; ``None`` before the first time."""
    return session.scalars(sa.select(KeptCalibration).order_by(KeptCalibration.id.desc()).limit(1)).first()


def calibration(session: Session) -> Calibration:
    """Return what scores have meant so far; one that says nothing, before anything was learnt.

    Another version of the exchange may have written what this one cannot read: then, too, nothing is said.
    """
    text = session.scalar(sa.select(KeptCalibration.fitted).order_by(KeptCalibration.id.desc()).limit(1))
    if text is None:
        return Calibration()
    try:
        return from_json(text)
    except ValueError:
        return Calibration()
