"""The ways to a mail server: plain, encrypted, with a password."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from marketplace.notifications.models import Delivery
from tests.services import free_port
from tests.workers.postoffice import PostOffice
from workers.post import ServerPost, Unreachable


def message() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "exchange@example.org", "ama@example.org", "Good day"
    mail.set_content("A letter.")
    return mail


def test_a_server_names_itself_to_the_doctor(smtp: PostOffice) -> None:
    post = ServerPost(smtp.url)
    said = post.check()
    post.close()
    assert said


def test_several_mails_go_over_one_connection(smtp: PostOffice) -> None:
    post = ServerPost(smtp.url)
    for _number in range(3):
        post.send(message(), Delivery())
    post.close()
    assert len(smtp.messages) == 3


def test_what_is_no_mail_server_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        ServerPost(f"smtps://127.0.0.1:{free_port()}").check()


def test_a_password_is_given_and_a_wrong_one_is_no_fault_of_the_mail(tmp_path: Path) -> None:
    office = PostOffice(port=free_port())

    asked: list[bool] = []

    def let_in(_server: object, _session: object, _envelope: object, _kind: str, said: object) -> AuthResult:
        right = isinstance(said, LoginPassword) and said.password == b"pass:word/1"
        asked.append(right)
        return AuthResult(success=right, handled=False)

    controller = Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        authenticator=let_in,
        auth_require_tls=False,
    )
    controller.start()
    try:
        right = ServerPost(f"smtp://ama:pass%3Aword%2F1@127.0.0.1:{office.port}")
        right.send(message(), Delivery())
        right.close()
        assert (asked, len(office.messages)) == ([True], 1)
        with pytest.raises(Unreachable, match="535"):
            ServerPost(f"smtp://ama:wrong@127.0.0.1:{office.port}").send(message(), Delivery())
    finally:
        controller.stop()


def test_an_encrypted_way_is_never_left_for_a_plain_one(smtp: PostOffice) -> None:
    # The server offers no STARTTLS; a password must not go over the line in the open.
    with pytest.raises(Unreachable, match="STARTTLS"):
        ServerPost(f"smtp+starttls://ama:secret@127.0.0.1:{smtp.port}").check()
