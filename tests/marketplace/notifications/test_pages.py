"""The inbox, the choice of mails, ending them from the mail, and the administrators' page."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import outbox
from marketplace.notifications.models import Channel, Delivery, DeliveryState, Silence
from marketplace.notifications.queries import kept
from marketplace.notifications.queries.kinds import OPTIONAL
from marketplace.notifications.views.letters.envelope import refusal_token
from marketplace.outbox import ATTEMPTS, LEASE, Event
from tests.marketplace.matches.market import NOW, Market
from tests.marketplace.notifications.told import happen, only_mail, parts_of, tell, told
from tests.marketplace.visitor import Visitor, words
from workers.post import FilePost


@pytest.fixture
def firm(site: Market) -> int:
    """Give an organisation with one member: person1@example.org."""
    firm = site.organisation()
    site.member(firm)
    return firm


@pytest.fixture
def member(app: Flask, firm: int) -> Visitor:
    """Give the member's browser."""
    return Visitor(app).enter("person1@example.org")


@pytest.fixture
def admin(app: Flask, site: Market) -> Visitor:
    """Give an administrator's browser."""
    return Visitor(app).enter(site.person(is_admin=True).email)


def silent(site: Market) -> set[str]:
    with site.database.reading() as session:
        return set(session.scalars(sa.select(Silence.kind)))


def publish(site: Market, firm: int, title: str = "Turned shafts") -> int:
    listing = site.listing("offer", firm, title=title)
    told(site.database, "ListingPublished", listing=listing)
    return listing


def test_an_empty_inbox_says_what_will_be_there(member: Visitor) -> None:
    assert "No notices yet" in member.get("/inbox").text


def test_notices_are_listed_newest_first_and_marked_as_read(site: Market, firm: int, member: Visitor) -> None:
    publish(site, firm, "First shafts")
    publish(site, firm, "Second <shafts>")
    page = member.get("/inbox").text
    assert page.index("Published: Second &lt;shafts&gt;") < page.index("Published: First shafts")
    assert "2 unread" in words(page)
    newest = page.split('name="up_to" value="')[1].split('"')[0]
    # What comes while the page is open stays unread.
    publish(site, firm, "Third shafts")
    assert "1 unread" in words(member.post("/inbox/read", {"up_to": newest}).text)
    assert "unread" not in words(member.post("/inbox/read", {"up_to": str(2**70)}).text)


@pytest.mark.parametrize("up_to", ["", "x", "-1", "1.5", "9" * 5000])
def test_nonsense_marks_nothing_as_read(site: Market, firm: int, member: Visitor, up_to: str) -> None:
    publish(site, firm)
    assert "1 unread" in words(member.post("/inbox/read", {"up_to": up_to}).text)


def test_nobody_reads_or_marks_anothers_notices(app: Flask, site: Market, firm: int, member: Visitor) -> None:
    publish(site, firm, "Secret shafts")
    other = Visitor(app).enter(site.person().email)
    assert "Secret shafts" not in other.get("/inbox").text
    other.post("/inbox/read", {"up_to": "999"})
    assert "1 unread" in words(member.get("/inbox").text)


def test_many_notices_have_pages(site: Market, firm: int, member: Visitor) -> None:
    listing = publish(site, firm)
    for _number in range(24):
        tell(site.database, happen(site.database, "ListingPublished", listing=listing))
    assert "Page 1 of 2" in words(member.get("/inbox").text)
    assert "21–25 of 25" in words(member.get("/inbox?page=2").text)


def test_a_visitor_is_asked_to_log_in(visitor: Visitor) -> None:
    for path in ("/inbox", "/me/mail", "/admin/mail"):
        assert "Log in" in visitor.get(path).text


def test_a_person_chooses_which_mails_come(site: Market, member: Visitor) -> None:
    page = member.get("/me/mail").text
    assert page.count("checked") == page.count('type="checkbox"')
    # What only offices are told of is not offered, and stays as it is.
    assert "ListingSubmitted" not in page
    assert "IntroductionProposed" not in page
    # There is no mail to refuse of what only the inbox tells.
    assert "IntroductionAgreed" not in page
    assert "Saved" in member.post("/me/mail", {"kind": ["MatchFound", "ListingReturned", "Nonsense"]}).text
    assert {"ListingPublished", "ListingExpiring", "IntroductionSent"} <= silent(site)
    assert "MatchFound" not in silent(site)
    assert member.get("/me/mail").text.count("checked") == 2
    wanted = [name for name in OPTIONAL if name not in {"MatchFound", "ListingReturned"}]
    member.post("/me/mail", {"kind": wanted})
    assert silent(site) == {"MatchFound", "ListingReturned"}


def refusal(app: Flask, site: Market, firm: int) -> str:
    listing = site.listing("offer", firm)
    _letter, message = only_mail(app, "ListingPublished", listing=listing)
    return str(message["List-Unsubscribe"]).strip("<>")


def test_a_mail_program_ends_mails_with_one_post(app: Flask, site: Market, firm: int) -> None:
    address = refusal(app, site, firm)
    # RFC 8058: no cookie, no login, no token, this body.
    client = app.test_client(use_cookies=False)
    for _twice in range(2):
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert silent(site) == {"ListingPublished"}


def test_looking_at_the_link_ends_nothing(app: Flask, site: Market, firm: int) -> None:
    page = Visitor(app).get(refusal(app, site, firm))
    assert "End these mails?" in page.text
    assert silent(site) == set()


def test_mails_can_be_had_again(app: Flask, site: Market, firm: int) -> None:
    address = refusal(app, site, firm)
    client = app.test_client()
    assert "no more of these mails" in client.post(address).text
    assert "We write to you again" in words(client.post(address, data={"again": "yes"}).text).replace(
        "we", "We"
    )
    assert silent(site) == set()


@pytest.mark.parametrize("token", ["x", "WzEsIk1hdGNoRm91bmQiXQ.forged", "%00"])
def test_a_made_up_link_ends_nothing(app: Flask, firm: int, token: str) -> None:
    assert app.test_client().get(f"/unsubscribe/{token}").status_code == 404
    assert app.test_client().post(f"/unsubscribe/{token}").status_code == 404


def test_mails_that_must_come_cannot_be_ended(app: Flask, site: Market, firm: int) -> None:
    secret = parts_of(app).settings.secret_key
    for user_id, kind in ((1, "PasswordResetAsked"), (99, "MatchFound"), (1, "Nonsense")):
        address = f"/unsubscribe/{refusal_token(secret, user_id, kind)}"
        assert app.test_client().post(address).status_code == 404
    assert silent(site) == set()


def keep(app: Flask, site: Market, firm: int, title: str) -> int:
    """Put a mail where mails are kept; returns its number."""
    _letter, message = only_mail(app, "ListingPublished", listing=site.listing("offer", firm, title=title))
    with site.database.reading() as session:
        delivery = session.scalars(
            sa.select(Delivery).where(Delivery.channel == Channel.MAIL).order_by(Delivery.id.desc()).limit(1)
        ).one()
    FilePost(parts_of(app).settings.var).send(message, delivery)
    return delivery.id


def test_administrators_read_kept_mails(app: Flask, site: Market, firm: int, admin: Visitor) -> None:
    assert "No mail yet" in admin.get("/admin/mail").text
    first = keep(app, site, firm, "Shafts “A” <i>")
    second = keep(app, site, firm, "مخروطة")
    folder = parts_of(app).settings.var / "mail"
    os.utime(folder / f"{first}.eml", (1, 1))
    (folder / "17.unfinished").write_text("half a mail")
    page = admin.get("/admin/mail").text
    assert page.index("مخروطة") < page.index("Published: Shafts “A” &lt;i&gt;")
    assert "person1@example.org" in page
    mail = admin.get(f"/admin/mail/{first}").text
    for said in ("Published: Shafts “A” &lt;i&gt;", "Dear Ama,", "List-Unsubscribe", "<iframe", 'sandbox=""'):
        assert said in mail
    # The text's links can be followed; the HTML stands in a frame without rights.
    assert 'href="http://127.0.0.1:8000/me/listings/' in mail
    assert 'srcdoc="&lt;!doctype html&gt;' in mail
    assert f"/admin/mail/{second}" in page


@pytest.mark.parametrize("number", ["99", "99999999999999999999", "..%2F..%2Fsecret_key", "1.eml"])
def test_there_are_no_other_files_to_read(admin: Visitor, number: str) -> None:
    assert admin.get(f"/admin/mail/{number}").status_code == 404


def test_members_do_not_learn_of_the_page(member: Visitor) -> None:
    assert member.get("/admin/mail").status_code == 404
    assert member.get("/admin/mail/1").status_code == 404
    assert member.post("/admin/mail/deliveries/retry").status_code == 404


def break_things(site: Market, firm: int) -> int:
    """Leave a refused mail, a waiting one, and an event that was set aside."""
    publish(site, firm, "Refused")
    publish(site, firm, "Waiting")
    with site.open() as session:
        refused, waiting = session.scalars(
            sa.select(Delivery).where(Delivery.channel == Channel.MAIL).order_by(Delivery.id)
        )
        refused.state, refused.error = DeliveryState.SET_ASIDE, "550 no such <person>"
        waiting.error, waiting.due_at = "451 later", NOW + timedelta(days=400)
        session.execute(sa.update(Event).values(done_at=NOW))
        outbox.record(session, "Nonsense", {"listing": 4}, at=NOW)
    for attempt in range(ATTEMPTS + 1):
        with site.open() as session:
            outbox.claim(session, NOW + attempt * LEASE, 1)
    return refused.id


def test_administrators_see_what_went_wrong_and_have_it_tried_again(
    site: Market, firm: int, admin: Visitor
) -> None:
    refused = break_things(site, firm)
    page = admin.get("/admin/mail").text
    for said in ("550 no such &lt;person&gt;", "451 later", "Nonsense", "process ended", "listing 4"):
        assert said in page
    assert "1 mail is tried again now." in admin.post(f"/admin/mail/deliveries/{refused}/retry").text
    assert "2 mails are tried again now." in admin.post("/admin/mail/deliveries/retry").text
    event = page.split("/admin/mail/events/")[1].split("/")[0]
    assert "The event is tried again now." in admin.post(f"/admin/mail/events/{event}/retry").text
    assert admin.post(f"/admin/mail/events/{event}/retry").status_code == 404
    assert "Events set aside" not in admin.get("/admin/mail").text


def test_where_there_is_nothing_to_try_again_it_says_so(admin: Visitor) -> None:
    assert "Nothing was left to try again." in admin.post("/admin/mail/deliveries/7/retry").text


def test_a_server_that_is_set_explains_the_empty_page(make_app: Any, tmp_path: Path) -> None:
    app = make_app(smtp_url="smtp://127.0.0.1:1")
    site = Market(parts_of(app).database)
    page = Visitor(app).enter(site.person(is_admin=True).email).get("/admin/mail")
    assert "Mails go out by the mail server" in page.text
    assert kept.kept(tmp_path / "nowhere", offset=0, limit=5) == ([], 0)
