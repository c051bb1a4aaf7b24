"""Whole installations, as somebody would start them: one process, or the parts of production."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from tests.services import free_port
from tests.small_sectors import keep_small

PROGRAM = Path(sys.executable).with_name("exchange")
PATIENCE_SECONDS = 60
SECRET = "only for tests, and long enough to be taken"


@dataclass(frozen=True)
class Installation:
    """A running exchange.

    Parameters
    ----------
    url
        Where it is open.
    passwords
        Of the demo people, by e-mail address.
    """

    url: str
    environment: Mapping[str, str]
    passwords: Mapping[str, str]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run an ``exchange`` command against this installation."""
        return run(self.environment, *words)


def run(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Run an ``exchange`` command to its end."""
    return subprocess.run(
        [PROGRAM, *words], env=dict(environment), capture_output=True, text=True, timeout=120, check=False
    )


@contextmanager
def process(
    environment: Mapping[str, str], log: Path, *words: str, end: signal.Signals = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    """Keep an ``exchange`` process running; it must end cleanly when it is asked to by a signal."""
    with log.open("ab") as out:
        started = subprocess.Popen([PROGRAM, *words], env=dict(environment), stdout=out, stderr=out)
    try:
        yield started
    finally:
        started.send_signal(end)
        try:
            ended = started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()
            ended = -1
    assert ended == 0, f"exchange {words[0]} ended with {ended}:\n{log.read_text()[-3000:]}"


def wait_until_open(url: str, log: Path) -> None:
    """Wait until the exchange answers."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310 (our own address)
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"{url} did not open:\n{log.read_text()[-3000:]}")


def settings(folder: Path, port: int, **more: str) -> dict[str, str]:
    """Return the environment of an installation whose files are in a folder of its own."""
    keep_small(folder)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    return kept | {"EXCHANGE_VAR": str(folder), "EXCHANGE_PUBLIC_URL": f"http://127.0.0.1:{port}"} | more


def _opened(environment: Mapping[str, str], url: str) -> Installation:
    printed = run(environment, "demo", "--logins", "--json")
    people = json.loads(printed.stdout)
    return Installation(url, environment, {person["email"]: person["password"] for person in people})


@contextmanager
def embedded(folder: Path) -> Iterator[Installation]:
    """Start what ``make run`` starts: one process on SQLite with the demo data."""
    port, log = free_port(), folder / "log"
    environment = settings(folder, port)
    # As Ctrl-C does.
    with process(environment, log, "run", "--port", str(port), end=signal.SIGINT):
        url = f"http://127.0.0.1:{port}"
        wait_until_open(url, log)
        yield _opened(environment, url)


@contextmanager
def production(folder: Path, postgres_url: str, redis_url: str, smtp_url: str) -> Iterator[Installation]:
    """Start the parts of production: gunicorn, a worker and the beat, each a process."""
    port, log = free_port(), folder / "log"
    environment = settings(
        folder,
        port,
        EXCHANGE_PRODUCTION="yes",
        EXCHANGE_SECRET_KEY=SECRET,
        EXCHANGE_DATABASE_URL=postgres_url.replace("+psycopg", ""),
        EXCHANGE_REDIS_URL=redis_url,
        EXCHANGE_SMTP_URL=smtp_url,
    )
    for words in (("migrate",), ("demo",)):
        done = run(environment, *words)
        assert done.returncode == 0, done.stderr
    with ExitStack() as running:
        running.enter_context(process(environment, folder / "worker.log", "worker"))
        running.enter_context(process(environment, folder / "beat.log", "beat"))
        running.enter_context(process(environment, log, "serve", "--port", str(port), "--workers", "1"))
        url = f"http://127.0.0.1:{port}"
        wait_until_open(url, log)
        yield _opened(environment, url)
