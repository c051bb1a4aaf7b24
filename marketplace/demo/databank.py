"""What the demo's offices have checked and measured of their organisations, noted and tagged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.databank.services.notes import write_note
from marketplace.databank.services.tags import add_tags
from marketplace.demo.world import Table, world
from marketplace.files import FileStore
from marketplace.offices.models import Officer
from marketplace.organisations.models import Check, CheckResult, Organisation
from marketplace.organisations.services.benchmarks import BenchmarkValues, record_benchmark
from marketplace.organisations.services.verification import CheckValues, record_checks
from marketplace.policy import OPERATOR, Actor

VERIFIED_DAYS_AGO: Final = 90
# Of one organisation the papers are old.
LONG_AGO: Final[Mapping[str, int]] = {"lagosplast": 480}
# The demo's records have no files.
NOWHERE: Final = FileStore(Path("nowhere"))


def fill_databank(session: Session, organisations: Mapping[str, Organisation], now: datetime) -> None:
    """Let each office's officer check, measure, note and tag, at the times that the files say."""
    tables = world()
    for table in tables["organisation"]:
        if table.get("verified"):
            days = LONG_AGO.get(table["key"], VERIFIED_DAYS_AGO)
            values = {
                "checks": ["register"],
                "days": days,
                "evidence": "Extract of the register, seen by us.",
            }
            _check(session, organisations[table["key"]], values, now)
    for table in tables["check"]:
        _check(session, organisations[table["org"]], table, now)
    for table in tables["benchmark"]:
        of = organisations[table["org"]]
        at = now - timedelta(days=table["days"])
        found = BenchmarkValues(at.date(), table["against"], table.get("better_than"), table["findings"])
        record_benchmark(session, _officer(session, of), str(of.reference), found, now=at)
    for table in tables["note"]:
        of = organisations[table["org"]]
        at = now - timedelta(days=table["days"])
        write_note(session, _officer(session, of), str(of.reference), text=table["words"], now=at)
    for table in tables["tag"]:
        for key in table["orgs"]:
            of = organisations[key]
            add_tags(session, _officer(session, of), [str(of.reference)], table["words"], now=now)


def _check(session: Session, of: Organisation, table: Table, now: datetime) -> None:
    at = now - timedelta(days=table["days"])
    counts = table.get("counts_days")
    values = CheckValues(
        checks=tuple(Check(word) for word in table["checks"]),
        result=CheckResult(table.get("result", "confirmed")),
        checked_on=at.date(),
        valid_until=None if counts is None else now.date() + timedelta(days=counts),
        evidence=table["evidence"],
        evidence_link=table.get("link", ""),
    )
    actor = _officer(session, of)
    record_checks(session, actor, str(of.reference), values, upload=None, store=NOWHERE, now=at)


def _officer(session: Session, of: Organisation) -> Actor:
    """Return an officer of the organisation's office; the demo's other offices are looked after by hand."""
    found = session.scalar(
        sa.select(Officer).where(Officer.office_id == of.office_id).order_by(Officer.user_id).limit(1)
    )
    return OPERATOR if found is None else Actor(user_id=found.user_id, office_id=found.office_id)
