from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.db import Database
from marketplace.offices.models import OfficeKind
from marketplace.organisations.models import (
    Identifier,
    MemberRole,
    Membership,
    Organisation,
    OrganisationType,
)
from marketplace.organisations.services.profile import create_organisation
from marketplace.organisations.services.values import Profile
from marketplace.outbox import Event
from tests.marketplace.organisations.firms import NOW, acting, add_firm, add_office, join, stored
from tests.marketplace.visitor import Visitor, add_person, database_of, hidden, words

FIRM = {"name": "Adom Precision Works Ltd", "type": "enterprise", "country": "GH", "city": "Kumasi"}


@pytest.fixture
def owner(app: Flask) -> Visitor:
    """Give a browser of the owner of the first organisation."""
    number, _reference = add_firm(database_of(app))
    join(database_of(app), number, "owner@example.org")
    return Visitor(app).enter("owner@example.org")


def typed(visitor: Visitor, path: str, **changes: Any) -> dict[str, Any]:
    """Return what a browser would send of the profile's form, with changes."""
    page = visitor.get(path).text
    return {**FIRM, "version": hidden(page, "version"), **changes}


def changes_told(database: Database) -> int:
    with database.reading() as session:
        return len(session.scalars(sa.select(Event).where(Event.kind == "OrganisationChanged")).all())


def test_a_person_creates_an_organisation_and_owns_it(app: Flask, visitor: Visitor) -> None:
    database = database_of(app)
    add_office(database, "ITPO-X", "GH", kind=OfficeKind.ITPO)
    spx = add_office(database, "SPX-ACC", "GH")
    add_person(database, "efua@example.org")
    visitor.enter("efua@example.org")
    answer = visitor.post(
        "/me/organisation/new", {**FIRM, "website": "www.example.org", "description": "We turn parts."}
    )
    assert "is here now" in words(answer.text)
    with database.reading() as session:
        firm = session.scalars(sa.select(Organisation)).one()
        role = session.scalars(sa.select(Membership)).one().role
    assert (firm.reference, firm.name_key, firm.website) == (
        f"ORG-{firm.created_at.year}-00001",
        "adom precision works",
        "https://www.example.org",
    )
    assert firm.office_id == spx, "an SPX comes before an ITPO"
    assert role is MemberRole.OWNER
    assert answer.request.path == f"/me/organisation/{firm.reference}"


def test_a_double_click_creates_one_organisation(app: Flask, visitor: Visitor) -> None:
    add_person(database_of(app), "efua@example.org")
    visitor.enter("efua@example.org")
    for name in ("Adom Precision Works Ltd", "ADOM Precision Works"):
        assert visitor.post("/me/organisation/new", {**FIRM, "name": name}).status_code == 200
    with database_of(app).reading() as session:
        assert len(session.scalars(sa.select(Organisation)).all()) == 1


def test_two_clicks_at_once_create_one_organisation(database: Database) -> None:
    user_id = add_person(database, "efua@example.org")
    actor, start = acting(database, user_id), Barrier(2)

    def run() -> None:
        start.wait()
        with database.transaction() as session:
            create_organisation(
                session, actor, Profile(name="Adom", type=OrganisationType.ENTERPRISE, country="GH"), now=NOW
            )

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert len(session.scalars(sa.select(Organisation)).all()) == 1


def test_a_country_without_an_office_goes_to_the_oldest(app: Flask) -> None:
    first = add_office(database_of(app), "SPX-ONE", "KE")
    add_office(database_of(app), "SPX-TWO", "UG")
    number, _reference = add_firm(database_of(app), country="FJ")
    assert stored(database_of(app), number).office_id == first


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Write the name"),
        ("name", "x" * 256, "1 character too long"),
        ("name", "Adom\x07", "control character (U+0007)"),
        ("country", "", "Choose the country"),
        ("country", "XX", "“XX” is not in the list"),
        ("type", "bank", "Not a valid choice"),
        ("website", "javascript:alert(1)", "not the address of a website"),
        ("website", "http://", "not the address of a website"),
        ("description", "x" * 4001, "1 character too long"),
        ("city", "Ku\nmasi", "on one line"),
    ],
)
def test_a_wrong_field_of_a_new_organisation_says_so(
    app: Flask, visitor: Visitor, field: str, value: str, message: str
) -> None:
    add_person(database_of(app), "efua@example.org")
    answer = visitor.enter("efua@example.org").post(
        "/me/organisation/new", {**FIRM, "description": "We turn parts.", field: value}
    )
    assert answer.status_code == 422
    assert message in words(answer.text)
    kept = "We turn parts." if field != "description" else "Adom Precision Works Ltd"
    assert kept in answer.text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("founded_year", "2999", "has not come yet"),
        ("founded_year", "about 1990", "whole number in digits"),
        ("export_percent", "101", "From 0 to 100"),
        ("export_percent", "99999999999999999999", "whole number in digits"),
        ("sectors", ["2511", "9999"], "Not in the list: 9999"),
        ("sectors", ["2511", "2592", "2593", "2599", "2811", "2812"], "at most 5"),
        ("languages", ["xx"], "Not in the list: xx"),
        ("turnover", "2-10", "Choose the currency"),
        ("turnover_currency", "XYZ", "is not in the list"),
        ("email", "office@", "not an e-mail address"),
        ("phone", "call me", "country's code"),
        ("other_names", "\n".join(str(number) for number in range(11)), "At most ten names"),
        ("women_led", "perhaps", "Not a valid choice"),
    ],
)
def test_a_wrong_field_of_the_profile_says_so(owner: Visitor, field: str, value: Any, message: str) -> None:
    path = owner.get("/me/organisation").request.path
    answer = owner.post(path, typed(owner, path, description="Kept as typed.", **{field: value}))
    assert answer.status_code == 422
    assert message in words(answer.text).replace("’", "'")
    assert "Kept as typed." in answer.text


def test_a_profile_is_saved_and_tells_the_matching_what_matters(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    path = owner.get("/me/organisation").request.path
    said = {
        "other_names": "Adom Works\n\nAdom  Precision ",
        "founded_year": "2009",
        "employees": "10-49",
        "turnover": "<2",
        "turnover_currency": "GHS",
        "export_percent": "15",
        "languages": ["en", "fr"],
        "women_led": "yes",
        "rural": "no",
        "sectors": ["2592", "2511"],
        "products": "Shafts",
        "phone": "+233 20 123 4567",
        "email": "Office@Example.org",
    }
    assert "Saved." in words(owner.post(path, typed(owner, path, **said)).text)
    firm = stored(database, 1)
    assert (firm.other_names, firm.languages, firm.sectors) == (
        ["Adom Works", "Adom Precision"],
        ["en", "fr"],
        ["2592", "2511"],
    )
    assert (firm.women_led, firm.rural, firm.youth_led) == (True, False, None)
    assert (firm.email, firm.founded_year) == ("office@example.org", 2009)
    assert changes_told(database) == 1
    page = owner.get(path).text
    assert "Adom Works\nAdom Precision" in page
    owner.post(path, typed(owner, path, **said, address="12 Ring Road"))
    assert changes_told(database) == 1, "an address changes no match"
    assert "Nothing was changed" in words(
        owner.post(path, typed(owner, path, **said, address="12 Ring Road")).text
    )


def test_two_people_edit_and_the_second_sees_both_versions(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    path = owner.get("/me/organisation").request.path
    join(database, 1, "editor@example.org", MemberRole.EDITOR)
    other = Visitor(app).enter("editor@example.org")
    mine, theirs = typed(owner, path, city="Tema"), typed(other, path, city="Takoradi")
    assert other.post(path, theirs).status_code == 200
    late = owner.post(path, mine)
    assert late.status_code == 409
    text = words(late.text)
    assert "Somebody else has changed this profile" in text
    assert "Town Tema Takoradi" in text
    assert 'value="Tema"' in late.text
    assert stored(database, 1).city == "Takoradi"
    again = owner.post(path, {**mine, "version": hidden(late.text, "version")})
    assert "Saved." in words(again.text)
    assert stored(database, 1).city == "Tema"


def test_a_viewer_reads_and_a_stranger_finds_nothing(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    path = owner.get("/me/organisation").request.path
    join(database, 1, "viewer@example.org", MemberRole.VIEWER)
    add_person(database, "stranger@example.org")
    viewer, stranger = Visitor(app).enter("viewer@example.org"), Visitor(app).enter("stranger@example.org")
    assert viewer.get(path).request.path.startswith("/organisations/ORG-")
    assert viewer.post(path, dict(FIRM)).status_code == 403
    assert stranger.get(path).status_code == 403
    assert stranger.post(path, dict(FIRM)).status_code == 403
    for missing in ("ORG-2026-99999", "nothing", "%00", "ORG-2026-99999999999"):
        assert stranger.get(f"/me/organisation/{missing}").status_code == 404
    assert Visitor(app).post(path, dict(FIRM)).request.path == "/login"


def test_a_new_name_or_country_ends_the_verification(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    office = add_office(database, "SPX-NBO", "KE")
    path = owner.get("/me/organisation").request.path
    with database.transaction() as session:
        session.get_one(Organisation, 1).verified_at = NOW
    owner.post(path, typed(owner, path, products="Shafts"))
    assert stored(database, 1).verified_at is not None
    owner.post(path, typed(owner, path, country="KE"))
    assert stored(database, 1).verified_at is None
    assert stored(database, 1).office_id == office


def test_a_legal_identifier_is_checked_and_kept_once(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    with database.transaction() as session:
        session.get_one(Organisation, 1).country = "PL"
    path = owner.get("/me/organisation").request.path
    wrong = owner.post(f"{path}/identifiers", {"scheme": "nip", "value": "676-010-74-17"})
    assert wrong.status_code == 422
    assert "check digit does not fit" in words(wrong.text)
    assert 'value="676-010-74-17"' in wrong.text
    assert owner.post(f"{path}/identifiers", {"scheme": "pesel", "value": "1"}).status_code == 422
    for spelling in ("676-010-74-16", "PL 6760107416"):
        owner.post(f"{path}/identifiers", {"scheme": "nip", "value": spelling})
    with database.reading() as session:
        kept = session.scalars(sa.select(Identifier)).one()
    assert (kept.scheme, kept.value, kept.valid) == ("nip", "6760107416", True)
    assert owner.post(f"{path}/identifiers/77/remove").status_code == 404
    assert "is removed" in words(owner.post(f"{path}/identifiers/{kept.id}/remove").text)


def test_completeness_names_chances(owner: Visitor) -> None:
    path = owner.get("/me/organisation").request.path
    before = words(owner.get(path).text)
    assert "Complete: 0 %" in before
    assert "Describe what you do in a few sentences" in before
    owner.post(path, typed(owner, path, description="We turn and mill parts. " * 5, sectors=["2592"]))
    after = words(owner.get(path).text)
    assert "Complete: 30 %" in after
    assert "Describe what you do in a few sentences" not in after
