"""Whether an organisation is verified follows from the records of what was checked, and from nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from marketplace.audit import AuditEntry
from marketplace.errors import Conflict, Forbidden, Invalid, NotFound
from marketplace.organisations.models import Check, CheckResult, MemberRole, Organisation, Verification
from marketplace.organisations.queries.checked import publicly_checked
from marketplace.organisations.services.identifiers import add_identifier
from marketplace.organisations.services.verification import end_lapsed_checks, withdraw_check
from tests.marketplace.databank.offices import COLLEAGUE, ELSEWHERE, OFFICER, Offices
from tests.marketplace.organisations.firms import NOW, acting, join, stored

TODAY = NOW.date()


def verified(offices: Offices) -> tuple[datetime | None, int | None]:
    row = stored(offices.database, offices.adom_id)
    return row.verified_at, row.verified_by_id


def withdraw(offices: Offices, record_id: int, email: str = OFFICER, because: str = "mistaken") -> None:
    with offices.database.transaction() as session:
        withdraw_check(
            session, offices.actor(email), offices.adom, record_id=record_id, because=because, now=NOW
        )


def public(offices: Offices, today: date = TODAY) -> list[tuple[str, date, tuple[Check, ...]]]:
    with offices.database.reading() as session:
        found = publicly_checked(session, offices.adom_id, today)
    return [(one.office, one.on, one.checks) for one in found]


@pytest.mark.parametrize(
    ("check", "counts"),
    [
        (Check.IDENTITY, True),
        (Check.REGISTER, True),
        (Check.TAX, True),
        (Check.ADDRESS, True),
        (Check.BANK, True),
        (Check.VISIT, True),
        (Check.OWNERSHIP, False),
        (Check.CERTIFICATES, False),
        (Check.MACHINES, False),
        (Check.REFERENCES, False),
    ],
)
def test_a_confirmed_check_of_who_it_is_verifies(offices: Offices, check: Check, *, counts: bool) -> None:
    offices.check(offices.adom, check)
    assert verified(offices) == ((NOW, offices.people[OFFICER]) if counts else (None, None))
    assert public(offices) == [("SPX-ACC office", TODAY, (check,))]


def test_the_newest_check_says_when_and_by_whom(offices: Offices) -> None:
    offices.check(offices.adom, Check.VISIT, email=COLLEAGUE, checked_on=TODAY - timedelta(days=3))
    assert verified(offices) == (datetime(2026, 11, 19, 12, tzinfo=UTC), offices.people[COLLEAGUE])
    offices.check(offices.adom, Check.REGISTER, checked_on=TODAY - timedelta(days=40))
    assert verified(offices)[1] == offices.people[COLLEAGUE]
    offices.check(offices.adom, Check.MACHINES)
    assert verified(offices)[1] == offices.people[COLLEAGUE]
    assert [one[1:] for one in public(offices)] == [
        (TODAY, (Check.MACHINES,)),
        (TODAY - timedelta(days=3), (Check.VISIT,)),
        (TODAY - timedelta(days=40), (Check.REGISTER,)),
    ]


def test_what_is_open_or_wrong_is_not_public_and_what_is_wrong_takes_the_badge(offices: Offices) -> None:
    offices.check(offices.adom, Check.REGISTER)
    offices.check(offices.adom, Check.REFERENCES, result=CheckResult.OPEN)
    assert verified(offices)[0] == NOW
    (wrong,) = offices.check(offices.adom, Check.MACHINES, result=CheckResult.WRONG)
    assert verified(offices) == (None, None)
    assert public(offices) == [("SPX-ACC office", TODAY, (Check.REGISTER,))]
    withdraw(offices, wrong)
    assert verified(offices)[0] == NOW


def test_a_record_is_withdrawn_once_with_a_reason_and_stays(offices: Offices) -> None:
    keys = offices.check(offices.adom, Check.REGISTER, Check.VISIT)
    withdraw(offices, keys[0], because="another firm of the same name")
    assert verified(offices)[0] == NOW
    assert public(offices) == [("SPX-ACC office", TODAY, (Check.VISIT,))]
    with pytest.raises(Conflict, match="already"):
        withdraw(offices, keys[0], COLLEAGUE)
    with pytest.raises(Invalid):
        withdraw(offices, keys[1], because="")
    withdraw(offices, keys[1], COLLEAGUE)
    assert verified(offices) == (None, None)
    with offices.database.reading() as session:
        kept = session.get_one(Verification, keys[0])
        acts = session.execute(
            sa.select(AuditEntry.act, AuditEntry.facts)
            .where(AuditEntry.thing == "organisation")
            .order_by(AuditEntry.id)
        ).all()
    assert (kept.withdrawn_because, kept.withdrawn_by_id) == (
        "another firm of the same name",
        offices.people[OFFICER],
    )
    assert [(row.act, row.facts["check"]) for row in acts] == [
        ("organisation:verify", "register"),
        ("organisation:verify", "visit"),
        ("organisation:unverify", "register"),
        ("organisation:unverify", "visit"),
    ]


def test_a_second_click_records_nothing_and_a_colleague_s_word_is_another(offices: Offices) -> None:
    assert len(offices.check(offices.adom, Check.REGISTER, Check.REGISTER)) == 1
    assert offices.check(offices.adom, Check.REGISTER) == []
    assert len(offices.check(offices.adom, Check.REGISTER, Check.TAX)) == 1
    assert len(offices.check(offices.adom, Check.REGISTER, email=COLLEAGUE)) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"evidence": ""}, "evidence"),
        ({"checked_on": TODAY + timedelta(days=2)}, "checked_on"),
        ({"checked_on": date(1889, 1, 1)}, "checked_on"),
        ({"valid_until": TODAY - timedelta(days=1)}, "valid_until"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(offices: Offices, given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        offices.check(offices.adom, Check.VISIT, **given)
    assert caught.value.field == field
    with pytest.raises(Invalid):
        offices.check(offices.adom)
    assert verified(offices) == (None, None)


def test_nobody_checks_their_own_or_another_office_s_firm(offices: Offices) -> None:
    with pytest.raises(Forbidden):
        offices.check(offices.adom, Check.VISIT, email=ELSEWHERE)
    with offices.database.transaction() as session:
        insert = "INSERT INTO membership (organisation_id, user_id, role, since) "
        insert += "VALUES (1, 1, 'viewer', '2026-01-01')"
        session.execute(sa.text(insert))
    with pytest.raises(Forbidden):
        offices.check(offices.adom, Check.VISIT)


def test_a_record_of_another_firm_is_not_there(offices: Offices) -> None:
    (key,) = offices.check(offices.volta, Check.VISIT)
    for wrong in (key, 999):
        with pytest.raises(NotFound):
            withdraw(offices, wrong)


def test_a_check_counts_to_its_last_day(offices: Offices) -> None:
    offices.check(offices.adom, Check.REGISTER, checked_on=TODAY - timedelta(days=300))
    offices.check(offices.adom, Check.BANK, valid_until=TODAY + timedelta(days=30))
    offices.check(offices.volta, Check.VISIT, valid_until=TODAY + timedelta(days=30))
    last = NOW + timedelta(days=30)
    with offices.database.transaction() as session:
        assert end_lapsed_checks(session, now=last) == 0
    assert verified(offices)[0] == NOW
    with offices.database.transaction() as session:
        assert end_lapsed_checks(session, now=last + timedelta(days=1)) == 2
    with offices.database.transaction() as session:
        assert end_lapsed_checks(session, now=last + timedelta(days=1)) == 0
    # What the register said counts on; the other firm has nothing else.
    assert verified(offices)[0] == datetime(2026, 1, 26, 12, tzinfo=UTC)
    assert stored(offices.database, offices.volta_id).verified_at is None
    assert [one[2] for one in public(offices)] == [(Check.REGISTER,)]
    # Before the clock has come round, the public page says it no longer.
    offices.check(offices.adom, Check.BANK, valid_until=TODAY)
    assert [one[2] for one in public(offices, TODAY + timedelta(days=1))] == [(Check.REGISTER,)]


def test_another_identifier_ends_what_was_confirmed_of_who_it_is(offices: Offices) -> None:
    offices.check(offices.adom, Check.REGISTER, Check.MACHINES)
    owner = join(offices.database, offices.adom_id, "owner@example.org")
    member = acting(offices.database, owner, (offices.adom_id, MemberRole.OWNER))
    with offices.database.transaction() as session:
        add_identifier(session, member, offices.adom, scheme="tin", value="C0000803561", now=NOW)
    assert verified(offices) == (None, None)
    assert [one[2] for one in public(offices)] == [(Check.MACHINES,)]
    with offices.database.reading() as session:
        ended = session.scalars(sa.select(Verification).where(Verification.check == Check.REGISTER)).one()
    assert "has changed" in ended.withdrawn_because
    assert ended.withdrawn_by_id is None


def test_the_database_keeps_a_withdrawal_and_its_reason_together(offices: Offices) -> None:
    offices.check(offices.adom, Check.REGISTER)
    for wrong in ("withdrawn_because = 'x'", "withdrawn_at = recorded_at", "valid_until = '2020-01-01'"):
        with pytest.raises(IntegrityError), offices.database.transaction() as session:
            session.execute(sa.text(f"UPDATE verification SET {wrong}"))  # noqa: S608 (our own)


def test_two_officers_at_once_leave_what_follows_from_both(offices: Offices) -> None:
    (first,) = offices.check(offices.adom, Check.REGISTER)
    start = Barrier(2)
    caught: list[Exception] = []

    def run(act: Any, *given: Any, **named: Any) -> None:
        start.wait()
        try:
            act(*given, **named)
        except Exception as error:  # noqa: BLE001 (told below)
            caught.append(error)

    threads = [
        Thread(target=run, args=(withdraw, offices, first)),
        Thread(target=run, args=(offices.check, offices.adom, Check.VISIT), kwargs={"email": COLLEAGUE}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert caught == []
    assert verified(offices) == (NOW, offices.people[COLLEAGUE])


def test_whatever_stands_the_badge_is_what_the_records_say(offices: Offices) -> None:
    """Every pair of a check and a result, one after the other: worked out by hand after each."""
    said: list[tuple[Check, CheckResult]] = []
    for number, (check, result) in enumerate(
        product((Check.MACHINES, Check.ADDRESS, Check.TAX), CheckResult), start=1
    ):
        day = TODAY - timedelta(days=number)
        (key,) = offices.check(offices.adom, check, result=result, checked_on=day)
        said.append((check, result))
        wrong = any(one is CheckResult.WRONG for _check, one in said)
        good = any(one is CheckResult.CONFIRMED and what is not Check.MACHINES for what, one in said)
        assert (verified(offices)[0] is not None) is (good and not wrong)
        if result is CheckResult.WRONG:
            withdraw(offices, key)
            said.pop()
            assert (verified(offices)[0] is not None) is good
    with offices.database.reading() as session:
        assert session.get_one(Organisation, offices.adom_id).verified_by_id == offices.people[OFFICER]
