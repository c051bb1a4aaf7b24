"""Today: what waits for an officer, the most urgent on top, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import render_template, request
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.desk.queries.today import Matter, worklist
from marketplace.desk.views.blueprint import bp
from marketplace.introductions.forms import OfficerForm, ReasonForm, StepForm
from marketplace.introductions.queries.desk import in_hand_count
from marketplace.introductions.states import DECLINING
from marketplace.learning.queries.calibrations import calibration
from marketplace.listings.models import State
from marketplace.listings.queries import NOTICE_DAYS, cards_of, office_counts, soon_expiring
from marketplace.offices.queries import StaffMember, staff_of
from marketplace.web.access import needs
from marketplace.web.context import actor, reading

SHOWN: Final = 12
ENDING: Final = 5
WHOLE: Final = "office"


@dataclass(frozen=True, slots=True)
class Entry:
    """A matter with the forms that stand beside it."""

    matter: Matter
    decline: StepForm | None
    reassign: StepForm | None


@bp.get("/desk")
@needs("desk:use")
def today() -> str:
    """Show what waits for me, or for my whole office."""
    return page()


def page(filled: Mapping[tuple[str, str], StepForm] | None = None) -> str:
    """Render the worklist, and below it the listings that end soon and how the office's stand.

    Parameters
    ----------
    filled
        Forms that were filled in wrongly, by reference and verb: what was typed is kept.
    """
    mine = request.values.get("show") != WHOLE
    with reading() as session:
        learnt = calibration(session)
        work = worklist(session, actor(), mine=mine, now=clock.now(), limit=SHOWN, calibrated=learnt.chance)
        people = _colleagues(session)
        in_hand = in_hand_count(session, actor().user_id or 0)
        ending = cards_of(actor(), soon_expiring(session, actor(), clock.today(), ENDING))
        counts = office_counts(session, actor())
    return render_template(
        "desk/today.html",
        work=work,
        entries=[_entry(matter, people, filled or {}) for matter in work.matters],
        mine=mine,
        in_hand=in_hand,
        ending=ending,
        counts=[(state, count) for state, count in counts.items() if state is not State.ARCHIVED],
        notice_days=NOTICE_DAYS,
    )


def _colleagues(session: Session) -> Sequence[StaffMember]:
    """Return who may be given a matter; the service asks again who may have this very one."""
    office_id = actor().office_id
    return [] if office_id is None else staff_of(session, office_id)


def _entry(
    matter: Matter, people: Sequence[StaffMember], filled: Mapping[tuple[str, str], StepForm]
) -> Entry:
    if matter.introduction is None:
        return Entry(matter, None, None)
    reference, version = matter.introduction.reference or "", matter.introduction.version
    decline = reassign = None
    if "decline" in matter.verbs:
        given = filled.get((reference, "decline"))
        decline = given if isinstance(given, ReasonForm) else ReasonForm(formdata=None)
        decline.offer(DECLINING)
        decline.beside(f"decline-{reference}", version)
    if "reassign" in matter.verbs and people:
        given = filled.get((reference, "reassign"))
        reassign = given if isinstance(given, OfficerForm) else OfficerForm(formdata=None)
        reassign.offer(people)
        reassign.beside(f"reassign-{reference}", version)
    return Entry(matter, decline, reassign)
