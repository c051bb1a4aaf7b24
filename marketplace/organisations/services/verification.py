"""What an office has checked of an organisation, and whether the organisation counts as verified.

An organisation is verified while a confirmed check of who it is stands, and no check stands that
found something wrong.  Nothing else writes ``Organisation.verified_at``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.errors import Invalid
from marketplace.files import FileStore, Upload, keep_file
from marketplace.organisations.models import OF_IDENTITY, Check, CheckResult, Organisation, Verification
from marketplace.organisations.queries.found import locked_organisation
from marketplace.organisations.services.records import take_back
from marketplace.policy import Actor

NOON: Final = time(12, tzinfo=UTC)
# Somewhere it is tomorrow already.
A_DAY: Final = timedelta(days=1)
OLDEST: Final = date(1990, 1, 1)
MOST: Final = 200
SWEPT: Final = 100


@dataclass(frozen=True, slots=True)
class CheckValues:
    """What an officer says of what was checked.

    Parameters
    ----------
    checks
        Each becomes a record of its own, with the same evidence.
    checked_on
        The day on which it was looked at.
    valid_until
        The last day on which it counts; ``None`` for no end.
    """

    checks: tuple[Check, ...]
    result: CheckResult
    checked_on: date
    valid_until: date | None = None
    evidence: str = ""
    evidence_link: str = ""


def record_checks(
    session: Session,
    actor: Actor,
    reference: str,
    values: CheckValues,
    *,
    upload: Upload | None,
    store: FileStore,
    now: datetime,
) -> list[Verification]:
    """Record what was checked; the same again is the same, so that a second click records nothing.

    Raises
    ------
    Invalid
        For nothing chosen, days that cannot be, no evidence at all, and beyond the largest number.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:verify")
    _judge(values, now, evidenced=upload is not None)
    standing = standing_records(session, organisation.id)
    wanted = [
        check
        for check in dict.fromkeys(values.checks)
        if not any(_says_the_same(record, check, values, actor) for record in standing)
    ]
    if not wanted:
        return []
    if len(standing) + len(wanted) > MOST:
        raise Invalid("checks", _("There are too many records. Withdraw those that are over."), "too_many")
    file = (
        None
        if upload is None
        else keep_file(session, store, upload, organisation_id=None, user_id=actor.user_id, now=now)
    )
    records = [
        Verification(
            organisation_id=organisation.id,
            check=check,
            result=values.result,
            checked_on=values.checked_on,
            valid_until=values.valid_until,
            evidence=values.evidence,
            evidence_link=values.evidence_link,
            evidence_file_id=None if file is None else file.id,
            office_id=actor.office_id if actor.office_id is not None else organisation.office_id,
            recorded_by_id=actor.user_id,
            recorded_at=now,
        )
        for check in wanted
    ]
    session.add_all(records)
    session.flush()
    _derive(session, organisation, now)
    for record in records:
        _note(session, actor.user_id, "organisation:verify", record, now)
    return records


def withdraw_check(
    session: Session, actor: Actor, reference: str, *, record_id: int, because: str, now: datetime
) -> None:
    """Take a record back, with the reason; errors are those of :func:`.take_back`."""
    organisation = locked_organisation(session, actor, reference, "organisation:verify")
    record = take_back(session, actor, organisation, Verification, record_id, because=because, now=now)
    _derive(session, organisation, now)
    _note(session, actor.user_id, "organisation:unverify", record, now)


def end_verification(session: Session, organisation: Organisation, *, now: datetime) -> None:
    """Withdraw what was confirmed of who the organisation is: it is no longer what it says."""
    for record in standing_records(session, organisation.id):
        if record.check in OF_IDENTITY and record.result is CheckResult.CONFIRMED:
            record.withdrawn_at = now
            record.withdrawn_because = _("The organisation has changed its name, country or identifiers.")
            _note(session, None, "organisation:unverify", record, now)
    session.flush()
    _derive(session, organisation, now)


def end_lapsed_checks(session: Session, *, now: datetime) -> int:
    """Withdraw the records whose last day has passed, a hundred organisations at a time.

    Returns
    -------
    int
        Of how many organisations; 0 when there are no more.
    """
    lapsed = (
        sa.select(Verification.organisation_id)
        .where(Verification.valid_until < now.date(), Verification.withdrawn_at.is_(None))
        .distinct()
        .limit(SWEPT)
    )
    # Not those that somebody is at: the next sweep finds them.
    found = session.scalars(
        sa.select(Organisation)
        .where(Organisation.id.in_(lapsed))
        .order_by(Organisation.id)
        .with_for_update(skip_locked=True)
    ).all()
    for organisation in found:
        for record in standing_records(session, organisation.id):
            if record.valid_until is not None and record.valid_until < now.date():
                record.withdrawn_at = now
                record.withdrawn_because = _("Its last day has passed.")
                _note(session, None, "organisation:unverify", record, now)
        session.flush()
        _derive(session, organisation, now)
    return len(found)


def standing_records(session: Session, organisation_id: int) -> Sequence[Verification]:
    """Return the records of an organisation that were not withdrawn, the newest first."""
    return session.scalars(
        sa.select(Verification)
        .where(Verification.organisation_id == organisation_id, Verification.withdrawn_at.is_(None))
        .order_by(Verification.checked_on.desc(), Verification.id.desc())
        .execution_options(populate_existing=True)
    ).all()


def _derive(session: Session, organisation: Organisation, now: datetime) -> None:
    """Write what follows from the records: the only place that says when an organisation is verified."""
    standing = standing_records(session, organisation.id)
    wrong = any(record.result is CheckResult.WRONG for record in standing)
    counting = [
        record
        for record in standing
        if record.check in OF_IDENTITY
        and record.result is CheckResult.CONFIRMED
        and (record.valid_until is None or record.valid_until >= now.date())
    ]
    if wrong or not counting:
        organisation.verified_at = organisation.verified_by_id = None
    else:
        newest = max(counting, key=lambda record: (_moment(record), record.id))
        organisation.verified_at = _moment(newest)
        organisation.verified_by_id = newest.recorded_by_id
    session.flush()


def _moment(record: Verification) -> datetime:
    """Return when a record's check was made: what was written down later was at noon of its day."""
    if record.checked_on >= record.recorded_at.astimezone(UTC).date():
        return record.recorded_at
    return datetime.combine(record.checked_on, NOON)


def _judge(values: CheckValues, now: datetime, *, evidenced: bool) -> None:
    if not values.checks:
        raise Invalid("checks", _("Choose what you have checked."), "missing")
    if values.checked_on > now.date() + A_DAY:
        raise Invalid("checked_on", _("This day has not come yet. Write when you looked at it."), "future")
    if values.checked_on < OLDEST:
        raise Invalid("checked_on", _("This is too long ago to count. Look at it again."), "too_old")
    if values.valid_until is not None and values.valid_until < values.checked_on:
        raise Invalid("valid_until", _("It cannot end before the day on which you checked."), "order")
    if not (values.evidence or values.evidence_link or evidenced):
        message = _("Say what you saw: a few words, a link or a file. Another officer has to find it again.")
        raise Invalid("evidence", message, "missing")


def _says_the_same(record: Verification, check: Check, values: CheckValues, actor: Actor) -> bool:
    said = (record.check, record.result, record.checked_on, record.valid_until)
    words = (record.evidence, record.evidence_link, record.recorded_by_id)
    return said == (check, values.result, values.checked_on, values.valid_until) and words == (
        values.evidence,
        values.evidence_link,
        actor.user_id,
    )


def _note(session: Session, actor_id: int | None, act: str, record: Verification, now: datetime) -> None:
    facts = {"verification": record.id, "check": record.check.value, "result": record.result.value}
    audit.note(session, actor_id, act, "organisation", record.organisation_id, now, facts)
