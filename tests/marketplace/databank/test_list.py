"""The databank's list: what it finds, in which order, and that it costs the same for any size."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace.databank.queries.listed import Window, every_row, window
from marketplace.databank.queries.wanted import Order, Standing, Wanted
from marketplace.databank.services.tags import add_tags
from marketplace.organisations.identifiers import OTHER
from marketplace.organisations.models import (
    Check,
    HeldCertificate,
    Identifier,
    Machine,
    MemberRole,
    Membership,
    Organisation,
    OrganisationType,
)
from marketplace.organisations.queries.completeness import complete_percent, less_complete_than
from marketplace.policy import VISITOR, Actor
from tests.marketplace.databank.offices import ELSEWHERE, OFFICER, Offices
from tests.marketplace.desk.counting import statements
from tests.marketplace.organisations.firms import NOW, add_firm, join


def look(offices: Offices, actor: Actor | None = None, **given: Any) -> Window:
    words: dict[str, Any] = {"order": Order.NAME, "limit": 50, "after": "", "before": ""}
    asked = {name: given.pop(name) for name in list(given) if name in words}
    with offices.database.reading() as session:
        who = actor or offices.actor()
        return window(session, who, Wanted(**given), **{**words, **asked}, now=NOW)


def names(found: Window) -> list[str]:
    return [row.organisation.name.split()[0] for row in found.rows]


@pytest.fixture
def filled(offices: Offices) -> Offices:
    """Add what filters tell apart."""
    database = offices.database
    add_firm(database, "Łódź Chamber", city="Łódź", sectors=("2592",))
    with database.transaction() as session:
        adom, volta, chamber = (session.get_one(Organisation, key) for key in (1, 2, 4))
        adom.identifiers = [Identifier(country="GH", scheme="tin", value="C0000803561", valid=True)]
        adom.women_led, volta.women_led = True, False
        chamber.type = OrganisationType.SUPPORT
        volta.suspended_at = NOW
        volta.sectors = ["3511", "4321"]
        chamber.updated_at = NOW + timedelta(hours=1)
        add_tags(session, offices.actor(), [str(adom.reference)], ["Export ready"], now=NOW)
    offices.check(offices.adom, Check.REGISTER)
    offices.check(str(chamber.reference), Check.VISIT, checked_on=(NOW - timedelta(days=400)).date())
    join(database, 1, "owner@example.org")
    return offices


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["Adom", "Łódź", "Volta"]),
        ({"order": Order.CHANGED}, ["Łódź", "Volta", "Adom"]),
        ({"text": "adom works"}, ["Adom"]),
        ({"text": "lodz"}, ["Łódź"]),
        ({"text": "kumasi"}, ["Adom"]),
        ({"text": "c 0000-803561"}, ["Adom"]),
        ({"text": "0000803561"}, []),
        ({"text": "%"}, []),
        ({"text": "nyota"}, []),
        ({"country": "KE"}, []),
        ({"country": "GH"}, ["Adom", "Łódź", "Volta"]),
        ({"sector": "25"}, ["Łódź"]),
        ({"sector": "43"}, ["Volta"]),
        ({"type": OrganisationType.SUPPORT}, ["Łódź"]),
        ({"tag": "export ready"}, ["Adom"]),
        ({"tag": "EXPORT"}, []),
        ({"standing": Standing.VERIFIED}, ["Adom", "Łódź"]),
        ({"standing": Standing.OLD}, ["Łódź"]),
        ({"standing": Standing.NOT}, ["Volta"]),
        ({"women_led": True}, ["Adom"]),
        ({"suspended": True}, ["Volta"]),
        ({"alone": True}, ["Łódź", "Volta"]),
        ({"below": 10}, ["Adom"]),
        ({"below": 25, "alone": True}, ["Łódź", "Volta"]),
    ],
)
def test_the_list_finds(filled: Offices, wanted: dict[str, Any], found: list[str]) -> None:
    seen = look(filled, **wanted)
    assert names(seen) == found
    assert seen.total == len(found)


def test_each_office_sees_its_own_and_an_administrator_all(filled: Offices) -> None:
    assert names(look(filled, filled.actor(ELSEWHERE))) == ["Nyota"]
    everything = Actor(user_id=1, is_admin=True)
    assert names(look(filled, everything)) == ["Adom", "Łódź", "Nyota", "Volta"]
    assert names(look(filled, everything, office_id=filled.other_office_id)) == ["Nyota"]
    assert look(filled, VISITOR).total == 0
    own = Actor(user_id=1, office_id=filled.office_id, memberships={1: "viewer"})
    assert names(look(filled, own)) == ["Łódź", "Volta"]


def test_a_row_says_what_decides(filled: Offices) -> None:
    row = look(filled, text="adom").rows[0]
    assert (row.percent, row.members, row.listings, row.introductions) == (9, 1, 0, 0)
    assert row.checks == (Check.REGISTER,)
    assert [(tag.key, tag.word) for tag in row.tags] == [("export ready", "Export ready")]


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_forward_and_back_give_each_organisation_once(
    offices: Offices, order: Order, size: int
) -> None:
    for number in range(5):
        # Of the same name and the same moment: the key decides.
        add_firm(offices.database, f"Works {number % 2}", city=f"Town {number}")
    whole = [row.organisation.id for row in look(offices, order=order).rows]
    assert len(whole) == 7
    seen: list[list[int]] = []
    here = look(offices, order=order, limit=size)
    assert here.before == ""
    while True:
        seen.append([row.organisation.id for row in here.rows])
        assert here.total == 7
        if not here.after:
            break
        here = look(offices, order=order, limit=size, after=here.after)
    assert [key for page in seen for key in page] == whole
    back = [seen[-1]]
    while here.before:
        here = look(offices, order=order, limit=size, before=here.before)
        back.append([row.organisation.id for row in here.rows])
    assert back[::-1] == seen or [key for page in back[::-1] for key in page] == whole
    assert here.before == ""
    with offices.database.reading() as session:
        rows = every_row(session, offices.actor(), Wanted(), order, NOW)
        assert [row.organisation.id for row in rows] == whole


def test_a_place_that_is_not_in_this_databank_is_the_beginning(filled: Offices) -> None:
    for word in (filled.nyota, "ORG-2026-99999"):
        assert names(look(filled, after=word)) == ["Adom", "Łódź", "Volta"]
        assert names(look(filled, before=word)) == ["Adom", "Łódź", "Volta"]
    assert look(filled, after=filled.volta).rows == ()
    assert look(filled, after=filled.volta).total == 3


def test_more_organisations_need_no_more_queries(filled: Offices) -> None:
    def asked() -> int:
        who = filled.actor(OFFICER)
        with statements(filled.database) as sent, filled.database.reading() as session:
            window(session, who, Wanted(), order=Order.NAME, limit=50, after="", before="", now=NOW)
        return len(sent)

    few = asked()
    for number in range(30):
        key, reference = add_firm(filled.database, f"Works {number:02}")
        join(filled.database, key, f"owner{number}@example.org")
        filled.check(reference, Check.REGISTER)
        with filled.database.transaction() as session:
            session.add(HeldCertificate(organisation_id=key, scheme="ISO 9001"))
            add_tags(session, filled.actor(), [reference], [f"tag {number}"], now=NOW)
    assert asked() == few


def variety() -> list[dict[str, Any]]:
    """Return profiles with and without each part, for two types."""
    said: dict[str, Any] = {
        "description": "é" * 80,
        "sectors": ["2592"],
        "employees": "10-49",
        "languages": ["en"],
        "founded_year": 1999,
        "phone": "1",
        "website": "https://x.example.org",
        "references_text": "a mill",
    }
    short = {"description": "é" * 79}
    one_by_one = [{name: value} for name, value in said.items()]
    all_but_one = [{key: value for key, value in said.items() if key != name} for name in said]
    return [{}, short, said, *one_by_one, *all_but_one]


def test_the_search_by_completeness_agrees_with_what_a_profile_says(offices: Offices) -> None:
    with offices.database.transaction() as session:
        number = 10
        for kind in (OrganisationType.ENTERPRISE, OrganisationType.MEDIA):
            for said in variety():
                for parts in range(4):
                    number += 1
                    row = Organisation(
                        id=number, name="x", name_key="x", type=kind, country="GH",
                        office_id=offices.office_id, created_at=NOW, updated_at=NOW, **said,
                    )  # fmt: skip
                    if parts:
                        row.identifiers = [Identifier(country="GH", scheme=OTHER, value=str(number))]
                        row.certificates = [HeldCertificate(scheme="ISO 9001")]
                    if parts > 1:
                        row.machines = [Machine(type="lathe", tolerance_mm=None if parts == 2 else 1)]
                    session.add(row)
    with offices.database.reading() as session:
        rows = session.scalars(sa.select(Organisation)).all()
        percents = {row.id: complete_percent(row) for row in rows}
        assert {0, 100} < set(percents.values())
        for limit in range(1, 101):
            found = session.scalars(sa.select(Organisation.id).where(less_complete_than(limit)))
            assert set(found) == {key for key, percent in percents.items() if percent < limit}


def test_a_member_is_a_member_in_any_role(offices: Offices) -> None:
    key = join(offices.database, offices.adom_id, "viewer@example.org", MemberRole.VIEWER)
    assert names(look(offices, alone=True)) == ["Volta"]
    with offices.database.transaction() as session:
        session.delete(session.get_one(Membership, (offices.adom_id, key)))
    assert names(look(offices, alone=True)) == ["Adom", "Volta"]
