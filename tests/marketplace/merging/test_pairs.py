from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from marketplace.db import Database
from marketplace.errors import NotFound
from marketplace.merging.queries.pairs import Why, alike_of_office, host_of
from marketplace.merging.services.distinct import take_back, tell_apart
from marketplace.organisations.duplicates import DuplicateFinder, like_pairs
from marketplace.organisations.models import Identifier, Organisation, OrganisationType
from marketplace.organisations.names import name_key
from marketplace.policy import Actor
from tests.marketplace.merging.twins import Twins
from tests.marketplace.organisations.firms import NOW

NAMES = (
    "Adom Precision Works Ltd",
    "ADOM Precision Works",
    "Adom Precission Works",
    "Baobab Pumps",
    "Baobab Pump",
)


def found(twins: Twins, actor: Actor | None = None) -> dict[tuple[int, int], list[Why]]:
    """Return the pairs of the first office with their reasons."""
    with twins.database.reading() as session:
        alike = alike_of_office(session, actor or twins.world.first)
    return {(pair.first, pair.second): pair.why for pair in alike}


def word(number: int) -> str:
    """Return a word of its own for a number."""
    return "".join(chr(ord("a") + int(sign)) * 2 for sign in str(number * 7919))


def change(twins: Twins, organisation_id: int, **values: object) -> None:
    """Write values into an organisation."""
    with twins.database.transaction() as session:
        row = session.get_one(Organisation, organisation_id)
        for name, value in values.items():
            setattr(row, name, value)


def test_the_same_number_and_the_same_name_are_reasons(twins: Twins) -> None:
    assert found(twins) == {(twins.kept, twins.twin): [Why.IDENTIFIER, Why.NAME]}
    with twins.database.transaction() as session:
        session.execute(sa.delete(Identifier).where(Identifier.organisation_id == twins.twin))
    change(twins, twins.twin, name_key="nyota works mombasa")
    assert found(twins) == {}


def test_a_website_and_a_like_name_in_one_town_are_reasons(twins: Twins) -> None:
    with twins.database.transaction() as session:
        session.execute(sa.delete(Identifier).where(Identifier.organisation_id == twins.twin))
    change(
        twins, twins.kept, city="Nairobi", name_key="nyota works", website="https://www.nyota.example.org/a"
    )
    change(twins, twins.twin, city="Nairobi", name_key="nyotta works", website="nyota.example.org")
    assert found(twins) == {(twins.kept, twins.twin): [Why.WEBSITE, Why.LIKE_NAME]}
    change(twins, twins.twin, website="", country="UG")
    assert found(twins) == {}


def test_other_offices_and_what_is_shut_out_are_not_looked_at(twins: Twins) -> None:
    assert found(twins, twins.world.second) == {}
    assert found(twins, twins.world.maker_person) == {}
    assert (twins.kept, twins.twin) in found(twins, twins.world.admin)
    change(twins, twins.twin, suspended_at=twins.world.now)
    assert found(twins) == {}


def test_two_that_were_told_apart_are_not_proposed_until_that_is_taken_back(twins: Twins) -> None:
    names = {"first": twins.reference(twins.twin), "second": twins.reference(twins.kept), "now": NOW}
    with twins.database.transaction() as session:
        tell_apart(session, twins.world.first, **names)  # type: ignore[arg-type]
        tell_apart(session, twins.world.first, **names)  # type: ignore[arg-type]
    assert found(twins) == {}
    with twins.database.transaction() as session, pytest.raises(NotFound):
        take_back(session, twins.world.second, **names)  # type: ignore[arg-type]
    with twins.database.transaction() as session:
        take_back(session, twins.world.first, **names)  # type: ignore[arg-type]
    assert len(found(twins)) == 1


def test_merged_ones_are_no_pair_any_more(twins: Twins) -> None:
    twins.merge()
    assert found(twins) == {}


def test_an_import_finds_the_kept_one_by_what_the_duplicate_was_called(twins: Twins) -> None:
    change(twins, twins.twin, name_key="nyota tools", city="Nairobi")
    twins.merge()
    finder = DuplicateFinder()
    with twins.database.reading() as session:
        finder.learn(session, ["KE"])
    assert finder.holder("KE", "register", "C.1") == twins.kept
    assert finder.holder("KE", "tin", "P051") == twins.kept
    assert finder.named("Nyota Tools", "KE", "Nairobi") == twins.kept


@pytest.mark.parametrize(
    ("website", "host"),
    [
        ("", ""),
        ("https://www.example.org/x", "example.org"),
        ("example.org", "example.org"),
        ("HTTP://Example.ORG", "example.org"),
    ],
)
def test_of_a_website_its_host_counts(website: str, host: str) -> None:
    assert host_of(website) == host


def test_like_names_are_found_in_one_town_only() -> None:
    rows = [(at, "GH", "Kumasi", name_key(name)) for at, name in enumerate(NAMES)]
    keys = {(min(one, other), max(one, other)) for one, other, _likeness in like_pairs(rows)}
    assert keys == {(0, 2), (1, 2), (3, 4)}
    elsewhere = [(at, "GH", f"Town{at}", key) for at, _country, _city, key in rows]
    assert list(like_pairs(elsewhere)) == []


def test_twenty_thousand_are_looked_through_in_a_moment(twins: Twins, database: Database) -> None:
    words = ("steel", "pumps", "textile", "leather", "foods", "timber", "glass", "plastics", "dairy", "tools")
    rows = []
    for at in range(20_000):
        name = f"{words[at % 10]} {word(at)} {words[at // 10 % 10]} works"
        rows.append(
            {
                "reference": f"ORG-2025-{at:05}",
                "type": OrganisationType.ENTERPRISE,
                "name": name.title(),
                "name_key": name,
                "country": "KE",
                "city": f"Town {at % 90}",
                "office_id": twins.world.first_office,
                "created_at": NOW,
                "updated_at": NOW,
                "version": 1,
                **{name: [] for name in ("other_names", "languages", "sectors")},
            }
        )
    with database.transaction() as session:
        session.execute(sa.insert(Organisation), rows)
    started = time.thread_time()
    found(twins)
    # Some 0.4 s on a machine that has nothing else to do; all pairs would take minutes.
    assert time.thread_time() - started < 5
