"""What people read in their mail, and what they never do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from marketplace.accounts.models import Link, Purpose, User
from marketplace.matches.models import Dismissal, DismissReason
from marketplace.offices.models import Office
from marketplace.organisations.models import Invitation, MemberRole, Organisation
from matching.types import Side
from tests.marketplace.matches.market import NOW, Market
from tests.marketplace.notifications.told import (
    change_listing,
    mails_of,
    matched,
    officer,
    only_mail,
    part,
)

SECRETS = {
    "email": "buyer@corporation.example.com",
    "phone": "+49 228 555 0199",
    "address": "Geheimweg 7",
    "website": "https://corporation.example.com",
}


@pytest.fixture
def pair(site: Market) -> dict[str, Any]:
    """Give the event of a match between an offer of ours and the anonymous request of a corporation."""
    office = site.office()
    with site.open() as session:
        session.get_one(Office, office).email = "office@example.org"
    corporation = site.organisation("DE", name="Verschwiegene Werke AG", **SECRETS)
    workshop = site.organisation("GH", name="Adom Precision", office_id=office)
    site.member(workshop)
    request = site.listing(
        "request",
        corporation,
        title="Shafts, turned",
        country="DE",
        anonymous=True,
        response_deadline=date(2026, 12, 12),
    )
    return matched(site, request, site.listing("offer", workshop, office_id=office))


def test_a_match_reads_like_a_letter_from_the_office(app: Flask, pair: dict[str, Any]) -> None:
    letter, message = only_mail(app, "MatchFound", **pair)
    text, html = part(message, "plain"), part(message, "html")
    assert message["Subject"] == "A good match for “Turned shafts of stainless steel”"
    assert message["To"] == "Ama <person1@example.org>"
    assert message["Reply-To"] == "SPX Accra <office@example.org>"
    assert str(message["From"]).startswith("SPX Accra <")
    for said in (
        "Dear Ama,",
        "Shafts, turned",
        "Germany",
        "Why we think that it fits:",
        "such as “CNC turning”",
        "12 Dec 2026",
        "http://127.0.0.1:8000/me/listings/OFR-2026-00002/matches",
        "SPX Accra",
        "Adom Precision",
    ):
        assert said in text
        assert said in html
    assert letter.reasons
    assert all(len(line) <= 76 or "http" in line for line in text.splitlines())


def test_the_side_that_asks_is_told_of_an_offer_and_until_when(app: Flask, site: Market) -> None:
    corporation, workshop = site.organisation("DE"), site.organisation("GH", name="Adom Precision", **SECRETS)
    site.member(corporation)
    request = site.listing("request", corporation, valid_until=date(2027, 1, 31))
    ids = matched(site, request, site.listing("offer", workshop))
    letter, message = only_mail(app, "MatchFound", **ids | {"side": "request", "listing": request})
    assert letter.paragraphs[0].startswith("An offer fits your request “Turned shafts of stainless steel”")
    assert "published until 31 Jan 2027" in part(message, "plain")
    assert letter.signed == "The Partnership Exchange"
    assert message["Reply-To"] is None
    assert not [secret for secret in SECRETS.values() if secret in part(message, "plain")]


def test_no_contact_and_no_hidden_name_of_the_other_side(app: Flask, pair: dict[str, Any]) -> None:
    _letter, message = only_mail(app, "MatchFound", **pair)
    everything = part(message, "plain") + part(message, "html") + str(message.items())
    for secret in ("Verschwiegene", *SECRETS.values()):
        assert secret not in everything


def test_a_mail_can_be_ended_with_one_click(app: Flask, pair: dict[str, Any]) -> None:
    _letter, message = only_mail(app, "MatchFound", **pair)
    # On the wire: a long address must not be folded or encoded, or no program finds it.
    lines = message.as_bytes().decode("ascii").split("\r\n")
    line = next(line for line in lines if line.startswith("List-Unsubscribe:"))
    assert line.startswith("List-Unsubscribe: <http://127.0.0.1:8000/unsubscribe/")
    assert line.endswith(">")
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert "Auto-Submitted: auto-generated" in lines
    address = line.removeprefix("List-Unsubscribe: <").removesuffix(">")
    assert address in part(message, "plain")
    assert address in part(message, "html")


def test_the_same_delivery_is_the_same_message(app: Flask, pair: dict[str, Any]) -> None:
    _letter, message = only_mail(app, "MatchFound", **pair)
    assert message["Message-ID"] == "<delivery-1@127.0.0.1>"
    assert message["Date"] == "Sun, 22 Nov 2026 12:01:00 +0000"


@pytest.mark.parametrize("end", ["offer paused", "request closed", "dismissed", "for offices only", "left"])
def test_a_match_that_is_over_is_not_mailed(app: Flask, site: Market, pair: dict[str, Any], end: str) -> None:
    if end == "offer paused":
        change_listing(site, pair["offer"], state="paused")
    elif end == "request closed":
        change_listing(site, pair["request"], state="closed")
    elif end == "for offices only":
        change_listing(site, pair["request"], dissemination="offices")
    elif end == "left":
        change_listing(site, pair["offer"], organisation_id=site.organisation())
        site.member(3)
    else:
        with site.open() as session:
            session.add(
                Dismissal(
                    request_id=pair["request"],
                    offer_id=pair["offer"],
                    side=Side.OFFER,
                    reason=DismissReason.TOO_FAR,
                    at=NOW,
                    total=80,
                    explanation={},
                )
            )
    if end == "left":
        # The new owner's people are told; it is theirs now.
        assert [mail is not None for mail in mails_of(app, "MatchFound", **pair)] == [True]
    else:
        assert mails_of(app, "MatchFound", **pair) == [None]


def test_what_people_type_cannot_forge_headers_or_markup(app: Flask, site: Market) -> None:
    firm = site.organisation(name="<b>Bold & Sons</b>")
    site.member(firm)
    listing = site.listing("offer", firm, title="Shafts\r\nBcc: all@example.org\n<script>alert(1)</script>")
    _letter, message = only_mail(app, "ListingPublished", listing=listing)
    assert message["Bcc"] is None
    assert message["Subject"] == "Published: Shafts Bcc: all@example.org <script>alert(1)</script>"
    assert "<script" not in part(message, "html")
    assert "&lt;b&gt;Bold &amp; Sons&lt;/b&gt;" in part(message, "html")
    assert "<b>Bold & Sons</b>" in part(message, "plain")


@pytest.mark.parametrize("title", ["不锈钢熔模铸造", "قطع معدنية مخروطة", "Tornería de precisión " * 11])
def test_every_script_survives_the_way(app: Flask, site: Market, title: str) -> None:
    firm = site.organisation()
    site.member(firm)
    _letter, message = only_mail(app, "ListingPublished", listing=site.listing("offer", firm, title=title))
    assert title.strip() in str(message["Subject"])
    assert title.split(maxsplit=1)[0] in part(message, "plain")
    assert max(len(line) for line in message.as_bytes().split(b"\r\n")) <= 998


def link(site: Market, purpose: Purpose, **given: Any) -> int:
    person = site.person()
    with site.open() as session:
        row = Link(
            user_id=person.user_id,
            purpose=purpose,
            created_at=NOW,
            **{"expires_at": NOW + timedelta(hours=1), **given},
        )
        session.add(row)
        session.flush()
        return row.id


@pytest.mark.parametrize(
    ("kind", "purpose", "path"),
    [("VerificationAsked", Purpose.VERIFY, "/verify/"), ("PasswordResetAsked", Purpose.RESET, "/reset/")],
)
def test_a_link_works_where_it_leads(
    app: Flask, site: Market, kind: str, purpose: Purpose, path: str
) -> None:
    letter, message = only_mail(app, kind, link=link(site, purpose, expires_at=NOW + timedelta(days=900)))
    assert path in letter.action[1]
    assert letter.action[1] in part(message, "plain")
    assert message["List-Unsubscribe"] is None
    assert app.test_client().get(letter.action[1]).status_code == 200


@pytest.mark.parametrize("given", [{"used_at": NOW}, {"expires_at": NOW}])
def test_a_link_that_is_over_is_not_mailed(app: Flask, site: Market, given: dict[str, Any]) -> None:
    assert mails_of(app, "VerificationAsked", link=link(site, Purpose.VERIFY, **given)) == [None]


def test_a_link_for_one_purpose_is_not_mailed_for_another(app: Flask, site: Market) -> None:
    assert mails_of(app, "PasswordResetAsked", link=link(site, Purpose.VERIFY)) == [None]


def test_somebody_who_registers_twice_is_told_where_to_go(app: Flask, site: Market) -> None:
    letter, _message = only_mail(app, "AddressTaken", user=site.person().user_id)
    assert letter.action[1] == "http://127.0.0.1:8000/reset"


def test_an_invitation_says_who_invites_to_what(app: Flask, site: Market) -> None:
    firm = site.organisation(name="Adom Precision")
    host = site.member(firm)
    with site.open() as session:
        row = Invitation(
            organisation_id=firm,
            email="new@example.org",
            role=MemberRole.EDITOR,
            invited_by_id=host.user_id,
            created_at=NOW,
            expires_at=NOW + timedelta(days=900),
        )
        session.add(row)
    letter, message = only_mail(app, "ColleagueInvited", invitation=row.id)
    assert letter.subject == "Ama invites you to Adom Precision"
    assert part(message, "plain").startswith("Good day,")
    assert app.test_client().get(letter.action[1]).status_code == 200
    with site.open() as session:
        session.get_one(Invitation, row.id).withdrawn_at = NOW
    assert mails_of(app, "ColleagueInvited", invitation=row.id) == [None]


def test_a_returned_listing_comes_with_the_reason(app: Flask, site: Market) -> None:
    firm = site.organisation()
    site.member(firm)
    listing = site.listing(
        "offer", firm, state="returned", returned_because="Please take the phone number out of the summary."
    )
    letter, message = only_mail(app, "ListingReturned", listing=listing)
    assert "phone number out of the" in part(message, "plain")
    assert letter.action[1].endswith("/me/listings/OFR-2026-00001/edit")
    change_listing(site, listing, state="submitted")
    assert mails_of(app, "ListingReturned", listing=listing) == [None]


def test_the_end_of_a_listing_is_told_with_its_day(app: Flask, site: Market) -> None:
    firm = site.organisation()
    site.member(firm)
    listing = site.listing("offer", firm, valid_until=date(2026, 12, 6))
    letter, _message = only_mail(app, "ListingExpiring", listing=listing)
    assert letter.subject == "Ends on 6 Dec 2026: Turned shafts of stainless steel"


def test_the_office_is_told_what_waits_until_it_is_decided(app: Flask, site: Market) -> None:
    office = site.office()
    officer(site, office)
    firm = site.organisation(name="Adom Precision", office_id=office)
    listing = site.listing("offer", firm, office_id=office, state="submitted", submitted_at=NOW)
    letter, message = only_mail(app, "ListingSubmitted", listing=listing)
    assert letter.action[1].endswith("/desk/review")
    assert "Adom Precision" in part(message, "plain")
    change_listing(site, listing, state="published", published_at=NOW)
    assert mails_of(app, "ListingSubmitted", listing=listing) == [None]


def test_a_person_who_was_suspended_meanwhile_gets_nothing(app: Flask, site: Market) -> None:
    firm = site.organisation()
    member = site.member(firm)
    listing = site.listing("offer", firm)
    assert len(mails_of(app, "ListingPublished", listing=listing)) == 1
    with site.open() as session:
        session.get_one(User, member.user_id).suspended_at = NOW
        session.get_one(Organisation, firm).name = "x"
    assert mails_of(app, "ListingPublished", listing=listing) == []
