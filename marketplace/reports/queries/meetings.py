"""When two sides have met."""

from __future__ import annotations

import sqlalchemy as sa

from marketplace.audit import AuditEntry
from marketplace.introductions.models import Meeting, MeetingState


def held_meetings() -> sa.CTE:
    """Return when it was first noted that the two sides of an introduction have met.

    A meeting that was arranged here says so itself, also where the sides negotiated already.  Of one that was
    arranged elsewhere there is only the step "they have met", in the record of the introduction's steps.
    """
    arranged = sa.select(Meeting.introduction_id.label("id"), Meeting.noted_at.label("at")).where(
        Meeting.state == MeetingState.HELD
    )
    told = sa.select(AuditEntry.thing_id, AuditEntry.at).where(
        AuditEntry.thing == "introduction", AuditEntry.act == "introduction:hold_meeting"
    )
    met = sa.union_all(arranged, told).subquery()
    firsts = sa.select(met.c.id, sa.func.min(met.c.at).label("at")).group_by(met.c.id)
    # Worked out by itself; see first_answers.
    return firsts.cte().prefix_with("MATERIALIZED", dialect="postgresql")
