"""exchange serve."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from exchange.commands.shared import EXIT_CODES, command, prepare_sectors, read_settings
from exchange.compose import compose, log_to_stderr
from marketplace.settings import Settings

THREADS: Final = 8
# A request that takes longer is stuck; the process that serves it is replaced.
TIMEOUT_SECONDS: Final = 60
GRACE_SECONDS: Final = 10
# Gunicorn's workers show that they live by touching a file, which must not wait for a disk.
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 (the directory, for gunicorn's own private files)


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self.settings = settings
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand the options over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Put the parts together, in each worker for itself."""
        exchange = compose(self.settings)
        exchange.warm_up()
        return exchange.app


@click.command(
    epilog=f"""\b
Examples:
  exchange serve
  exchange serve --host 0.0.0.0 --port 8000 --workers 4

{EXIT_CODES}"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen on."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Processes; each has 8 threads.",
)
@command
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages under gunicorn, for production.

    Needs a migrated database, and `exchange worker` and `exchange beat` beside it. Behind a proxy,
    say with EXCHANGE_TRUSTED_PROXIES how many there are; their X-Forwarded-* headers are then
    believed, and nobody else's.
    """
    settings = read_settings()
    log_to_stderr(settings.log_level)
    prepare_sectors(settings)
    options = {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": TIMEOUT_SECONDS,
        "graceful_timeout": GRACE_SECONDS,
        # The application itself counts the proxies that it may believe.
        "forwarded_allow_ips": "",
        "proc_name": "exchange",
        # Nobody steers it from outside; signals are enough.
        "control_socket_disable": True,
        "loglevel": settings.log_level.lower(),
    }
    if SHARED_MEMORY.is_dir():
        options["worker_tmp_dir"] = str(SHARED_MEMORY)
    _Server(settings, options).run()
