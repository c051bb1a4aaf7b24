"""The doctor finds what is wrong, and says how to mend it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest

from exchange.compose import composed
from marketplace import clock, outbox
from marketplace.settings import Settings
from tests.exchange.shell import Answer, Shell
from tests.mailserver import MailServer
from tests.services import free_port
from workers.embedded import EmbeddedWorker


def verdicts(answer: Answer) -> dict[str, str]:
    return {check["name"]: check["verdict"] for check in json.loads(answer.out)}


@pytest.fixture
def migrated(shell: Shell) -> Shell:
    assert shell("migrate").code == 0
    return shell


@pytest.fixture
def working(migrated: Shell) -> Iterator[Shell]:
    """Give an installation whose worker lives in a thread of this process."""
    with composed(Settings.from_env()) as exchange:
        worker = EmbeddedWorker(exchange.celery)
        worker.start()
        yield migrated
        worker.stop()


def test_an_installation_that_works_is_fine_until_its_mail_server_goes(
    working: Shell, smtp: MailServer
) -> None:
    working.set("EXCHANGE_SMTP_URL", smtp.url)
    answer = working("doctor")
    assert answer.code == 0, answer.out
    assert "FAIL" not in answer.out
    for words in (
        "worker        carried out a probe",
        "beat          found what no bell",
        "mail          the server",
    ):
        assert words in answer.out
    smtp.stop()
    answer = working("doctor", "--json")
    assert answer.code == 1
    assert [name for name, verdict in verdicts(answer).items() if verdict == "FAIL"] == ["mail"]


def test_without_a_worker_the_probe_fails_and_leaves_nothing_behind(migrated: Shell) -> None:
    answer = migrated("doctor", "--json")
    assert answer.code == 1
    assert verdicts(answer)["worker"] == "FAIL"
    with composed(Settings.from_env()) as exchange, exchange.database.reading() as session:
        assert outbox.waiting(session, clock.now()) == 0


def test_an_empty_database_is_told_to_migrate(shell: Shell) -> None:
    answer = shell("doctor", "--quick")
    assert answer.code == 1
    assert "Run `exchange migrate`" in answer.out


def test_a_database_and_a_redis_that_do_not_answer(shell: Shell) -> None:
    shell.set("EXCHANGE_DATABASE_URL", f"postgresql://postgres@127.0.0.1:{free_port()}/x")
    shell.set("EXCHANGE_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    answer = shell("doctor", "--quick", "--json")
    assert answer.code == 1
    found = verdicts(answer)
    assert (found["database"], found["redis"], found["disk"]) == ("FAIL", "FAIL", "ok")


def test_postgresql_and_redis_are_looked_at(
    shell: Shell, postgresql_database_url: str, redis_url: str
) -> None:
    shell.set("EXCHANGE_DATABASE_URL", postgresql_database_url)
    shell.set("EXCHANGE_REDIS_URL", redis_url)
    found = verdicts(shell("doctor", "--quick", "--json"))
    # The tables are there, but no migration made them.
    assert (found["database"], found["redis"], found["schema"]) == ("ok", "ok", "FAIL")


def test_what_waits_and_what_was_set_aside_is_told(migrated: Shell) -> None:
    with composed(Settings.from_env()) as exchange:
        now = clock.now()
        with exchange.database.transaction() as session:
            outbox.record(session, "Nonsense", {}, at=now - outbox.LEASE * 100)
        assert verdicts(migrated("doctor", "--quick", "--json"))["waiting"] == "warn"
        for attempt in range(outbox.ATTEMPTS + 1):
            with exchange.database.transaction() as session:
                outbox.claim(session, now + attempt * outbox.LEASE, 1)
    answer = migrated("doctor", "--quick", "--json")
    assert verdicts(answer)["set aside"] == "warn"
    assert answer.code == 0


def test_a_key_that_others_can_read_is_told(shell: Shell) -> None:
    shell.set("EXCHANGE_SECRET_KEY", "")
    key = Settings.from_env().var / "secret_key"
    assert verdicts(shell("doctor", "--quick", "--json"))["secret key"] == "ok"
    subprocess.run(["chmod", "644", str(key)], check=True)
    assert verdicts(shell("doctor", "--quick", "--json"))["secret key"] == "FAIL"
