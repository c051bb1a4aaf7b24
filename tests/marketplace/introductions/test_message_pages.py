"""The page on which both sides and their offices write to each other."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.accounts.models import User
from marketplace.files import FileStore, StoredFile
from marketplace.introductions.states import IntroductionState
from tests.marketplace.introductions.test_messages import PDF
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.notifications.told import parts_of
from tests.marketplace.visitor import hidden, words

S = IntroductionState


@pytest.fixture
def site(app: Flask) -> Site:
    return Site(app)


def room(site: Site, key: int) -> str:
    """Return where things of an introduction are sent to."""
    return f"/introductions/{site.world.get(key).reference}"


def desk(site: Site, key: int) -> str:
    return f"/desk/introductions/{site.world.get(key).reference}"


def sent(text: str = "A question.", name: str = "", content: bytes = PDF, **given: Any) -> dict[str, Any]:
    """Return a filled-in message."""
    files = {"files": [(io.BytesIO(content), name)]} if name else {}
    return {"message": text, "once": "1", "to_all": "yes", **files, **given}


def test_a_message_stands_on_everybodys_page_without_a_name(site: Site) -> None:
    key = site.world.reach(S.SENT)
    with site.world.database.transaction() as session:
        session.get_one(User, site.world.maker_person.user_id).name = "Akosua Owusu"
    told = words(site.browser("maker_person").get(site.place(key)).text)
    assert "Nobody has written yet" in told
    assert "Read by both sides and their offices" in told
    answer = site.browser("maker_person").post(f"{room(site, key)}/messages", sent("Which steel?"))
    assert "Your message is on its way." in words(answer.text)
    assert "You" in words(answer.text)
    page = site.browser("buyer_person").get(site.place(key)).text
    assert "The other side" in words(page)
    assert "Which steel?" in page
    maker = site.world.maker_person
    assert maker.name not in page
    reader = site.browser("maker_reader").get(site.place(key)).text
    assert f"{maker.name} (Your side)" in words(reader)
    assert 'name="message"' not in reader
    officer = site.browser("second")
    assert f"{maker.name} (Nyota Works)" in words(officer.get(desk(site, key)).text)
    answer = officer.post(f"{room(site, key)}/messages", sent("We ask them."))
    assert answer.request.path == desk(site, key)
    assert "Your office" in words(site.browser("buyer_person").get(site.place(key)).text)
    site.world.do("accept", key)
    assert f"{maker.name} (Nyota Works)" in words(site.browser("buyer_person").get(site.place(key)).text)


def test_before_the_other_side_is_asked_the_page_says_so(site: Site) -> None:
    key = site.world.express()
    maker = site.browser("maker_person")
    assert "not by a side that is yet to be asked" in words(maker.get(site.place(key)).text)
    # Without its hidden fields a form is a message of its own.
    answer = maker.post(f"{room(site, key)}/messages", {"message": "To the office"})
    assert "Before the other side was asked" in words(answer.text)


def test_who_gave_a_contact_away_keeps_what_was_typed(site: Site) -> None:
    key = site.world.reach(S.SENT)
    for name, place in (("maker_person", site.place(key)), ("first", desk(site, key))):
        answer = site.browser(name).post(
            f"{room(site, key)}/messages", sent("Write to us: ama@example.org", "a.pdf")
        )
        assert answer.status_code == 422
        assert "looks like a contact" in words(answer.text)
        assert "Write to us: ama@example.org</textarea>" in answer.text
        assert hidden(answer.text, "once") == "1"
        assert "ama@example.org" not in site.browser("buyer_person").get(site.place(key)).text
        assert place


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"MZ\0\0", "cannot be taken"),
        ("a.pdf", b"MZ\0\0", "the content is something else"),
        ("a.pdf", b"", "This file is empty"),
    ],
)
def test_a_file_that_lies_about_itself_is_refused(site: Site, name: str, content: bytes, said: str) -> None:
    key = site.world.reach(S.SENT)
    answer = site.browser("maker_person").post(
        f"{room(site, key)}/messages", sent("Our drawing", name, content)
    )
    assert answer.status_code == 422
    assert said in words(answer.text)
    assert "Our drawing</textarea>" in answer.text


def test_a_file_has_no_name_and_does_not_open_before_both_have_said_yes(site: Site) -> None:
    key = site.world.reach(S.SENT)
    maker, buyer = site.browser("maker_person"), site.browser("buyer_person")
    maker.post(f"{room(site, key)}/messages", sent("Our drawing", "nyota works.pdf"))
    address = f"{room(site, key)}/files/1"
    page = buyer.get(site.place(key)).text
    assert "nyota works" not in page
    assert "File 1" in words(page)
    assert "opens when both sides have said yes" in words(page)
    assert buyer.get(address).status_code == 403
    assert site.browser("stranger").get(address).status_code == 404
    answer = maker.get(address)
    assert (answer.status_code, answer.data) == (200, PDF)
    site.world.do("accept", key)
    assert address in buyer.get(site.place(key)).text
    answer = buyer.get(address)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="nyota works.pdf"')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert buyer.get(f"{room(site, key)}/files/7").status_code == 404


def test_a_file_whose_content_is_gone_is_not_there(site: Site) -> None:
    key = site.world.reach(S.ACCEPTED)
    maker = site.browser("maker_person")
    maker.post(f"{room(site, key)}/messages", sent("Our drawing", "a.pdf"))
    with site.world.database.reading() as session:
        file = session.scalars(sa.select(StoredFile)).one()
    FileStore(parts_of(site.app).settings.var / "files").path(file.sha256).unlink()
    assert maker.get(f"{room(site, key)}/files/1").status_code == 404


def test_a_message_into_what_has_ended_is_told_so(site: Site) -> None:
    key = site.world.reach(S.SENT)
    maker = site.browser("maker_person")
    site.world.do("decline", key)
    answer = maker.post(f"{room(site, key)}/messages", sent())
    assert answer.status_code == 409
    assert "cannot be done any more" in words(answer.text)
    assert "A question." in answer.text
    assert site.browser("stranger").post(f"{room(site, key)}/messages", sent()).status_code == 404
