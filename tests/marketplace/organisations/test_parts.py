from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.files import StoredFile
from marketplace.organisations.models import HeldCertificate, Machine, MemberRole
from marketplace.outbox import Event
from tests.marketplace.organisations.firms import add_firm, add_office, join
from tests.marketplace.visitor import Visitor, add_person, database_of, hidden, words

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ISO = {"scheme": "ISO 9001", "body": "Example Cert", "expires_on": "2027-05-01"}
LATHE = {"type": "CNC lathe", "quantity": "2", "tolerance_mm": "0,02", "envelope_x_mm": "800"}


@pytest.fixture
def owner(app: Flask) -> Visitor:
    """Give a browser of the owner of the first organisation."""
    add_office(database_of(app), "SPX-ACC", "GH", officer="officer@example.org")
    number, _reference = add_firm(database_of(app))
    join(database_of(app), number, "owner@example.org")
    return Visitor(app).enter("owner@example.org")


def own(visitor: Visitor) -> str:
    return visitor.get("/me/organisation").request.path


def file(name: str, content: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def test_a_certificate_with_its_file_is_added_once(app: Flask, owner: Visitor, tmp_path: Path) -> None:
    path = own(owner)
    for _click in range(2):
        answer = owner.post(f"{path}/certificates/new", {**ISO, "file": file("iso 9001.pdf", PDF)})
        assert "Saved." in words(answer.text)
    with database_of(app).reading() as session:
        kept = session.scalars(sa.select(HeldCertificate)).one()
        stored = session.scalars(sa.select(StoredFile)).one()
        told = session.scalars(sa.select(Event.kind)).all()
    assert (kept.scheme, kept.expires_on, kept.file_id) == ("ISO 9001", date(2027, 5, 1), stored.id)
    assert (stored.name, stored.media_type, stored.size) == ("iso 9001.pdf", "application/pdf", len(PDF))
    assert (tmp_path / "var" / "files" / stored.sha256[:2] / stored.sha256).read_bytes() == PDF
    assert told == ["OrganisationChanged"]


def test_only_colleagues_and_the_office_get_the_file(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    owner.post(f"{own(owner)}/certificates/new", {**ISO, "file": file("iso.pdf", PDF)})
    add_person(database, "stranger@example.org")
    number, _reference = add_firm(database, "Another GmbH", country="DE")
    join(database, number, "other@example.org")
    path = "/organisations/ORG-2026-00001/certificates/1/file"
    for allowed in ("owner@example.org", "officer@example.org"):
        answer = Visitor(app).enter(allowed).get(path)
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"].startswith('attachment; filename="iso.pdf"')
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for refused in ("stranger@example.org", "other@example.org"):
        assert Visitor(app).enter(refused).get(path).status_code == 403
    assert Visitor(app).get(path).request.path == "/login"
    assert owner.get(path.replace("/1/", "/2/")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scheme": ""}, "Write which certificate it is"),
        ({"scheme": "x" * 121}, "1 character too long"),
        ({"issued_on": "2028-01-01"}, "cannot end before"),
        ({"issued_on": "yesterday"}, "Not a valid date"),
        ({"file": file("x.pdf", b"MZ\x90\x00" + b"\0" * 200)}, "the content is something else"),
        ({"file": file("x.exe", b"MZ\x90\x00" + b"\0" * 200)}, "Files of this type cannot be taken"),
        ({"file": file("x.pdf", b"")}, "This file is empty"),
    ],
)
def test_a_wrong_certificate_is_refused_at_its_field(
    app: Flask, owner: Visitor, changes: dict[str, object], message: str
) -> None:
    answer = owner.post(f"{own(owner)}/certificates/new", {**ISO, **changes})
    assert answer.status_code == 422
    assert message in words(answer.text)
    assert 'value="Example Cert"' in answer.text
    with database_of(app).reading() as session:
        assert session.scalars(sa.select(HeldCertificate)).all() == []


def test_a_checked_certificate_is_unchecked_by_a_change(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    path = own(owner)
    owner.post(f"{path}/certificates/new", ISO)
    officer = Visitor(app).enter("officer@example.org")
    assert "marked as checked" in words(
        officer.post("/organisations/ORG-2026-00001/certificates/1/verify").text
    )
    page = owner.get(f"{path}/certificates/1").text
    owner.post(f"{path}/certificates/1", {**ISO, "scope": "Turning", "seen": hidden(page, "seen")})
    with database.reading() as session:
        kept = session.get_one(HeldCertificate, 1)
    assert (kept.scope, kept.verified_at) == ("Turning", None)


def test_a_certificate_changed_meanwhile_shows_both_versions(app: Flask, owner: Visitor) -> None:
    path = own(owner)
    owner.post(f"{path}/certificates/new", ISO)
    seen = hidden(owner.get(f"{path}/certificates/1").text, "seen")
    owner.post(f"{path}/certificates/1", {**ISO, "scope": "Turning", "seen": seen})
    late = owner.post(f"{path}/certificates/1", {**ISO, "scope": "Milling", "seen": seen})
    assert late.status_code == 409
    assert "Scope: Turning" in words(late.text)
    assert 'value="Milling"' in late.text
    again = owner.post(
        f"{path}/certificates/1", {**ISO, "scope": "Milling", "seen": hidden(late.text, "seen")}
    )
    assert "Saved." in words(again.text)


def test_removing_a_certificate_removes_its_file(app: Flask, owner: Visitor) -> None:
    path = own(owner)
    owner.post(f"{path}/certificates/new", {**ISO, "file": file("iso.pdf", PDF)})
    assert "is removed" in words(owner.post(f"{path}/certificates/1/remove").text)
    with database_of(app).reading() as session:
        assert session.scalars(sa.select(HeldCertificate)).all() == []
        assert session.scalars(sa.select(StoredFile)).all() == []
    assert owner.post(f"{path}/certificates/1/remove").status_code == 404


def test_a_new_file_takes_the_place_of_the_old_one(app: Flask, owner: Visitor) -> None:
    path = own(owner)
    owner.post(f"{path}/certificates/new", {**ISO, "file": file("old.pdf", PDF)})
    seen = hidden(owner.get(f"{path}/certificates/1").text, "seen")
    newer = PDF + b"% newer\n%%EOF\n"
    owner.post(f"{path}/certificates/1", {**ISO, "seen": seen, "file": file("new.pdf", newer)})
    assert owner.get("/organisations/ORG-2026-00001/certificates/1/file").data == newer
    with database_of(app).reading() as session:
        assert session.scalars(sa.select(StoredFile.name)).all() == ["new.pdf"]


def test_a_machine_is_added_changed_and_removed(app: Flask, owner: Visitor) -> None:
    database, path = database_of(app), own(owner)
    for _click in range(2):
        owner.post(f"{path}/machines/new", LATHE)
    with database.reading() as session:
        kept = session.scalars(sa.select(Machine)).one()
    assert (kept.type, kept.quantity, kept.tolerance_mm) == ("CNC lathe", 2, Decimal("0.02"))
    page = owner.get(f"{path}/machines/1").text
    assert 'value="0.02"' in page
    seen = hidden(page, "seen")
    owner.post(f"{path}/machines/1", {**LATHE, "tolerance_mm": "0.01", "seen": seen})
    late = owner.post(f"{path}/machines/1", {**LATHE, "tolerance_mm": "0.005", "seen": seen})
    assert late.status_code == 409
    owner.post(f"{path}/machines/1/remove")
    with database.reading() as session:
        assert session.scalars(sa.select(Machine)).all() == []
        assert len(session.scalars(sa.select(Event)).all()) == 3


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("type", "", "Write what kind of machine"),
        ("quantity", "", "Write how many"),
        ("quantity", "0", "From 1 to 9999"),
        ("tolerance_mm", "fine", "a number in digits"),
        ("tolerance_mm", "NaN", "a number in digits"),
        ("tolerance_mm", "0.0000001", "From 0.00001"),
        ("tolerance_mm", "0.0200001", "At most 5 digits"),
        ("envelope_x_mm", "1e9", "From 0.01"),
        ("utilised_percent", "120", "From 0 to 100"),
        ("shifts", "5", "From 1 to 4"),
    ],
)
def test_a_wrong_machine_is_refused_at_its_field(
    app: Flask, owner: Visitor, field: str, value: str, message: str
) -> None:
    answer = owner.post(f"{own(owner)}/machines/new", {**LATHE, "maker": "Example", field: value})
    assert answer.status_code == 422
    assert message in words(answer.text)
    assert 'value="Example"' in answer.text
    if value:
        assert f'value="{value}"' in answer.text


def test_a_viewer_adds_nothing(app: Flask, owner: Visitor) -> None:
    join(database_of(app), 1, "viewer@example.org", MemberRole.VIEWER)
    viewer = Visitor(app).enter("viewer@example.org")
    for part, form in (("certificates", ISO), ("machines", LATHE)):
        assert viewer.get(f"{own(owner)}/{part}/new").status_code == 403
        assert viewer.post(f"{own(owner)}/{part}/new", form).status_code == 403


def test_another_firms_certificate_is_out_of_reach(app: Flask, owner: Visitor) -> None:
    owner.post(f"{own(owner)}/certificates/new", ISO)
    number, reference = add_firm(database_of(app), "Another Ltd")
    join(database_of(app), number, "other@example.org")
    other = Visitor(app).enter("other@example.org")
    assert other.get(f"/me/organisation/{reference}/certificates/1").status_code == 404
    assert other.post(f"/me/organisation/{reference}/certificates/1/remove").status_code == 404
