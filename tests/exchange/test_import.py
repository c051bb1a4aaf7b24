"""`exchange import` as somebody types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace import clock, outbox
from marketplace.db import Database
from marketplace.listings.models import Listing
from marketplace.matches.models import Match
from marketplace.organisations.models import Organisation
from marketplace.outbox import Event
from tests.exchange.shell import Shell

PROGRAM = Path(sys.executable).with_name("exchange")
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
    """Give the environment of a process on an empty database, of both kinds."""
    return environment(database_url, tmp_path)


def environment(database_url: str, folder: Path) -> dict[str, str]:
    """Return the environment of a process of an installation of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    url = database_url.replace("postgresql+psycopg://", "postgresql://")
    return kept | {"EXCHANGE_DATABASE_URL": url, "EXCHANGE_VAR": str(folder / "var")}


@pytest.fixture
def typed(shell: Shell, database_url: str) -> Shell:
    """Give a shell on an empty database, of both kinds."""
    shell.set("EXCHANGE_DATABASE_URL", database_url.replace("postgresql+psycopg://", "postgresql://"))
    return shell


@pytest.fixture
def quick(shell: Shell, sqlite_database_url: str) -> Shell:
    """Give a shell on an empty SQLite database."""
    shell.set("EXCHANGE_DATABASE_URL", sqlite_database_url)
    return shell


@pytest.fixture
def stored(sqlite_database_url: str, open_database: Callable[[str], Database]) -> Database:
    """Give what the quick shell writes to."""
    return open_database(sqlite_database_url)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "more"), [("utf-16", "\t", ()), ("cp1250", ";", ("--encoding", "cp1250"))]
)
def test_a_table_in_any_encoding_comes_in(
    sqlite_database_url: str,
    stored: Database,
    tmp_path: Path,
    encoding: str,
    delimiter: str,
    more: tuple[str, ...],
) -> None:
    path = put(tmp_path / "firms.csv", [FIRM], encoding=encoding, delimiter=delimiter)
    done = subprocess.run(
        [PROGRAM, "import", "organisations", path, *more],
        env=environment(sqlite_database_url, tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, "1 rows: 1 new" in done.stdout) == (0, True), done
    with stored.reading() as session:
        found = session.execute(sa.select(Organisation.name, Organisation.city)).one()
        assert tuple(found) == ("Śrubex Łańcut", "Łańcut")


def test_matches_exist_when_the_command_returns(typed: Shell, database: Database, tmp_path: Path) -> None:
    first = typed("import", "listings", str(put(tmp_path / "r.csv", notices("request"))))
    offers = str(put(tmp_path / "o.csv", notices("offer")))
    second = typed("import", "listings", offers, "--json")
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert "Matched; 0 matches" in first.out
    said = json.loads(second.out)
    assert (said["rows"], said["created"], said["refused"], said["dry_run"]) == (5, 5, 0, False)
    with database.reading() as session:
        matches = session.scalars(sa.select(Match)).all()
        assert said["matching"] == {"matches": len(matches), "failed": 0}
        requests = session.scalars(sa.select(Listing.id).where(Listing.side == "request")).all()
        assert {match.request_id for match in matches} == set(requests)
        assert outbox.waiting(session, clock.now()) == 0
    again = json.loads(typed("import", "listings", offers, "--json").out)
    assert (again["unchanged"], again["matching"]) == (5, said["matching"])


def test_matching_is_left_to_a_worker_or_made_up_for_later(
    quick: Shell, stored: Database, tmp_path: Path
) -> None:
    paths = [str(put(tmp_path / f"{side}.csv", notices(side))) for side in ("request", "offer")]
    for path in paths:
        left = quick("import", "listings", path, "--no-match")
        assert (left.code, "Matched" in left.out) == (0, False)
    with stored.reading() as session:
        assert outbox.waiting(session, clock.now()) == 2
    # As after a power cut between the last batch and its matching: nothing is new, and it is made up for.
    assert quick("import", "listings", paths[0]).code == 0
    with stored.reading() as session:
        assert len(session.scalars(sa.select(Match)).all()) >= len(SKILLS)


def test_what_a_worker_is_matching_is_waited_for(
    quick: Shell, stored: Database, sqlite_database_url: str, tmp_path: Path
) -> None:
    path = put(tmp_path / "o.csv", notices("offer"))
    quick("import", "listings", str(path), "--no-match")
    with stored.transaction() as session:
        (event,) = outbox.claim(session, clock.now(), 5)
    process = subprocess.Popen(
        [PROGRAM, "import", "listings", path],
        env=environment(sqlite_database_url, tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(5)
        with stored.transaction() as session:
            assert outbox.settle(session, event.id, event.attempts, clock.now())
        assert process.wait(60) == 0
    with stored.reading() as session:
        assert session.scalars(sa.select(Event.attempts)).all() == [1]


def test_two_at_the_same_time_do_nothing_twice(
    env: dict[str, str], database: Database, tmp_path: Path
) -> None:
    paths = [put(tmp_path / f"{side}.csv", notices(side, 60)) for side in ("request", "offer", "offer")]
    processes = [
        subprocess.Popen(
            [PROGRAM, "import", "listings", path], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        for path in paths
    ]
    errors = [process.communicate(timeout=100)[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * 3, errors
    with database.reading() as session:
        assert len(session.scalars(sa.select(Listing.id)).all()) == 120
        assert len(session.scalars(sa.select(Organisation.id)).all()) == 120
        matched = {*session.scalars(sa.select(Match.request_id)), *session.scalars(sa.select(Match.offer_id))}
        assert len(matched) == 120
        # Nothing waits, and whatever failed at first because of the other was done in the end.
        assert {event.done_at is not None for event in session.scalars(sa.select(Event))} == {True}


def test_refused_rows_are_told_with_their_place(quick: Shell, tmp_path: Path) -> None:
    rows = [
        FIRM | {"external_id": f"F-{n}", "country": "Atlantis" if n % 2 else "PL", "wins": "7"}
        for n in range(60)
    ]
    path, report = put(tmp_path / "f.csv", rows), tmp_path / "report.csv"
    done = quick("import", "organisations", str(path), "--report", str(report))
    assert done.code == 1
    assert "line 3, country: “Atlantis” is not a country." in done.out
    assert done.out.count("  line ") == 20
    assert "unknown_country 30" in done.out
    assert f"more; {report} holds all of them" in done.out
    assert "Columns not used: wins." in done.out
    assert "30 refused" in done.out
    assert len(report.read_text("utf-8-sig").splitlines()) > 30


def test_a_dry_run_writes_nothing(quick: Shell, stored: Database, tmp_path: Path) -> None:
    done = quick("import", "listings", str(put(tmp_path / "o.csv", notices("offer"))), "--dry-run")
    assert (done.code, "5 would be new" in done.out) == (0, True)
    with stored.reading() as session:
        assert session.scalars(sa.select(Listing.id)).all() == []
        assert session.scalars(sa.select(Event.id)).all() == []


def test_columns_are_mapped(quick: Shell, stored: Database, tmp_path: Path) -> None:
    path = str(put(tmp_path / "f.csv", [{"Who": "Śrubex", "Where=": "Poland"}]))
    refused = quick("import", "organisations", path)
    assert refused.code == 2
    assert "--map column=name" in refused.err
    assert quick("import", "organisations", path, "--map", "Who=name", "--map", "Where==country").code == 0
    with stored.reading() as session:
        found = session.execute(sa.select(Organisation.name, Organisation.country)).one()
        assert tuple(found) == ("Śrubex", "PL")


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
    quick: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    put(tmp_path / "firms.csv", [FIRM])
    (tmp_path / "empty.csv").touch()
    monkeypatch.chdir(tmp_path)
    done = quick("import", *arguments)
    assert (done.code, said in done.err) == (2, True), done.err


def test_a_database_without_tables_is_told(shell: Shell, tmp_path: Path) -> None:
    done = shell("import", "organisations", str(put(tmp_path / "firms.csv", [FIRM])))
    assert done.code in {1, 3}
    assert "exchange migrate" in done.err or "exchange doctor" in done.err


def test_a_terminal_shows_a_bar(sqlite_database_url: str, tmp_path: Path) -> None:
    path = put(tmp_path / "o.csv", notices("offer"))
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [PROGRAM, "import", "listings", path],
        env=environment(sqlite_database_url, tmp_path) | {"TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:
        # On Linux that is how a terminal says that its other end has gone.
        pass
    os.close(ours)
    assert process.wait(10) == 0
    text = shown.decode("utf-8", "replace")
    assert text.count("100%") >= 2
    assert "o.csv" in text
    assert "5 rows" in text
    assert "matching" in text
    assert "5 of 5 listings" in text


def test_the_help_names_every_field(shell: Shell) -> None:
    said = shell("import", "listings", "--help").out
    assert all(
        word in said for word in ("external_id*", "tolerance_mm", "held_certificates", "--no-match", "hard ")
    )
