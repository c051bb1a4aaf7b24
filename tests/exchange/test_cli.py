"""The console script teaches, checks its settings, and ends with codes that scripts can use."""

from __future__ import annotations

import json

import pytest

from exchange.cli import COMMANDS
from marketplace.demo.logins import PEOPLE
from tests.exchange.shell import Shell
from tests.services import free_port


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_its_exit_codes(shell: Shell, name: str) -> None:
    answer = shell(name, "--help")
    assert answer.code == 0
    assert f"Usage: exchange {name}" in answer.out
    assert "Exit codes: 0 done; 1 something wrong was found" in answer.out


def test_the_overview_lists_the_commands_as_they_are_used(shell: Shell) -> None:
    answer = shell("--help")
    assert answer.code == 0
    places = [answer.out.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)
    assert "exchange doctor" in answer.out


def test_a_wrong_call_ends_with_2(shell: Shell) -> None:
    for call in (["nonsense"], ["match"], ["match", "X", "--top", "0"], ["run", "--port", "none"]):
        answer = shell(*call)
        assert answer.code == 2
        assert "Usage: exchange" in answer.err


def test_wrong_settings_are_named_all_at_once(shell: Shell) -> None:
    shell.set("EXCHANGE_REDIS_URL", "nonsense")
    shell.set("EXCHANGE_SMTP_URL", "nonsense")
    shell.set("EXCHANGE_MISSPELT", "x")
    answer = shell("doctor")
    assert answer.code == 2
    for name in ("EXCHANGE_REDIS_URL", "EXCHANGE_SMTP_URL", "EXCHANGE_MISSPELT"):
        assert name in answer.err


@pytest.mark.parametrize("command", [["migrate"], ["demo"], ["match", "REQ-2026-00001"]])
def test_a_database_that_does_not_answer_ends_with_3(shell: Shell, command: list[str]) -> None:
    shell.set("EXCHANGE_DATABASE_URL", f"postgresql://postgres@127.0.0.1:{free_port()}/nowhere")
    answer = shell(*command)
    assert answer.code == 3
    assert "The database does not answer" in answer.err
    assert "Traceback" not in answer.err


def test_an_empty_database_asks_for_its_tables(shell: Shell) -> None:
    answer = shell("match", "REQ-2026-00001")
    assert answer.code in {1, 3}
    assert "exchange migrate" in answer.err or "exchange doctor" in answer.err


@pytest.mark.parametrize("command", ["worker", "beat"])
def test_processes_of_their_own_need_redis(shell: Shell, command: str) -> None:
    answer = shell(command)
    assert answer.code == 2
    assert "EXCHANGE_REDIS_URL is not set" in answer.err


def test_the_demo_fills_an_empty_database_once_and_prints_the_logins(shell: Shell) -> None:
    assert shell("migrate").out == "schema empty → 0017\n"
    assert shell("migrate").out == "schema 0017: nothing to do\n"
    first = shell("demo", "--json")
    assert first.code == 0
    logins = json.loads(first.out)
    assert [login["email"] for login in logins] == [person.email for person in PEOPLE]
    assert set(logins[0]) == {"role", "title", "email", "password"}
    again = shell("demo")
    assert (again.code, again.err) == (1, "The database is not empty; nothing was changed.\n")
    assert json.loads(shell("demo", "--logins", "--json").out) == logins
    assert logins[0]["password"] in shell("demo", "--logins").out

    explained = shell("match", "REQ-2026-00018", "--explain", "--top", "1")
    assert explained.code == 0
    assert "OFR-" in explained.out
    assert " → " in explained.out
    found = json.loads(shell("match", "req-2026-00018", "--json", "--top", "3").out)
    assert 1 <= len(found) <= 3
    assert found == sorted(found, key=lambda match: -match["score"])
    assert found[0]["reasons"]
    missing = shell("match", "REQ-1999-00001")
    assert missing.code == 1
    assert "no listing" in missing.err


def test_somebody_becomes_an_administrator_by_a_link(shell: Shell) -> None:
    shell("migrate")
    answer = shell("admin", "Boss@Example.org", "--name", "Ama")
    assert answer.code == 0
    assert answer.out.startswith("http://127.0.0.1:8000/reset/")
    assert shell("admin", "boss@example.org").code == 0
    wrong = shell("admin", "nobody")
    assert (wrong.code, wrong.err) == (2, "This is not an e-mail address.\n")
