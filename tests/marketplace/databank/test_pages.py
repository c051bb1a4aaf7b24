"""The pages of the databank, as officers, members and other offices see them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.audit import AuditEntry
from marketplace.databank.models import Note, OrganisationTag, Tag
from marketplace.files import StoredFile
from marketplace.organisations.models import Check, HeldCertificate, Verification
from tests.marketplace.databank.offices import COLLEAGUE, ELSEWHERE, OFFICER, Site
from tests.marketplace.organisations.firms import add_firm, join, stored
from tests.marketplace.organisations.test_parts import PDF
from tests.marketplace.visitor import Visitor, add_person, hidden, words

CHECK = {"checks": ["register", "visit"], "result": "confirmed", "checked_on": "2026-11-20"}
WORDS = "zqseen by uszq"


def place(site: Site) -> str:
    return f"/desk/databank/{site.adom}"


def check(browser: Visitor, path: str, **given: Any) -> Any:
    return browser.post(f"{path}/checks", {**CHECK, "evidence": WORDS, **given})


def test_an_office_without_organisations_is_told_what_comes(app: Flask, site: Site) -> None:
    with site.database.transaction() as session:
        session.execute(sa.text("UPDATE organisation SET office_id = 1"))
    assert "No organisation yet" in words(site.browser(ELSEWHERE).get("/desk/databank").text)
    officer = site.browser()
    assert "3 organisations" in words(officer.get("/desk/databank").text)
    assert "No organisation is like that" in words(officer.get("/desk/databank?q=zzz").text)
    add_person(site.database, "admin@example.org", is_admin=True)
    assert "The organisations of all offices" in words(
        Visitor(app).enter("admin@example.org").get("/desk/databank?office=SPX-ACC").text
    )


STRANGE = (
    "q=%00%ff", "country=XX", "sector=A", "type=x", "verified=x", "below=7", "office=SPX-ACC", "order=x",
    "after=x", "before=ORG-2026-99999", "tag=%25", "women=on", "q=" + "a" * 3000,
)  # fmt: skip


@pytest.mark.parametrize("query", STRANGE)
def test_a_strange_question_is_answered(site: Site, query: str) -> None:
    assert site.browser().get(f"/desk/databank?{query}").status_code == 200


def test_the_list_leads_on_and_keeps_to_its_filters(site: Site) -> None:
    for number in range(60):
        add_firm(site.database, f"Works {number:02}")
    officer = site.browser()
    page = officer.get("/desk/databank?country=gh&below=100").text
    assert "62 organisations" in words(page)
    assert "Works 47" in page
    assert "Works 49" not in page
    leads = "/desk/databank?after=ORG-2026-00051&amp;country=GH&amp;below=100"
    assert leads in page
    second = officer.get(leads.replace("&amp;", "&")).text
    assert "Works 59" in second
    assert "/desk/databank?before=ORG-2026-00052&amp;country=GH&amp;below=100" in second


def test_nobody_else_finds_the_page(app: Flask, site: Site) -> None:
    join(site.database, site.adom_id, "owner@example.org")
    add_person(site.database, "stranger@example.org")
    site.check(site.adom, Check.VISIT)
    for email in ("owner@example.org", "stranger@example.org", ELSEWHERE):
        browser = Visitor(app).enter(email)
        for path in (place(site), f"{place(site)}/checks/1/file", f"{place(site)}/notes/1"):
            assert browser.get(path).status_code == 404, (email, path)
        for path, data in (
            ("/notes", {"words": "x"}),
            ("/tags", {"words": "x", "act": "add"}),
            ("/notes/1", {"words": "x"}),
            ("/notes/1/delete", {}),
        ):
            assert browser.post(place(site) + path, data).status_code == 404, (email, path)
        assert check(browser, place(site)).status_code in {403, 404}
    assert Visitor(app).get(place(site)).request.path == "/login"
    with site.database.reading() as session:
        assert session.scalars(sa.select(Note)).all() == []
        assert len(session.scalars(sa.select(Verification)).all()) == 1


def test_an_officer_who_belongs_to_the_firm_is_a_member_there(site: Site) -> None:
    with site.database.transaction() as session:
        insert = "INSERT INTO membership (organisation_id, user_id, role, since) "
        session.execute(sa.text(f"{insert} VALUES (1, 1, 'viewer', '2026-01-01')"))
    officer = site.browser()
    assert officer.get(place(site)).status_code == 404
    assert "Adom" not in officer.get("/desk/databank").text
    assert officer.post("/desk/databank/tags", {"words": "x", "ref": site.adom}).status_code == 404
    assert "Adom" in site.browser(COLLEAGUE).get("/desk/databank").text


def test_what_is_recorded_is_public_without_its_evidence(app: Flask, site: Site, tmp_path: Path) -> None:
    officer = site.browser()
    file = (io.BytesIO(PDF), "zqlease.pdf")
    done = check(officer, place(site), link="register.example.org/zq1", file=file, valid_until="2030-01-31")
    told = words(done.text)
    assert "2 records are kept." in told
    assert "Entry in a register" in told or "entry in a register, site visit" in told
    assert WORDS in told
    assert "Counts until 31 Jan 2030" in told or "Counts until Jan 31, 2030" in told
    assert 'href="https://register.example.org/zq1"' in done.text
    assert "zqlease.pdf" in told
    for reader in (Visitor(app), officer):
        profile = reader.get(f"/organisations/{site.adom}").text
        assert "Checked by SPX-ACC office on 20 Nov 2026: entry in a register, site visit" in words(profile)
        assert WORDS not in words(profile)
        assert "zqlease" not in profile
        assert "example.org/zq1" not in profile
    got = officer.get(f"{place(site)}/checks/1/file")
    assert got.data == PDF
    assert got.headers["Content-Disposition"].startswith('attachment; filename="zqlease.pdf"')
    assert officer.get(f"{place(site)}/checks/77/file").status_code == 404
    with site.database.reading() as session:
        assert len(session.scalars(sa.select(StoredFile)).all()) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"checks": []}, "Choose what you have checked"),
        ({"checks": ["horoscope"]}, "is not a valid choice"),
        ({"checked_on": "yesterday"}, "Not a valid date"),
        ({"checked_on": "2999-01-01"}, "has not come yet"),
        ({"valid_until": "2020-01-01"}, "cannot end before"),
        ({"evidence": ""}, "Say what you saw"),
        ({"evidence": "x" * 1001}, "1 character too long"),
        ({"link": "javascript:alert(1)"}, "not the address of a website"),
        ({"file": (io.BytesIO(b"MZ\x90\x00" + b"\0" * 200), "x.pdf")}, "the content is something else"),
    ],
)
def test_a_wrong_record_is_refused_and_what_was_typed_stays(
    site: Site, given: dict[str, Any], message: str
) -> None:
    answer = check(site.browser(), place(site), **given)
    assert answer.status_code == 422
    assert message in words(answer.text)
    if "checks" not in given:
        assert 'value="register"' in answer.text
        assert answer.text.count("checked") >= 2
    if "evidence" not in given:
        assert WORDS in answer.text
    assert stored(site.database, site.adom_id).verified_at is None


def test_a_record_is_withdrawn_with_a_reason_and_somebody_else_s_click_is_told(site: Site) -> None:
    officer = site.browser()
    check(officer, place(site))
    missing = officer.post(f"{place(site)}/checks/1/withdraw", {"reason": ""})
    assert missing.status_code == 422
    assert "Write why" in words(missing.text)
    done = officer.post(f"{place(site)}/checks/1/withdraw", {"reason": "another firm"})
    assert "another firm" in words(done.text)
    assert "Withdrawn" in words(done.text)
    late = site.browser(COLLEAGUE).post(f"{place(site)}/checks/1/withdraw", {"reason": "too late"})
    assert late.status_code == 409
    assert "already" in words(late.text)
    assert officer.post(f"{place(site)}/checks/99/withdraw", {"reason": "x"}).status_code == 404


def test_a_certificate_is_checked_from_here(site: Site) -> None:
    with site.database.transaction() as session:
        session.add(HeldCertificate(organisation_id=site.adom_id, scheme="ISO 9001"))
    officer = site.browser()
    assert "Not checked" in words(officer.get(place(site)).text)
    done = officer.post(f"/organisations/{site.adom}/certificates/1/verify", {"back": "databank"})
    assert done.request.path == place(site)
    assert "ISO 9001 Checked on" in words(done.text)


def test_notes_are_read_by_the_office_and_changed_by_their_author(app: Flask, site: Site) -> None:
    join(site.database, site.adom_id, "owner@example.org")
    officer, colleague = site.browser(), site.browser(COLLEAGUE)
    assert officer.post(f"{place(site)}/notes", {"words": " "}).status_code == 422
    for _click in range(2):
        officer.post(f"{place(site)}/notes", {"words": "zqcall after fourzq"})
    assert words(colleague.get(place(site)).text).count("zqcall after fourzq") == 1
    assert colleague.get(f"{place(site)}/notes/1").status_code == 403
    assert colleague.post(f"{place(site)}/notes/1/delete").status_code == 403
    page = officer.get(f"{place(site)}/notes/1").text
    version = hidden(page, "version")
    officer.post(f"{place(site)}/notes/1", {"words": "zqcall after fivezq", "version": version})
    late = officer.post(f"{place(site)}/notes/1", {"words": "zqnever callzq", "version": version})
    assert late.status_code == 409
    assert "zqcall after fivezq" in words(late.text)
    assert "zqnever callzq" in late.text
    again = officer.post(
        f"{place(site)}/notes/1", {"words": "zqnever callzq", "version": hidden(late.text, "version")}
    )
    assert "The note is changed." in words(again.text)
    for reader in (Visitor(app), Visitor(app).enter("owner@example.org"), site.browser(ELSEWHERE)):
        for path in (f"/organisations/{site.adom}", f"/me/organisation/{site.adom}", "/desk/databank", "/me"):
            told = reader.get(path).text
            assert "zqcall" not in told
            assert "zqnever" not in told
    assert "is deleted" in words(officer.post(f"{place(site)}/notes/1/delete").text)
    assert officer.get(f"{place(site)}/notes/1").status_code == 404
    with site.database.reading() as session:
        said = session.execute(
            sa.select(AuditEntry.act, AuditEntry.facts).where(AuditEntry.thing == "note")
        ).all()
    assert [row.act for row in said] == ["note:write", "note:edit", "note:edit", "note:delete"]
    assert said[-1].facts == {"organisation": site.adom_id, "said": "zqnever callzq"}


def test_notes_and_tags_stay_with_the_office_that_made_them(site: Site) -> None:
    officer = site.browser()
    officer.post(f"{place(site)}/notes", {"words": "zqnotezq"})
    officer.post(f"{place(site)}/tags", {"words": "zqtagzq", "act": "add"})
    with site.database.transaction() as session:
        session.execute(sa.text("UPDATE organisation SET office_id = 2 WHERE id = 1"))
    new = site.browser(ELSEWHERE)
    for path in (place(site), "/desk/databank", "/desk/databank?tag=zqtagzq"):
        assert "zqnotezq" not in new.get(path).text
        assert "zqtagzq" not in words(new.get(path).text)
    assert "No organisation is like that" in words(new.get("/desk/databank?tag=zqtagzq").text)
    assert officer.get(place(site)).status_code == 404


def test_tags_are_given_and_taken_on_the_page(site: Site) -> None:
    officer = site.browser()
    done = officer.post(f"{place(site)}/tags", {"words": "Export-ready, fair 2026,", "act": "add"})
    assert "Given to 1 organisation." in words(done.text)
    # Capitals and accents do not make another tag.
    again = officer.post(f"{place(site)}/tags", {"words": "éxport ready", "act": "add"})
    assert "They had it already." in words(again.text)
    with site.database.reading() as session:
        assert session.scalars(sa.select(Tag.word).order_by(Tag.key)).all() == ["Export-ready", "fair 2026"]
    officer.post(f"{place(site)}/tags", {"words": "Fair 2026", "act": "remove"})
    with site.database.reading() as session:
        assert len(session.scalars(sa.select(OrganisationTag)).all()) == 1
        facts = session.scalars(sa.select(AuditEntry.facts).where(AuditEntry.thing == "tag")).all()
    assert facts == [
        {"organisation": 1, "tags": ["export ready", "fair 2026"]},
        {"organisation": 1, "tags": ["fair 2026"]},
    ]
    for wrong, message in (
        ("", "Write a tag"),
        ("!?", "has no letter"),
        ("x" * 41, "too long for a tag"),
        (",".join(f"t{number}" for number in range(11)), "At most 10 tags"),
    ):
        answer = officer.post(f"{place(site)}/tags", {"words": wrong, "act": "add"})
        assert answer.status_code == 422
        assert message in words(answer.text)
    for start in (0, 10):
        last = officer.post(
            f"{place(site)}/tags",
            {"words": ",".join(f"t{number}" for number in range(start, start + 10)), "act": "add"},
        )
    assert "too many tags" in words(last.text)


def test_tags_are_given_to_many_and_the_list_comes_back_as_it_was(site: Site) -> None:
    officer = site.browser()
    data = {
        "words": "fair",
        "act": "add",
        "ref": [site.adom, site.volta],
        "country": "GH",
        "order": "changed",
    }
    done = officer.post("/desk/databank/tags", data)
    assert done.request.full_path == "/desk/databank?country=GH&order=changed"
    assert "Given to 2 organisations." in words(done.text)
    assert "Taken from 1 organisation." in words(
        officer.post("/desk/databank/tags", {"words": "fair", "act": "remove", "ref": site.adom}).text
    )
    nothing = officer.post("/desk/databank/tags", {"words": "fair", "act": "add"})
    assert nothing.status_code == 422
    assert "Tick the organisations first" in words(nothing.text)
    unsaid = officer.post("/desk/databank/tags", {"words": "", "act": "add", "ref": site.adom})
    assert unsaid.status_code == 422
    assert f'id="tick-{site.adom}" checked' in unsaid.text
    # All or nothing, where one is another office's or none at all.
    for wrong in (site.nyota, "ORG-2026-99999"):
        answer = officer.post(
            "/desk/databank/tags", {"words": "new", "act": "add", "ref": [site.adom, wrong]}
        )
        assert answer.status_code == 404
    with site.database.reading() as session:
        assert session.scalars(sa.select(Tag.word)).all() == ["fair"]


def test_contacts_and_members_stand_on_the_office_s_page(site: Site) -> None:
    join(site.database, site.adom_id, "owner@example.org")
    told = words(site.browser(OFFICER).get(place(site)).text)
    assert "owner@example.org" in told
    assert "No legal identifier is known" in told
    assert "Profile 0 %" in told
    assert "Describe what you do" in told
