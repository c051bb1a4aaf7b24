from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace import clock
from marketplace.accounts.models import Purpose
from marketplace.db import Database
from marketplace.errors import ExchangeError
from marketplace.organisations.models import Invitation, MemberRole, Membership, Organisation
from marketplace.organisations.queries.colleagues import invitation_token
from marketplace.organisations.services import colleagues
from marketplace.outbox import Event
from tests.marketplace.conftest import SECRET
from tests.marketplace.organisations.firms import NOW, acting, add_firm, join
from tests.marketplace.visitor import PASSWORD, Visitor, add_person, database_of, path_of_last_link, words

LINK = f"/invitations/{invitation_token(SECRET, 1)}"


@pytest.fixture
def owner(app: Flask) -> Visitor:
    """Give a browser of the owner of the first organisation."""
    number, _reference = add_firm(database_of(app))
    join(database_of(app), number, "owner@example.org")
    return Visitor(app).enter("owner@example.org")


def page(visitor: Visitor) -> str:
    return visitor.get("/me/organisation").request.path + "/colleagues"


def roles(database: Database, organisation_id: int = 1) -> dict[int, str]:
    with database.reading() as session:
        rows = session.scalars(sa.select(Membership).where(Membership.organisation_id == organisation_id))
        return {row.user_id: row.role.value for row in rows}


def test_a_registered_person_joins_by_the_link(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    user_id = add_person(database, "kojo@example.org")
    answer = owner.post(page(owner), {"email": "Kojo@Example.org", "role": "editor"})
    assert "invitation to kojo@example.org is on its way" in words(answer.text)
    owner.post(page(owner), {"email": "kojo@example.org", "role": "viewer"})
    with database.reading() as session:
        assert [(event.kind, event.ids) for event in session.scalars(sa.select(Event))] == [
            ("ColleagueInvited", {"invitation": 1})
        ]
    kojo = Visitor(app)
    assert "Log in to join" in words(kojo.get(LINK).text)
    kojo.enter("kojo@example.org")
    assert "Viewer" in words(kojo.get(LINK).text)
    assert "Welcome to Adom" in words(kojo.post(LINK).text)
    assert roles(database)[user_id] == "viewer"
    assert kojo.post(LINK).status_code == 410
    assert kojo.get(LINK).status_code == 410


def test_a_new_person_registers_first_and_finds_the_invitation(app: Flask, owner: Visitor) -> None:
    owner.post(page(owner), {"email": "kojo@example.org", "role": "editor"})
    kojo = Visitor(app)
    assert "Register to join" in words(kojo.get(LINK).text)
    assert 'value="kojo@example.org"' in kojo.get("/register?email=kojo@example.org").text
    kojo.post("/register", {"name": "Kojo", "email": "kojo@example.org", "password": PASSWORD})
    kojo.post(path_of_last_link(app, Purpose.VERIFY))
    landed = kojo.post("/login", {"email": "kojo@example.org", "password": PASSWORD})
    assert landed.request.path == "/me/invitations"
    assert "Owner invites you to Adom Precision Works Ltd" in words(landed.text)
    assert "invites you to" in words(kojo.get("/me/organisation/new").text)
    assert "Welcome to Adom" in words(kojo.post("/me/invitations/1").text)
    assert "No invitation waits" in words(kojo.get("/me/invitations").text)


def test_an_invitation_is_of_no_use_to_somebody_else(app: Flask, owner: Visitor) -> None:
    owner.post(page(owner), {"email": "kojo@example.org", "role": "owner"})
    thief_id = add_person(database_of(app), "thief@example.org")
    thief = Visitor(app).enter("thief@example.org")
    assert "for another address" in words(thief.get(LINK).text)
    assert thief.post(LINK).status_code == 410
    assert thief.post("/me/invitations/1").status_code == 410
    assert thief_id not in roles(database_of(app))
    with database_of(app).reading() as session:
        assert session.get_one(Invitation, 1).accepted_at is None


@pytest.mark.parametrize("token", ["1", "x.y", "%00", invitation_token("another secret of another house", 1)])
def test_a_forged_invitation_is_not_there(owner: Visitor, token: str) -> None:
    assert owner.get(f"/invitations/{token}").status_code == 404
    assert owner.post(f"/invitations/{token}").status_code == 404


def test_a_withdrawn_or_old_invitation_is_over(app: Flask, owner: Visitor) -> None:
    add_person(database_of(app), "kojo@example.org")
    kojo = Visitor(app).enter("kojo@example.org")
    owner.post(page(owner), {"email": "kojo@example.org", "role": "editor"})
    assert "withdrawn" in words(owner.post(page(owner).replace("colleagues", "invitations/1/withdraw")).text)
    assert kojo.post(LINK).status_code == 410
    owner.post(page(owner), {"email": "kojo@example.org", "role": "editor"})
    with database_of(app).transaction() as session:
        session.get_one(Invitation, 2).expires_at = clock.now() - timedelta(seconds=1)
    assert kojo.post("/me/invitations/2").status_code == 410


def test_a_suspended_organisation_takes_nobody_in(app: Flask, owner: Visitor) -> None:
    add_person(database_of(app), "kojo@example.org")
    owner.post(page(owner), {"email": "kojo@example.org", "role": "editor"})
    with database_of(app).transaction() as session:
        session.get_one(Organisation, 1).suspended_at = NOW
    kojo = Visitor(app).enter("kojo@example.org")
    assert kojo.post("/me/invitations/1").status_code == 410
    assert owner.get("/organisations/ORG-2026-00001").status_code == 404, "members lose it at once"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"email": "kojo@", "role": "editor"}, "not an e-mail address"),
        ({"email": "owner@example.org", "role": "editor"}, "belongs to your organisation already"),
        ({"email": "kojo@example.org", "role": "king"}, "Not a valid choice"),
    ],
)
def test_a_wrong_invitation_says_so(owner: Visitor, form: dict[str, str], message: str) -> None:
    answer = owner.post(page(owner), form)
    assert answer.status_code == 422
    assert message in words(answer.text)
    assert form["email"] in answer.text


def test_invitations_are_limited_by_day(app: Flask, owner: Visitor) -> None:
    now = clock.now()
    with database_of(app).transaction() as session:
        for number in range(colleagues.MOST_A_DAY):
            session.add(
                Invitation(
                    organisation_id=1,
                    email=f"p{number}@example.org",
                    role=MemberRole.VIEWER,
                    invited_by_id=1,
                    created_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )
    refused = owner.post(page(owner), {"email": "one-more@example.org", "role": "viewer"})
    assert "enough for one day" in words(refused.text)


def test_only_owners_decide_who_belongs(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    editor_id = join(database, 1, "editor@example.org", MemberRole.EDITOR)
    editor = Visitor(app).enter("editor@example.org")
    path = page(owner)
    assert "Invite a colleague" not in words(editor.get(path).text)
    assert editor.post(path, {"email": "x@example.org", "role": "owner"}).status_code == 403
    assert editor.post(f"{path}/{editor_id}/role", {"role": "owner"}).status_code == 403
    assert editor.post(f"{path}/1/remove").status_code == 403
    assert "Saved." in words(owner.post(f"{path}/{editor_id}/role", {"role": "viewer"}).text)
    assert roles(database)[editor_id] == "viewer"
    assert owner.post(f"{path}/{editor_id}/role", {"role": "king"}).status_code == 200
    assert roles(database)[editor_id] == "viewer"
    owner.post(f"{path}/{editor_id}/remove")
    assert editor_id not in roles(database)
    assert owner.post(f"{path}/{editor_id}/remove").status_code == 404
    assert editor.get(path).status_code == 403


def test_the_last_owner_stays(app: Flask, owner: Visitor) -> None:
    database = database_of(app)
    path = page(owner)
    for act, form in (
        (f"{path}/1/remove", {}),
        (f"{path}/1/role", {"role": "editor"}),
        (path.replace("colleagues", "leave"), {}),
    ):
        assert "needs an owner" in words(owner.post(act, form).text)
    assert roles(database) == {1: "owner"}
    join(database, 1, "second@example.org", MemberRole.OWNER)
    assert "You have left" in words(owner.post(path.replace("colleagues", "leave")).text)
    assert list(roles(database).values()) == ["owner"]


def test_two_owners_who_remove_each_other_at_once_leave_one(database: Database) -> None:
    number, reference = add_firm(database)
    owners = [join(database, number, f"owner{place}@example.org") for place in range(2)]
    for _round in range(3):
        start, refused = Barrier(2), []

        def run(mine: int, theirs: int) -> None:
            actor = acting(database, mine, (number, MemberRole.OWNER))
            start.wait()  # noqa: B023 (the threads end before the next round)
            try:
                with database.transaction() as session:
                    colleagues.remove_colleague(session, actor, reference, user_id=theirs, now=NOW)
            except ExchangeError as error:
                refused.append(error)  # noqa: B023

        threads = [Thread(target=run, args=pair) for pair in (owners, owners[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 1
        left = roles(database, number)
        assert list(left.values()) == ["owner"]
        gone = next(user_id for user_id in owners if user_id not in left)
        with database.transaction() as session:
            session.add(Membership(organisation_id=number, user_id=gone, role=MemberRole.OWNER, since=NOW))


def test_one_invitation_accepted_twice_at_once_is_one_membership(database: Database) -> None:
    number, reference = add_firm(database)
    owner = acting(database, join(database, number, "owner@example.org"), (number, MemberRole.OWNER))
    guest = acting(database, add_person(database, "kojo@example.org"))
    with database.transaction() as session:
        invitation = colleagues.invite_colleague(
            session, owner, reference, email="kojo@example.org", role=MemberRole.EDITOR, now=NOW
        )
    start, joined = Barrier(2), []

    def run() -> None:
        start.wait()
        with database.transaction() as session:
            joined.append(
                colleagues.accept_invitation(session, guest, invitation_id=invitation.id, now=NOW) is not None
            )

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(joined) == [False, True]
    assert len(roles(database, number)) == 2
