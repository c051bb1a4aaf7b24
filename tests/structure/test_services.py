"""The services that the other tests rely on are real, separate and empty."""

from __future__ import annotations

import smtplib
import socket
from email.message import EmailMessage

import psycopg
import pytest
import redis
import sqlalchemy as sa
from playwright.sync_api import Browser
from pytest_socket import SocketConnectBlockedError

from marketplace.db import Database
from marketplace.schema import metadata
from tests.mailserver import MailServer


def test_a_database_has_every_table_and_no_person(database: Database) -> None:
    assert set(sa.inspect(database.engine).get_table_names()) == set(metadata.tables)
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(metadata.tables["user"])) == 0


def test_two_databases_of_one_run_are_two(postgres_url: str, empty_postgres_url: str) -> None:
    def tables(url: str) -> list[str]:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            query = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
            return [name for (name,) in connection.execute(query)]

    with psycopg.connect(empty_postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE only_here (id integer)")
    assert tables(empty_postgres_url) == ["only_here"]
    assert "only_here" not in tables(postgres_url)


def test_redis_is_empty_and_answers(empty_redis_url: str) -> None:
    with redis.Redis.from_url(empty_redis_url, decode_responses=True) as client:
        assert client.dbsize() == 0
        client.set("name", "value")
        assert client.get("name") == "value"


def test_mail_is_kept_refused_and_lost_as_told(smtp: MailServer) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Grüße"
    message.set_content("Text\n")

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", smtp.port, timeout=5) as client:
            client.send_message(message)

    send()
    assert [kept["Subject"] for kept in smtp.wait_for(1)] == ["Grüße"]
    assert smtp.messages[0]["X-Peer-To"] == "b@example.org"

    smtp.refusal = "451 try later"
    with pytest.raises(smtplib.SMTPDataError):
        send()
    smtp.refusal = ""

    smtp.stop()
    with pytest.raises(OSError, match="refused"):
        send()
    smtp.start()
    send()
    assert len(smtp.messages) == 2


def test_a_browser_shows_a_page(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<title>Exchange</title><h1>Partners</h1>")
    assert page.get_by_role("heading").inner_text() == "Partners"
    page.close()


def test_nothing_beyond_this_machine_can_be_reached() -> None:
    # A documentation address (RFC 5737): no machine has it.
    with pytest.warns(UserWarning, match="192.0.2.1"), pytest.raises(SocketConnectBlockedError):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
