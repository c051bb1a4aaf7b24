from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from marketplace.errors import Conflict, ExchangeError
from marketplace.introductions.models import Introduction
from marketplace.listings.models import Listing
from marketplace.merging.models import Merge
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries.found import hold_organisations
from marketplace.organisations.services.machines import MachineValues, add_machine
from tests.marketplace.merging.twins import Twins


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do several things at the same time; return what became of each."""
    start, found = threading.Barrier(len(acts)), [""] * len(acts)

    def run(at: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
            found[at] = "done"
        except ExchangeError as error:
            found[at] = type(error).__name__

    threads = [threading.Thread(target=run, args=of) for of in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_officers_merge_the_two_into_each_other(twins: Twins) -> None:
    colleague = twins.world.officer(twins.world.first_office)
    versions = (twins.get(twins.kept).version, twins.get(twins.twin).version)
    found = at_once(
        lambda: twins.merge(versions=versions),
        lambda: twins.merge(colleague, swapped=True, versions=versions[::-1]),
    )
    assert sorted(found) == ["Conflict", "done"]
    with twins.database.reading() as session:
        merge = session.scalars(sa.select(Merge)).one()
        assert session.get_one(Organisation, merge.merged_id).merged_into_id == merge.kept_id
        assert session.get_one(Organisation, merge.kept_id).merged_into_id is None


def test_one_merge_is_undone_once(twins: Twins) -> None:
    key = twins.merge()
    version = twins.get(twins.kept).version
    found = at_once(lambda: twins.undo(key, version=version), lambda: twins.undo(key, version=version))
    assert sorted(found) == ["Conflict", "done"]


def test_a_member_writes_while_an_officer_merges(twins: Twins) -> None:
    member, reference = twins.twin_person, twins.reference(twins.twin)

    def write() -> None:
        with twins.database.transaction() as session:
            add_machine(session, member, reference, MachineValues("Mill"), now=twins.world.now)

    found = at_once(twins.merge, write)
    assert found[0] == "done"
    with twins.database.reading() as session:
        machine = sa.text("SELECT organisation_id FROM machine WHERE type = 'Mill'")
        owners = session.scalars(machine).all()
    # Either it came first and went over, or its writer was told; it is never left with the duplicate.
    assert (found[1], owners) in [("done", [twins.kept]), ("Conflict", [])]


def test_nothing_is_added_to_what_was_merged_meanwhile(twins: Twins) -> None:
    before = twins.twin_person
    twins.merge()
    with twins.database.transaction() as session, pytest.raises(Conflict, match="meanwhile"):
        hold_organisations(session, twins.twin, None)
    with pytest.raises(Conflict, match="meanwhile"):
        twins.world.express(before, organisation_id=twins.twin, own=None, listing=twins.second_request)
    with twins.database.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Introduction.id))) == 0
        left = session.scalars(sa.select(Listing.id).where(Listing.organisation_id == twins.twin)).all()
        assert left == []


def test_an_interest_is_expressed_while_an_officer_merges(twins: Twins) -> None:
    before = twins.twin_person

    def express() -> None:
        twins.world.express(before, organisation_id=twins.twin, own=None, listing=twins.second_request)

    found = at_once(twins.merge, express)
    assert found[0] == "done"
    with twins.database.reading() as session:
        sides = session.scalars(sa.select(Introduction.proposer_organisation_id)).all()
    assert sides == ([twins.kept] if found[1] == "done" else [])
