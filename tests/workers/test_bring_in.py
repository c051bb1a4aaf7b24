"""An import of an office in the hands of a worker."""

from __future__ import annotations

import io

import sqlalchemy as sa

from marketplace import clock
from marketplace.actors import actor_by_id
from marketplace.files import FileStore
from marketplace.intake.models import DatabankImport, ImportKind, ImportState
from marketplace.intake.services import receive, steps
from marketplace.offices.models import Officer
from marketplace.organisations.models import Organisation
from tests.marketplace.organisations.firms import add_office
from tests.workers.shift import Shift
from workers.bring_in import bring_in
from workers.tasks import sweep

TABLE = b"name,country,city\r\nAdom Works,GH,Kumasi\r\nBola Works,GH,Accra\r\n"


def state(shift: Shift, number: int) -> ImportState:
    with shift.database.reading() as session:
        return session.get_one(DatabankImport, number).state


def asked(shift: Shift) -> int:
    """Have a table tried; gives the import's number."""
    add_office(shift.database, "spx-accra", "GH", officer="ama@example.org")
    store = FileStore(shift.work.settings.var / "files")
    received = receive.read_table("t.csv", io.BytesIO(TABLE), limit_mb=1, encoding="", sheet="")
    with shift.database.transaction() as session:
        actor = actor_by_id(session, session.scalars(sa.select(Officer.user_id)).one())
        assert actor is not None
        work = receive.receive_file(
            session,
            actor,
            received,
            kind=ImportKind.ORGANISATIONS,
            encoding="",
            sheet="",
            store=store,
            now=clock.now(),
        )
        columns = dict(work.columns)
        steps.try_import(
            session, actor, work, columns=columns, fixed={}, version=work.version, now=clock.now()
        )
        return work.id


def test_a_bell_has_an_import_tried_and_brought_in(shift: Shift) -> None:
    number = asked(shift)
    assert shift.rung == ["relay"]
    shift.all_done()
    assert shift.rung[-1] == "bring_in"
    assert bring_in(shift.work)
    assert not bring_in(shift.work)
    assert state(shift, number) is ImportState.TRIED
    with shift.database.transaction() as session:
        work = session.get_one(DatabankImport, number)
        actor = actor_by_id(session, work.user_id or 0)
        assert actor is not None
        steps.begin_import(session, actor, work, version=work.version, now=clock.now())
    # Nobody rang: the sweep finds it.
    shift.rung.clear()
    sweep(shift.work)
    assert "bring_in" in shift.rung
    assert bring_in(shift.work)
    assert state(shift, number) is ImportState.DONE
    with shift.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 2


def test_a_file_that_is_gone_is_told(shift: Shift) -> None:
    number = asked(shift)
    for path in (shift.work.settings.var / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    assert bring_in(shift.work)
    assert state(shift, number) is ImportState.FAILED
    with shift.database.reading() as session:
        assert "no longer there" in session.get_one(DatabankImport, number).error
