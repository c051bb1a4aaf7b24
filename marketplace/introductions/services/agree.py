"""Recording an agreement: the good end of an introduction, and the questions that will follow it up."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import policy
from marketplace.errors import Invalid
from marketplace.files import FileStore, Upload, keep_file
from marketplace.introductions.models import Agreement, FollowUp, Introduction, PartnershipType, ValueBand
from marketplace.introductions.models.outcome import FOLLOWED_AFTER_MONTHS, MOST_JOBS
from marketplace.introductions.queries.seats import seats
from marketplace.introductions.services.move import check_length, move, too_late
from marketplace.introductions.states import By, row
from marketplace.policy import Actor

MONTHS: Final = 12
# In the morning of most of the world, or at noon.
ASKED_AT: Final = time(8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AgreementValues:
    """What is recorded of an agreement.

    Parameters
    ----------
    currency
        ISO 4217; ``""`` where the value is not told.
    jobs
        New ones on both sides together; ``None`` where that is not known.
    """

    type: PartnershipType | None
    agreed_on: date | None
    value_band: ValueBand | None
    currency: str = ""
    jobs: int | None = None
    note: str = ""


def record_agreement(
    session: Session,
    actor: Actor,
    introduction: Introduction,
    values: AgreementValues,
    *,
    upload: Upload | None,
    store: FileStore,
    version: int | None,
    now: datetime,
) -> Agreement:
    """Record what the two sides have agreed; both are asked six and twelve months later how it fares.

    Parameters
    ----------
    upload
        Evidence, such as the signed page; both offices and the side that gives it can open it.

    Raises
    ------
    Conflict
        Where the introduction has ended, or somebody has changed it meanwhile.
    Invalid
        For a field of the values.
    """
    policy.require(actor, "introduction:progress", introduction)
    if introduction.state not in row("agree").froms:
        raise too_late(session, actor, introduction)
    kind, agreed_on, band = _checked(values, introduction, now)
    by = seats(actor, introduction)[0]
    move(session, actor, introduction, row("agree"), by, now=now, version=version)
    owners = {
        By.PROPOSER: introduction.proposer_organisation_id,
        By.OTHER: introduction.other_organisation_id,
    }
    file = upload and keep_file(
        session, store, upload, organisation_id=owners.get(by), user_id=actor.user_id, now=now
    )
    agreement = Agreement(
        introduction_id=introduction.id,
        type=kind,
        agreed_on=agreed_on,
        value_band=band,
        currency=values.currency,
        jobs=values.jobs,
        note=values.note,
        file_id=file.id if file else None,
        recorded_by=by,
        recorded_by_id=actor.user_id,
        recorded_at=now,
    )
    session.add(agreement)
    session.flush()
    session.add_all(
        FollowUp(
            introduction_id=introduction.id,
            side=side,
            months=months,
            due_at=datetime.combine(months_after(agreed_on, months), ASKED_AT),
        )
        for side in (By.PROPOSER, By.OTHER)
        for months in FOLLOWED_AFTER_MONTHS
    )
    session.flush()
    return agreement


def _checked(
    values: AgreementValues, introduction: Introduction, now: datetime
) -> tuple[PartnershipType, date, ValueBand]:
    if values.type is None:
        raise Invalid("type", _("Choose what kind of partnership it is."), "missing")
    if values.agreed_on is None:
        raise Invalid("agreed_on", _("Say on which day it was agreed."), "missing")
    if values.agreed_on > now.date():
        raise Invalid("agreed_on", _("This day is still to come."), "future")
    if values.agreed_on < introduction.proposed_at.date():
        raise Invalid("agreed_on", _("This is before the two were introduced."), "past")
    if values.value_band is None:
        raise Invalid("value_band", _("Choose the band, or that it is not told."), "missing")
    told = values.value_band is not ValueBand.NOT_TOLD
    if told and not values.currency:
        raise Invalid("currency", _("Choose the currency of the value."), "missing")
    if values.currency and not told:
        raise Invalid("currency", _("Leave the currency out where the value is not told."), "unneeded")
    if values.jobs is not None and not 0 <= values.jobs <= MOST_JOBS:
        raise Invalid("jobs", _("From 0 to %(most)s.", most=MOST_JOBS), "number")
    check_length("note", values.note)
    return values.type, values.agreed_on, values.value_band


def months_after(day: date, months: int) -> date:
    """Return the same day some months later; the last day of a month that is shorter."""
    years, month = divmod(day.month - 1 + months, MONTHS)
    year = day.year + years
    longest = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, longest))
