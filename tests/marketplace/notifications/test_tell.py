"""Who is told of what, and by which way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.accounts.models import Link, Purpose, User
from marketplace.notifications.queries.kinds import KINDS
from marketplace.notifications.queries.recipients import FINDERS
from marketplace.notifications.services.inbox import silence
from marketplace.notifications.views.letters.write import WRITERS
from marketplace.organisations.models import Invitation, MemberRole, Membership, Organisation
from tests.marketplace.matches.market import NOW, Market
from tests.marketplace.notifications.told import happen, officer, tell, told
from workers.reactions import KNOWN


def test_every_kind_that_is_told_has_recipients_and_a_letter_and_is_known_to_the_relay() -> None:
    assert set(KINDS) == set(FINDERS) == set(WRITERS)
    assert set(KINDS) <= KNOWN


def test_a_match_is_mailed_to_those_who_write_and_noticed_by_all_members(market: Market) -> None:
    firm = market.organisation()
    owner, editor, viewer = (market.member(firm, role) for role in ("owner", "editor", "viewer"))
    listing = market.listing("offer", firm)
    ids = {"request": 0, "offer": listing, "side": "offer", "listing": listing}
    assert told(market.database, "MatchFound", **ids) == {
        (owner.email, "mail"),
        (editor.email, "mail"),
        (str(owner.user_id), "notice"),
        (str(editor.user_id), "notice"),
        (str(viewer.user_id), "notice"),
    }


def test_a_second_run_plans_nothing_new(market: Market) -> None:
    firm = market.organisation()
    market.member(firm)
    event = happen(market.database, "ListingPublished", listing=market.listing("offer", firm))
    assert tell(market.database, event) == 1
    assert tell(market.database, event) == 0


@pytest.mark.parametrize("column", ["suspended_at", "verified_at"])
def test_nobody_writes_to_the_suspended_and_the_unconfirmed(market: Market, column: str) -> None:
    firm = market.organisation()
    member = market.member(firm)
    with market.open() as session:
        setattr(session.get_one(User, member.user_id), column, NOW if column == "suspended_at" else None)
    assert told(market.database, "ListingPublished", listing=market.listing("offer", firm)) == set()


def test_nobody_writes_to_members_of_a_suspended_organisation(market: Market) -> None:
    firm = market.organisation()
    market.member(firm)
    with market.open() as session:
        session.get_one(Organisation, firm).suspended_at = NOW
    assert told(market.database, "ListingPublished", listing=market.listing("offer", firm)) == set()


def test_a_refused_kind_comes_as_a_notice_only(market: Market) -> None:
    firm = market.organisation()
    member = market.member(firm)
    listing = market.listing("offer", firm)
    with market.open() as session:
        assert silence(session, user_id=member.user_id or 0, kind="ListingPublished", now=NOW)
    assert told(market.database, "ListingPublished", listing=listing) == {(str(member.user_id), "notice")}
    assert (member.email, "mail") in told(market.database, "ListingExpiring", listing=listing)


def test_the_office_reviews_but_nobody_their_own(market: Market) -> None:
    office = market.office()
    firm = market.organisation(office_id=office)
    listing = market.listing("offer", firm, office_id=office, state="submitted")
    clerk, related = officer(market, office), officer(market, office)
    with market.open() as session:
        session.add(
            Membership(organisation_id=firm, user_id=related.user_id, role=MemberRole.VIEWER, since=NOW)
        )
    assert told(market.database, "ListingSubmitted", listing=listing) == {
        (clerk.email, "mail"),
        (str(clerk.user_id), "notice"),
    }


def test_where_no_office_looks_after_a_listing_the_administrators_are_told(market: Market) -> None:
    admin = market.person(is_admin=True)
    listing = market.listing("offer", market.organisation(), state="submitted")
    assert (admin.email, "mail") in told(market.database, "ListingSubmitted", listing=listing)


def test_an_office_without_staff_does_not_swallow_what_is_submitted(market: Market) -> None:
    admin = market.person(is_admin=True)
    office = market.office()
    listing = market.listing("offer", market.organisation(), office_id=office, state="submitted")
    assert (admin.email, "mail") in told(market.database, "ListingSubmitted", listing=listing)


@pytest.mark.parametrize(
    ("kind", "purpose"), [("VerificationAsked", Purpose.VERIFY), ("PasswordResetAsked", Purpose.RESET)]
)
def test_a_link_goes_to_its_person_confirmed_or_not(market: Market, kind: str, purpose: Purpose) -> None:
    person = market.person()
    with market.open() as session:
        session.get_one(User, person.user_id).verified_at = None
        link = Link(
            user_id=person.user_id, purpose=purpose, created_at=NOW, expires_at=NOW + timedelta(hours=1)
        )
        session.add(link)
    assert told(market.database, kind, link=link.id) == {(person.email, "mail")}


def test_a_suspended_person_gets_no_link(market: Market) -> None:
    person = market.person(suspended_at=NOW)
    with market.open() as session:
        link = Link(user_id=person.user_id, purpose=Purpose.RESET, created_at=NOW, expires_at=NOW)
        session.add(link)
    assert told(market.database, "PasswordResetAsked", link=link.id) == set()
    assert told(market.database, "AddressTaken", user=person.user_id) == set()


def test_a_colleague_without_a_login_is_invited_by_mail(market: Market) -> None:
    firm = market.organisation()
    owner = market.member(firm)
    with market.open() as session:
        invitation = Invitation(
            organisation_id=firm,
            email="new@example.org",
            role=MemberRole.EDITOR,
            invited_by_id=owner.user_id,
            created_at=NOW,
            expires_at=NOW + timedelta(days=7),
        )
        session.add(invitation)
    assert told(market.database, "ColleagueInvited", invitation=invitation.id) == {
        ("new@example.org", "mail")
    }


@pytest.mark.parametrize("kind", ["ListingSubmitted", "ListingPublished", "MatchFound"])
def test_what_is_gone_is_told_to_nobody(market: Market, kind: str) -> None:
    assert told(market.database, kind, listing=99) == set()


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("IntroductionProposed", {"introduction": 99}),
        ("ColleagueInvited", {"invitation": 99}),
        ("VerificationAsked", {"link": 99}),
        ("ListingChanged", {"listing": 1}),
    ],
)
def test_what_concerns_nobody_is_told_to_nobody(market: Market, kind: str, ids: dict[str, int]) -> None:
    assert told(market.database, kind, **ids) == set()
