"""The page of the calibration, and what the pages of matches say by it."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, g, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace.learning.measured import Measured, measured_from_json
from marketplace.learning.queries.calibrations import calibration, newest_calibration
from marketplace.learning.queries.decisions import verdict_counts
from marketplace.web import charts
from marketplace.web.access import needs
from marketplace.web.context import reading
from marketplace.web.words import label, number
from matching.calibrate import MINIMUM, Calibration, from_json, telling
from matching.isotonic import Curve
from matching.types import Kind

bp = Blueprint("learning", __name__)
_KEPT: Final = "learning_calibration"


@bp.get("/desk/calibration")
@needs("desk:use")
def page() -> str:
    """Show what scores have meant so far, and how far that can be trusted."""
    with reading() as session:
        kept = newest_calibration(session)
        counts = verdict_counts(session)
    measured = measured_from_json(kept.measured) if kept else Measured(None, (), ())
    return render_template(
        "learning/calibration.html",
        kept=kept,
        counts=counts,
        quality=measured.quality,
        learnt=charts.reliability_chart(measured.learnt),
        bare=charts.reliability_chart(measured.bare),
        curves=_curves(from_json(kept.fitted)) if kept else [],
        minimum=MINIMUM,
    )


def _curves(fitted: Calibration) -> list[tuple[str, list[tuple[Any, bool]]]]:
    """Return whose steps there are, with each step and whether it is told."""
    found: list[tuple[str, Curve]] = [(_("All kinds together"), fitted.everything)]
    found += [(label(kind), curve) for kind, curve in fitted.kinds.items()]
    return [(name, [(step, telling(step)) for step in curve]) for name, curve in found if curve]


def said_of(total: float, kind: Kind | str) -> str:
    """Return what can be said of a score by what became of earlier introductions; ``""`` for nothing.

    Parameters
    ----------
    total
        0 to 100.
    kind
        Of the two listings.
    """
    if _KEPT not in g:
        # Once a request: a page says it of twenty matches.
        with reading() as session:
            setattr(g, _KEPT, calibration(session))
    said = getattr(g, _KEPT).said_of(total, Kind(kind))
    if said is None:
        return ""
    return ngettext(
        "Of %(all)s introductions like this, %(num)s was accepted.",
        "Of %(all)s introductions like this, %(num)s were accepted.",
        said.accepted,
        all=number(said.n),
    )


@bp.record_once
def _for_templates(state: Any) -> None:
    # Pages of lower features say it, without knowing this one.
    state.app.jinja_env.globals.update(said_of=said_of)
