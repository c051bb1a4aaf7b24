from __future__ import annotations

import pytest

from marketplace.db import Database
from marketplace.organisations.duplicates import DuplicateFinder, Known
from marketplace.organisations.identifiers import check_identifier, schemes_of, usual_scheme
from marketplace.organisations.models import Identifier
from marketplace.organisations.names import name_key
from tests.marketplace.organisations.firms import add_firm


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BINSTAL Sp. z o.o.", "Binstal sp. z o. o."),
        ("BINSTAL Spółka z ograniczoną odpowiedzialnością", "Binstal Sp. z o.o. Sp. k."),
        ("Müller GmbH & Co. KG", "MULLER GMBH"),
        ("Ets. Kouamé S.A.R.L.", "ets kouame sarl"),
        ("Adom Precision Works, Ltd.", "Adom Precision Works Limited"),
        ("Fabryka Śrub S.A.", "FABRYKA SRUB SA"),
        ("Novák, s.r.o.", "Novak s r o"),
        ("Kovač d.o.o.", "KOVAC DOO"),
        ("Nordverk AB", "nordverk"),
        ("Łódzkie Zakłady", "Lodzkie  zaklady"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Adom Works 2 Ltd", "Adom Works 3 Ltd"),
        ("Alfa Sp. z o.o.", "Alba Sp. z o.o."),
        ("GmbH", "Sp. z o.o."),
    ],
)
def test_two_names_have_two_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    "name", ["", "...", "Sp. z o.o.", "\u0130stanbul A.Ş.", "شركة الأمل", "東京製作所", "a" * 5000]
)
def test_every_name_has_a_key_that_fits(name: str) -> None:
    assert len(name_key(name)) <= 255


def test_identifiers_are_spelled_compactly_and_checked() -> None:
    assert check_identifier("PL", "", "676-010-74-16").value == "6760107416"
    assert check_identifier("PL", "nip", "6760107417").valid is False
    assert check_identifier("NG", "", "RC 123 456").valid is None
    assert check_identifier("PL", "../../os", "1").scheme == "other"
    assert check_identifier("FR", "siret", "732 829 320 00074").valid is True
    assert check_identifier("GB", "", " - ").value == ""
    assert (usual_scheme("PL"), usual_scheme("GH"), usual_scheme("NG"), usual_scheme("??")) == (
        "nip", "tin", "other", "other",
    )  # fmt: skip
    assert schemes_of("NG") == ("other",)


def test_a_likely_duplicate_is_found_by_number_or_by_name_and_town(database: Database) -> None:
    number, _reference = add_firm(database, "Adom Precision Works Ltd")
    add_firm(database, "Adom Precision Works Ltd", city="Accra")
    like, _reference = add_firm(database, "Adom Precison Works")
    same, _reference = add_firm(database, "Quite Another Name", city="Tema")
    with database.transaction() as session:
        for owner in (number, same):
            session.add(Identifier(organisation_id=owner, country="GH", scheme="tin", value="C0000803561"))
    with database.reading() as session:
        finder = DuplicateFinder()
        finder.learn(session, ["GH"])
    near = finder.likely(Known("ADOM Precision Work", "GH", "kumasi"))
    assert near is not None
    assert near.organisation_id in {number, like}
    assert finder.likely(Known("Adom Precision Works", "GH", "Tema")) is None
    assert finder.likely(Known("Adom Precision Works", "KE", "Kumasi")) is None
    by_number = finder.likely(Known("x", "GH", identifiers=(("tin", "C0000803561"),)))
    assert by_number is not None
    assert by_number.why == "identifier"


def test_a_row_that_was_just_added_is_found_by_the_next() -> None:
    finder = DuplicateFinder()
    finder.add(1, Known("Binstal Sp. z o.o.", "PL", "Żory", (("nip", "6760107416"),)))
    found = finder.likely(Known("BINSTAL sp z oo", "PL", "Zory"))
    assert found is not None
    assert (found.organisation_id, found.why) == (1, "name")
    assert finder.likely(Known("BINSTAL sp z oo", "PL", "Zory"), but=1) is None
    assert finder.holder("PL", "nip", "6760107416") == 1
    assert finder.named("binstal", "PL", "żory") == 1
