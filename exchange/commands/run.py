"""exchange run."""

from __future__ import annotations

import dataclasses
import logging
import signal
import socket
import threading
from typing import Any, Final

import click
from werkzeug.serving import WSGIRequestHandler, make_server

from exchange import schema
from exchange.commands.demo import fill, table_of_logins
from exchange.commands.shared import EXIT_CODES, USAGE, command, prepare_sectors, read_settings, say
from exchange.compose import Exchange, composed, log_to_stderr
from marketplace.settings import Settings
from workers.embedded import EmbeddedWorker

DEFAULT_URL: Final = "http://127.0.0.1:8000"
LAST_PORT: Final = 65535
EVERYWHERE: Final = ("0.0.0.0", "::", "")  # noqa: S104 (only compared with)

log = logging.getLogger(__name__)


class _Handler(WSGIRequestHandler):
    """Answers over connections that stay open, and logs only what failed."""

    protocol_version = "HTTP/1.1"
    # A browser may keep a connection without using it; its thread ends after this.
    timeout = 30

    def version_string(self) -> str:
        """Tell nobody what we run on."""
        return "exchange"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave out what went well."""
        if str(code).startswith("5"):
            super().log_request(code, size)


@click.command(
    epilog=f"""\b
Examples:
  exchange run
  exchange run --port 8123
  exchange run --host 0.0.0.0      to be reached from other machines

{EXIT_CODES}"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, LAST_PORT), default=8000, show_default=True, help="Port to listen on."
)
@command
def run(host: str, port: int) -> int | None:
    """Start everything in one process, for trying the exchange and for small offices.

    Brings the database up to date (SQLite under var/, unless set otherwise), fills it with demo
    data if it is empty, starts the worker, and serves. Ctrl-C stops it; all data is kept.
    """
    settings = _with_address(read_settings(), host, port)
    log_to_stderr(settings.log_level)
    try:
        listening = _bind(host, port)
    except OSError as error:
        say(f"Nothing can listen on {host}, port {port}: {error.strerror or error}.")
        say(f"Choose another port: exchange run --port {port + 1 if port < LAST_PORT else port - 1}")
        return USAGE
    with listening, composed(settings) as exchange:
        _prepare(exchange)
        prepare_sectors(settings)
        worker = EmbeddedWorker(exchange.celery)
        worker.start()
        # What waits since the last time, or ended meanwhile.
        for task in ("expire", "keep_time", "sweep"):
            exchange.work.ring(task)
        _greet(settings, host, port)
        _serve(exchange, listening)
        click.echo("\nStopping …")
        worker.stop()
    click.echo("Stopped. All data is kept; start again with the same command.")
    return None


def _prepare(exchange: Exchange) -> None:
    before, now = schema.upgrade(exchange.settings, exchange.database)
    if before != now:
        say(f"Database brought up to date ({now}).")
    if fill(exchange):
        say("Demo data loaded.")
    exchange.warm_up()


def _with_address(settings: Settings, host: str, port: int) -> Settings:
    """Let the links in mails lead to the address that is served, unless another one was set."""
    if settings.public_url != DEFAULT_URL:
        return settings
    name = "127.0.0.1" if host in EVERYWHERE else host
    return dataclasses.replace(settings, public_url=f"http://{f'[{name}]' if ':' in name else name}:{port}")


def _bind(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def _serve(exchange: Exchange, listening: socket.socket) -> None:
    """Serve until the process is asked to end."""
    host, port = listening.getsockname()[:2]
    server = make_server(
        host, port, exchange.app, threaded=True, request_handler=_Handler, fd=listening.fileno()
    )
    # Threads of requests end with the process; what they had not committed leaves no trace.
    server.daemon_threads = True  # type: ignore[attr-defined]

    def stop(_signal: int, _frame: Any) -> None:
        # shutdown() waits for the loop, which runs in this very thread.
        threading.Thread(target=server.shutdown, name="stop", daemon=True).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server.serve_forever(poll_interval=0.2)
    server.server_close()


def _greet(settings: Settings, host: str, port: int) -> None:
    click.echo("")
    click.echo(f"The exchange is open at {settings.public_url}")
    if host in EVERYWHERE:
        click.echo(f"and on every address of this machine, port {port}.")
    click.echo("")
    click.echo("Log in as (demo):")
    click.echo(table_of_logins(settings))
    click.echo("")
    if not settings.smtp_url:
        click.echo(f"Mail is kept in {settings.var / 'mail'} and can be read at /admin/mail.")
    click.echo("Stop with Ctrl-C.")
