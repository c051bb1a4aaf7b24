"""How an organisation performs among its peers: recorded by an office, and taken back with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace import audit
from marketplace.errors import Invalid
from marketplace.organisations.models import Benchmark
from marketplace.organisations.queries.found import locked_organisation
from marketplace.organisations.services.records import take_back
from marketplace.organisations.services.verification import A_DAY, OLDEST
from marketplace.policy import Actor

MOST: Final = 100
WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class BenchmarkValues:
    """What an officer says of a benchmark.

    Parameters
    ----------
    benchmarked_on
        The day on which it was measured.
    against
        With whom it was compared, and by what.
    better_than
        How many of 100 peers it outdoes, 0 to 100; ``None`` where only words were found.
    findings
        What is strong, and what could be better.
    """

    benchmarked_on: date
    against: str
    better_than: int | None = None
    findings: str = ""


def record_benchmark(
    session: Session, actor: Actor, reference: str, values: BenchmarkValues, *, now: datetime
) -> Benchmark:
    """Record a benchmark; the same again is the same, so that a second click records nothing.

    Raises
    ------
    Invalid
        For a day that cannot be, no peers, a share beyond 0 to 100, no finding at all, and beyond the
        largest number.
    """
    organisation = locked_organisation(session, actor, reference, "organisation:benchmark")
    _judge(values, now)
    standing = session.scalars(
        sa.select(Benchmark).where(
            Benchmark.organisation_id == organisation.id, Benchmark.withdrawn_at.is_(None)
        )
    ).all()
    for one in standing:
        said = BenchmarkValues(one.benchmarked_on, one.against, one.better_than, one.findings)
        if said == values and one.recorded_by_id == actor.user_id:
            return one
    if len(standing) >= MOST:
        raise Invalid("against", _("There are too many records. Withdraw those that are over."), "too_many")
    benchmark = Benchmark(
        organisation_id=organisation.id,
        office_id=actor.office_id if actor.office_id is not None else organisation.office_id,
        benchmarked_on=values.benchmarked_on,
        against=values.against,
        better_than=values.better_than,
        findings=values.findings,
        recorded_by_id=actor.user_id,
        recorded_at=now,
    )
    session.add(benchmark)
    session.flush()
    _note(session, actor, "organisation:benchmark", benchmark, now)
    return benchmark


def withdraw_benchmark(
    session: Session, actor: Actor, reference: str, *, benchmark_id: int, because: str, now: datetime
) -> None:
    """Take a benchmark back, with the reason; errors are those of :func:`.take_back`."""
    organisation = locked_organisation(session, actor, reference, "organisation:benchmark")
    benchmark = take_back(session, actor, organisation, Benchmark, benchmark_id, because=because, now=now)
    _note(session, actor, "organisation:unbenchmark", benchmark, now)


def _judge(values: BenchmarkValues, now: datetime) -> None:
    if values.benchmarked_on > now.date() + A_DAY:
        raise Invalid("benchmarked_on", _("This day has not come yet. Write when you measured it."), "future")
    if values.benchmarked_on < OLDEST:
        raise Invalid("benchmarked_on", _("This is too long ago to count. Measure it again."), "too_old")
    if not values.against:
        raise Invalid("against", _("Say with whom it was compared."), "missing")
    if values.better_than is not None and not 0 <= values.better_than <= WHOLE:
        raise Invalid("better_than", _("Write a whole number from 0 to 100."), "range")
    if values.better_than is None and not values.findings:
        message = _("Say what came of it: a number, or a few words.")
        raise Invalid("findings", message, "missing")


def _note(session: Session, actor: Actor, act: str, benchmark: Benchmark, now: datetime) -> None:
    facts = {"benchmark": benchmark.id, "on": benchmark.benchmarked_on.isoformat()}
    audit.note(session, actor.user_id, act, "organisation", benchmark.organisation_id, now, facts)
