"""`exchange import` as somebody types it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from marketplace import clock, outbox
from marketplace.db import Database
from marketplace.listings.models import Listing
from marketplace.matches.models import Match
from marketplace.organisations.models import Organisation
from marketplace.outbox import Event

PROGRAM = Path(sys.executable).with_name("exchange")
Run = Callable[..., subprocess.CompletedProcess[str]]
FIRM = {"external_id": "F-1", "name": "Śrubex Łańcut", "country": "PL", "city": "Łańcut"}
SKILLS = ("CNC turning", "spray drying", "TIG welding of pipes", "injection moulding", "wood drying")


def put(
    path: Path, rows: Sequence[Mapping[str, str]], *, encoding: str = "utf-8", delimiter: str = ","
) -> Path:
    """Write a table; its cells hold no delimiter."""
    lines = [delimiter.join(rows[0]), *(delimiter.join(row.values()) for row in rows)]
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return path


def notices(side: str, count: int = len(SKILLS)) -> list[dict[str, str]]:
    """Return rows of listings; each offer meets one request well."""
    return [
        {
            "external_id": f"{side}-{number}",
            "side": side,
            "kind": "subcontracting",
            "title": f"{SKILLS[number % len(SKILLS)]} {number}",
            "country": "AT",
            "capabilities": SKILLS[number % len(SKILLS)],
            "organisation": f"{side} {number} GmbH",
        }
        for number in range(count)
    ]


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    """Give the environment of a process on an empty database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    url = database_url.replace("postgresql+psycopg://", "postgresql://")
    return kept | {"EXCHANGE_DATABASE_URL": url, "EXCHANGE_VAR": str(tmp_path / "var")}


@pytest.fixture
def run(env: dict[str, str]) -> Run:
    """Give a way to type a command."""

    def typed(*arguments: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
        command = [PROGRAM, "import", *map(str, arguments)]
        return subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=100, check=False, **more
        )

    return typed


@pytest.mark.parametrize(
    ("encoding", "delimiter", "more"), [("utf-16", "\t", ()), ("cp1250", ";", ("--encoding", "cp1250"))]
)
def test_a_table_in_any_encoding_comes_in(
    run: Run, database: Database, tmp_path: Path, encoding: str, delimiter: str, more: tuple[str, ...]
) -> None:
    path = put(tmp_path / "firms.csv", [FIRM], encoding=encoding, delimiter=delimiter)
    done = run("organisations", path, *more)
    assert (done.returncode, "1 rows: 1 new" in done.stdout) == (0, True), done
    with database.reading() as session:
        assert session.execute(sa.select(Organisation.name, Organisation.city)).one() == (
            "Śrubex Łańcut",
            "Łańcut",
        )
    assert "1 as they were" in run("organisations", path, *more).stdout


def test_matches_exist_when_the_command_returns(run: Run, database: Database, tmp_path: Path) -> None:
    first = run("listings", put(tmp_path / "r.csv", notices("request")))
    second = run("listings", put(tmp_path / "o.csv", notices("offer")), "--json")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "Matched; 0 matches" in first.stdout
    said = json.loads(second.stdout)
    assert (said["rows"], said["created"], said["refused"], said["dry_run"]) == (5, 5, 0, False)
    with database.reading() as session:
        assert said["matching"] == {"matches": len(session.scalars(sa.select(Match)).all()), "failed": 0}
        twins = sa.select(Match).join(Listing, Listing.id == Match.request_id)
        assert {row.request_id for row in session.scalars(twins)} == set(
            session.scalars(sa.select(Listing.id).where(Listing.side == "request"))
        )
        assert outbox.waiting(session, clock.now()) == 0
    again = json.loads(run("listings", tmp_path / "o.csv", "--json").stdout)
    assert (again["unchanged"], again["matching"]) == (5, said["matching"])


def test_matching_is_left_to_a_worker_or_made_up_for_later(
    run: Run, database: Database, tmp_path: Path
) -> None:
    for side in ("request", "offer"):
        left = run("listings", put(tmp_path / f"{side}.csv", notices(side)), "--no-match")
        assert (left.returncode, "Matched" in left.stdout) == (0, False)
    with database.reading() as session:
        assert outbox.waiting(session, clock.now()) == 2
    # As after a power cut between the last batch and its matching: nothing is new, and it is made up for.
    assert run("listings", tmp_path / "offer.csv").returncode == 0
    with database.reading() as session:
        assert len(session.scalars(sa.select(Match)).all()) >= len(SKILLS)


def test_what_a_worker_is_matching_is_waited_for(
    run: Run, env: dict[str, str], database: Database, tmp_path: Path
) -> None:
    path = put(tmp_path / "o.csv", notices("offer"))
    run("listings", path, "--no-match")
    with database.transaction() as session:
        (event,) = outbox.claim(session, clock.now(), 5)
    process = subprocess.Popen(
        [PROGRAM, "import", "listings", path], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process, pytest.raises(subprocess.TimeoutExpired):
        try:
            process.wait(5)
        finally:
            with database.transaction() as session:
                assert outbox.settle(session, event.id, event.attempts, clock.now())
            assert process.wait(60) == 0
    with database.reading() as session:
        assert session.scalars(sa.select(Event.attempts)).all() == [1]


def test_two_at_the_same_time_do_nothing_twice(
    env: dict[str, str], database: Database, tmp_path: Path
) -> None:
    paths = [put(tmp_path / f"{side}.csv", notices(side, 130)) for side in ("request", "offer")]
    processes = [
        subprocess.Popen(
            [PROGRAM, "import", "listings", path], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for path in paths * 2
    ]
    errors = [process.communicate(timeout=110)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, errors
    with database.reading() as session:
        assert len(session.scalars(sa.select(Listing.id)).all()) == 260
        assert len(session.scalars(sa.select(Organisation.id)).all()) == 260
        matched = {*session.scalars(sa.select(Match.request_id)), *session.scalars(sa.select(Match.offer_id))}
        assert len(matched) == 260
        # Each event was carried out by one of them, at its first try.
        assert {event.done_at is not None for event in session.scalars(sa.select(Event))} == {True}


def test_refused_rows_are_told_with_their_place(run: Run, tmp_path: Path) -> None:
    rows = [
        FIRM | {"external_id": f"F-{n}", "country": "Atlantis" if n % 2 else "PL", "wins": "7"}
        for n in range(60)
    ]
    path = put(tmp_path / "f.csv", rows)
    done = run("organisations", path, "--report", tmp_path / "report.csv")
    assert done.returncode == 1
    assert "line 3, country: “Atlantis” is not a country." in done.stdout
    assert done.stdout.count("line ") >= 20
    assert "unknown_country 30" in done.stdout
    assert "Columns not used: wins." in done.stdout
    assert "30 refused" in done.stdout
    assert len((tmp_path / "report.csv").read_text("utf-8-sig").splitlines()) > 30


def test_a_dry_run_writes_nothing(run: Run, database: Database, tmp_path: Path) -> None:
    done = run("listings", put(tmp_path / "o.csv", notices("offer")), "--dry-run")
    assert (done.returncode, "5 would be new" in done.stdout) == (0, True)
    with database.reading() as session:
        assert session.scalars(sa.select(Listing.id)).all() == []
        assert session.scalars(sa.select(Event.id)).all() == []


def test_columns_are_mapped(run: Run, database: Database, tmp_path: Path) -> None:
    path = put(tmp_path / "f.csv", [{"Who": "Śrubex", "Where=": "Poland"}])
    refused = run("organisations", path)
    assert refused.returncode == 2
    assert "--map column=name" in refused.stderr
    assert run("organisations", path, "--map", "Who=name", "--map", "Where==country").returncode == 0
    with database.reading() as session:
        assert session.execute(sa.select(Organisation.name, Organisation.country)).one() == ("Śrubex", "PL")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("organisations", "none.csv"), "cannot be opened"),
        (("organisations", "."), "is not a file"),
        (("organisations", "empty.csv"), "The file is empty."),
        (("organisations", "firms.csv", "--encoding", "klingon"), "no encoding “klingon”"),
        (("organisations", "firms.csv", "--map", "nothing=name"), "There is no column “nothing”"),
        (("organisations", "firms.csv", "--report", "firms.csv"), "would overwrite"),
        (("companies", "firms.csv"), "No such command"),
        (("organisations",), "Missing argument"),
    ],
)
def test_a_call_that_cannot_be_carried_out_ends_with_2(
    sqlite_database_url: str, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    put(tmp_path / "firms.csv", [FIRM])
    (tmp_path / "empty.csv").touch()
    done = subprocess.run(
        [PROGRAM, "import", *arguments],
        env=os.environ
        | {"EXCHANGE_DATABASE_URL": sqlite_database_url, "EXCHANGE_VAR": str(tmp_path / "var")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_without_tables_is_told(tmp_path: Path) -> None:
    path = put(tmp_path / "firms.csv", [FIRM])
    done = subprocess.run(
        [PROGRAM, "import", "organisations", path],
        env=os.environ | {"EXCHANGE_VAR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in {1, 3}
    assert "exchange migrate" in done.stderr or "exchange doctor" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_shows_a_bar(sqlite_database_url: str, tmp_path: Path) -> None:
    path = put(tmp_path / "o.csv", notices("offer", 600))
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [PROGRAM, "import", "listings", path],
        env=os.environ
        | {
            "EXCHANGE_DATABASE_URL": sqlite_database_url,
            "EXCHANGE_VAR": str(tmp_path / "var"),
            "TERM": "xterm",
        },
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    end = time.monotonic() + 100
    while time.monotonic() < end:
        try:
            shown += os.read(ours, 4096)
        except OSError:
            # The other end of a terminal is closed when the process ends.
            break
    os.close(ours)
    assert process.wait(10) == 0
    text = shown.decode("utf-8", "replace")
    assert "o.csv" in text
    assert "100%" in text
    assert "matching" in text


def test_the_help_names_every_field(run: Run) -> None:
    said = run("listings", "--help").stdout
    assert all(
        word in said for word in ("external_id*", "tolerance_mm", "held_certificates", "--no-match", "hard ")
    )
