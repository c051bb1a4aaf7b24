"""A file on its way into the databank of an office: columns, trial, import, report."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.imports.run import BATCH
from marketplace.imports.steps import Step
from marketplace.intake.models import ColumnMapping, DatabankImport, ImportPass, ImportState, PassKind
from marketplace.intake.services import turns
from marketplace.intake.services.carry_on import carry_on
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.outbox import Event
from tests.marketplace.imports.files import csv_text
from tests.marketplace.intake.desk import ROOT, Desk, firms
from tests.marketplace.organisations.firms import add_firm
from tests.marketplace.visitor import words

S = ImportState


def test_a_table_goes_in_step_by_step_and_belongs_to_the_office(desk: Desk) -> None:
    assert "Nothing was imported yet" in words(desk.officer.get(ROOT).text)
    table = csv_text(
        [
            ["key", "company", "place", "remark"],
            ["1", "Adom Works", "Kumasi", "x"],
            ["2", "", "Accra", "y"],
            ["3", "Łódź Tools", "Lagos", ""],
        ]
    )
    page = words(desk.upload(table, "Firms of ’26.csv").text)
    number = desk.last()
    assert "Firms of ’26.csv" in page
    assert "CSV, UTF-8, comma" in page
    assert "Adom Works" in page
    assert "Needed: Name, Country" in page
    wrong = desk.say(number, {"key": "external_id"})
    assert wrong.status_code == 422
    assert "No column is “Country” yet" in words(wrong.text)
    under_way = desk.say(number, {"key": "external_id"}, country="NG")
    assert "The trial is under way" in words(under_way.text)
    assert desk.names() == []
    assert desk.work()
    tried = words(desk.officer.get(f"{ROOT}/{number}").text)
    assert "What the import would do" in tried
    assert "2 would be new" in tried
    assert "1 refused" in tried
    assert "Line 3 company : The row has no name." in tried
    assert "Łódź Tools" in tried
    assert desk.names() == []
    assert "The import is under way" in words(desk.begin(number).text)
    assert desk.work()
    assert not desk.work()
    done = words(desk.officer.get(f"{ROOT}/{number}").text)
    assert "The import is done" in done
    assert "2 new" in done
    with desk.database.reading() as session:
        stored = session.scalars(sa.select(Organisation).order_by(Organisation.id)).all()
    # Lagos covers the country; who brings it in looks after it.
    assert [(row.name, row.country, row.office_id) for row in stored] == [
        ("Adom Works", "NG", desk.accra),
        ("Łódź Tools", "NG", desk.accra),
    ]
    assert "Done" in words(desk.officer.get(ROOT).text)


def test_refused_rows_are_mended_in_their_file_and_imported_again(desk: Desk) -> None:
    table = csv_text(
        [["id", "name", "country", "phone"], ["1", "Adom", "GH", "+233 1"], ["2", "", "GH", "+233 2"]]
    )
    number = desk.bring_in(table)
    answer = desk.officer.get(f"{ROOT}/{number}/refused.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows == [
        ["refused_because", "id", "name", "country", "phone"],
        ["line 3: name: The row has no name.", "2", "", "GH", "'+233 2"],
    ]
    rows[1][2] = "=Bola"
    mended = csv_text(rows)
    number = desk.bring_in(mended)
    assert desk.counts(number) == (1, 0, 0, 0)
    with desk.database.reading() as session:
        phones = session.scalars(sa.select(Organisation.phone).order_by(Organisation.id)).all()
    assert (desk.names(), phones) == (["=Bola", "Adom"], ["+233 1", "+233 2"])


def test_a_mapping_is_kept_by_name_and_proposed_again(desk: Desk) -> None:
    table = csv_text([["a", "b", "c"], ["1", "Adom", "GH"]])
    said = {"a": "external_id", "b": "name", "c": "country"}
    desk.bring_in(table, said, keep_as="Chamber")
    page = desk.upload(csv_text([["c", "B", "a"], ["GH", "Bola", "2"]]))
    assert "under “Chamber”" not in words(page.text), "other names are other columns"
    again = desk.upload(csv_text([["c", "a", "b"], ["GH", "2", "Bola"]]))
    assert "Filled in as your office has kept it under “Chamber”" in words(again.text)
    number = desk.last()
    desk.say(number, keep_as="Chamber")
    assert desk.work()
    assert desk.counts(number, PassKind.TRIAL) == (1, 0, 0, 0)
    with desk.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ColumnMapping)) == 1


def test_the_same_file_is_known_again(desk: Desk) -> None:
    first = desk.bring_in(firms(3))
    page = desk.upload(firms(3), "renamed.csv").text
    assert "This very file was imported before" in words(page)
    assert f'href="{ROOT}/{first}"' in page
    number = desk.last()
    desk.say(number)
    assert desk.work()
    assert desk.counts(number, PassKind.TRIAL) == (0, 0, 3, 0)
    assert "There is nothing to bring in" in words(desk.officer.get(f"{ROOT}/{number}").text)


def test_offers_need_no_column_that_says_so(desk: Desk) -> None:
    table = csv_text([["id", "title", "company"], ["1", "CNC turning of brass parts", "Adom"]])
    desk.upload(table, kind="offers")
    number = desk.last()
    desk.say(number, country="GH", kind="subcontracting")
    assert desk.work()
    assert "CNC turning of brass parts" in words(desk.officer.get(f"{ROOT}/{number}").text)
    desk.begin(number)
    assert desk.work()
    with desk.database.reading() as session:
        listing = session.scalars(sa.select(Listing)).one()
        assert (listing.side.value, listing.kind.value, listing.country) == ("offer", "subcontracting", "GH")
        assert listing.office_id == desk.accra
        assert session.scalar(sa.select(sa.func.count()).where(Event.kind == "ListingsImported")) == 1


def test_what_another_office_looks_after_stays_as_it_is(desk: Desk) -> None:
    theirs, _reference = add_firm(desk.database, "Bola Works", country="NG", city="Lagos")
    with desk.database.reading() as session:
        assert session.get_one(Organisation, theirs).office_id == desk.lagos
    table = csv_text([["name", "country", "city", "phone"], ["Bola Works", "NG", "Lagos", "+234 1"]])
    number = desk.bring_in_refused(table)
    assert "in the hands of another office" in words(desk.officer.get(f"{ROOT}/{number}").text)
    desk.upload(
        csv_text(
            [["id", "title", "company", "town"], ["1", "Turning", "Bola Works", "Lagos"]],
        ),
        kind="offers",
    )
    number = desk.last()
    desk.say(number, country="NG", kind="subcontracting")
    assert desk.work()
    assert desk.counts(number, PassKind.TRIAL) == (0, 0, 0, 1)
    with desk.database.reading() as session:
        assert session.get_one(Organisation, theirs).phone == ""


class PowerCutError(Exception):
    """The machine went off."""


def test_a_power_cut_anywhere_loses_and_doubles_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = 2 * BATCH + 20
    table = firms(rows) + "X-1,,GH,Kumasi\r\nF-3,00003 Works,GH,Kumasi\r\n"
    desk.upload(table)
    number = desk.last()
    desk.say(number)
    assert desk.work()
    desk.begin(number)
    real = turns.keep_step

    def cut(*, before: bool) -> None:
        def keep(session: Session, turn: turns.Turn, step: Step, now: Any) -> None:
            if step.position <= BATCH:
                real(session, turn, step, now)
                return
            if not before:
                real(session, turn, step, now)
            raise PowerCutError

        monkeypatch.setattr(turns, "keep_step", keep)

    for before in (True, False):
        cut(before=before)
        turn = desk.claim()
        assert turn is not None
        with pytest.raises(PowerCutError):
            carry_on(desk.database, desk.store, turn, now=clock.now)
        # What was written is counted, and nothing else.
        assert desk.counts(number) == (BATCH, 0, 0, 0)
        assert len(desk.names()) == BATCH
        assert desk.claim() is None, "the dead worker still holds it"
        desk.lease_ends()
    monkeypatch.setattr(turns, "keep_step", real)
    assert desk.work()
    assert desk.state(number) is S.DONE
    assert desk.counts(number) == (rows, 0, 0, 2)
    assert len(desk.names()) == rows
    # That a line of before is about the same was not forgotten.
    assert "Line 5 is about the same organisation" in words(desk.officer.get(f"{ROOT}/{number}").text)


def test_others_have_their_turn_between_two_batches(desk: Desk) -> None:
    desk.upload(firms(2 * BATCH + 1))
    number = desk.last()
    desk.say(number)
    assert desk.work()
    desk.begin(number)
    assert desk.work(budget_seconds=0)
    assert (desk.state(number), desk.counts(number)) == (S.RUNNING, (BATCH, 0, 0, 0))
    page = words(desk.officer.get(f"{ROOT}/{number}").text)
    assert "500 rows so far" in page
    while desk.work(budget_seconds=0):
        pass
    assert (desk.state(number), desk.counts(number)) == (S.DONE, (2 * BATCH + 1, 0, 0, 0))


def test_one_is_stopped_while_it_runs_and_goes_on_later(desk: Desk) -> None:
    desk.upload(firms(2 * BATCH))
    number = desk.last()
    desk.say(number)
    assert desk.work()
    desk.begin(number)
    assert desk.work(budget_seconds=0)
    turn = desk.claim()
    assert turn is not None
    assert "The import was stopped" in words(desk.officer.post(f"{ROOT}/{number}/stop").text)
    with pytest.raises(turns.LostTurn):
        carry_on(desk.database, desk.store, turn, now=clock.now)
    assert desk.counts(number) == (BATCH, 0, 0, 0)
    assert len(desk.names()) == BATCH
    desk.officer.post(f"{ROOT}/{number}/go-on")
    assert desk.work()
    assert (desk.state(number), desk.counts(number)) == (S.DONE, (2 * BATCH, 0, 0, 0))


def test_poison_is_given_up_and_told(desk: Desk) -> None:
    desk.upload(firms(3))
    number = desk.last()
    desk.say(number)
    for _try in range(turns.ATTEMPTS):
        assert desk.claim() is not None
        desk.lease_ends()
    assert desk.claim() is None
    assert desk.state(number) is S.FAILED
    assert "Something broke on our side" in words(desk.officer.get(f"{ROOT}/{number}").text)
    desk.officer.post(f"{ROOT}/{number}/go-on")
    assert desk.work()
    assert desk.state(number) is S.TRIED


def test_one_import_at_a_time(desk: Desk) -> None:
    for _file in range(2):
        desk.upload(firms(3))
        desk.say(desk.last())
    assert desk.claim() is not None
    assert desk.claim() is None


def test_two_people_and_one_import(desk: Desk) -> None:
    desk.upload(firms(3))
    number = desk.last()
    desk.say(number)
    assert desk.work()
    version = str(desk.get(number).version)
    desk.say(number)
    assert desk.work()
    late = desk.officer.post(f"{ROOT}/{number}/begin", {"version": version})
    assert late.status_code == 409
    assert "was tried again meanwhile" in words(late.text)
    desk.begin(number)
    # A double click begins it once.
    assert desk.officer.post(f"{ROOT}/{number}/begin", {"version": version}).status_code == 200
    assert desk.work()
    assert desk.officer.post(f"{ROOT}/{number}/begin", {"version": version}).status_code == 409
    assert desk.say_late(number).status_code == 409
    assert desk.counts(number) == (3, 0, 0, 0)


def test_whoever_leaves_the_office_imports_no_more(desk: Desk) -> None:
    desk.upload(firms(3))
    number = desk.last()
    desk.say(number)
    with desk.database.transaction() as session:
        session.execute(sa.text("DELETE FROM officer"))
    assert desk.work()
    assert desk.state(number) is S.FAILED
    assert "no longer works for the office" in desk.get(number).error


def test_the_database_counts_with_us(desk: Desk) -> None:
    desk.upload(firms(3))
    number = desk.last()
    desk.say(number)
    wrong = (
        sa.update(ImportPass).values(created=1),
        sa.update(DatabankImport).values(due_at=None),
        sa.update(DatabankImport).values(state=S.FAILED, due_at=None),
    )
    for statement in wrong:
        with pytest.raises(sa.exc.IntegrityError), desk.database.transaction() as session:
            session.execute(statement)
