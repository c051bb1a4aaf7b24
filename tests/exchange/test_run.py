"""One command, one process: pages, worker, mail."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from marketplace.notifications.queries import kept
from tests.exchange.shell import SECRET, Shell
from tests.services import free_port
from tests.small_sectors import keep_small

PATIENCE_SECONDS = 60
EXCHANGE = str(Path(sys.executable).with_name("exchange"))


@dataclass
class Running:
    """A running exchange, and a browser without a screen."""

    process: subprocess.Popen[Any]
    url: str
    var: Path
    browser: urllib.request.OpenerDirector

    def get(self, path: str, **form: str) -> str:
        """Ask for a page, or send a form with the token that its page gives."""
        data = None
        if form:
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path))
            assert found is not None
            data = urllib.parse.urlencode({"csrf_token": unescape(found[1]), **form}).encode()
        address = path if path.startswith("http") else self.url + path
        with self.browser.open(address, data=data, timeout=30) as answer:
            return str(answer.read().decode())

    def subjects(self) -> dict[str, int]:
        """Return the kept mails: recipient and subject, to number."""
        rows, _total = kept.kept(self.var, offset=0, limit=500)
        return {f"{row.to}: {row.subject}": row.number for row in rows}


def until(found: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not found():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.05)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Running]]:
    """Give a way to start the exchange in one folder."""
    started: list[subprocess.Popen[str]] = []
    env = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    env |= {"EXCHANGE_VAR": str(tmp_path / "var"), "PYTHONUNBUFFERED": "1"}
    port = free_port()
    keep_small(tmp_path / "var")

    def run() -> Running:
        process = subprocess.Popen(
            [EXCHANGE, "run", "--port", str(port)],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        running = Running(
            process, f"http://127.0.0.1:{port}", tmp_path / "var", urllib.request.build_opener(jar)
        )
        until(lambda: answers(running), "the first page")
        return running

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def answers(running: Running) -> bool:
    assert running.process.poll() is None
    try:
        return running.get("/healthz") == "ok\n"
    except OSError:
        return False


def test_the_whole_of_it_in_one_process(start: Callable[[], Running]) -> None:
    running = start()
    # Somebody registers, and the mail comes with a link that works.
    running.get("/register", name="Ama Example", email="ama@example.org", password="correct horse battery")
    mail = "Ama Example <ama@example.org>: Confirm your e-mail address"
    until(lambda: mail in running.subjects(), "the mail")
    text = kept.opened(running.var, running.subjects()[mail]).text
    link = re.search(r"http://127\.0\.0\.1:\d+/verify/\S+", text)
    assert link is not None
    assert link[0].startswith(running.url)
    running.get(link[0], again="no")
    # The demo's matches have been found and told, each once.
    until(lambda: [mail for mail in running.subjects() if "A good match for" in mail], "a match")
    # The administrator reads the mail on a page.
    logins = subprocess.run(
        [EXCHANGE, "demo", "--logins", "--json"],
        env={**os.environ, "EXCHANGE_VAR": str(running.var)},
        capture_output=True,
        check=True,
        text=True,
    )
    admin = next(login for login in json.loads(logins.stdout) if login["role"] == "admin")
    running.get("/login", email=admin["email"], password=admin["password"])
    assert "A good match for" in running.get("/admin/mail")
    assert link[0] in running.get(f"/admin/mail/{running.subjects()[mail]}")
    # It ends quickly when asked to, says so, and keeps everything.
    began = time.monotonic()
    running.process.send_signal(signal.SIGINT)
    said, _nothing = running.process.communicate(timeout=PATIENCE_SECONDS)
    assert running.process.returncode == 0
    assert time.monotonic() - began < 10
    for words in (f"open at {running.url}", admin["email"], admin["password"], "All data is kept"):
        assert words in said
    assert "Traceback" not in said

    again = start()
    assert mail in again.subjects()
    again.process.send_signal(signal.SIGTERM)
    said, _nothing = again.process.communicate(timeout=PATIENCE_SECONDS)
    assert again.process.returncode == 0
    assert "Demo data loaded" not in said


def test_a_port_that_is_taken_is_told_before_anything_is_touched(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = shell("run", "--port", str(taken.getsockname()[1]))
    assert answer.code == 2
    assert "Address already in use" in answer.err
    assert not (shell.place / "var").exists()


def test_the_pages_are_served_for_production(shell: Shell) -> None:
    assert shell("migrate").code == 0
    port = free_port()
    keep_small(shell.place / "var")
    env = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    env |= {"EXCHANGE_VAR": str(shell.place / "var"), "EXCHANGE_SECRET_KEY": SECRET}
    process = subprocess.Popen(
        [EXCHANGE, "serve", "--port", str(port), "--workers", "1"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        serving = Running(
            process, f"http://127.0.0.1:{port}", shell.place / "var", urllib.request.build_opener()
        )
        until(lambda: answers(serving), "the first page")
        assert "Partnership Exchange" in serving.get("/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
