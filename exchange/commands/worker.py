"""exchange worker, exchange beat."""

from __future__ import annotations

import signal
import sys
from typing import Any

import click

from exchange.commands.shared import EXIT_CODES, USAGE, command, read_settings, say
from exchange.compose import composed, log_to_stderr
from marketplace.settings import Settings
from workers.process import run_beat, run_worker


def _needs_redis(settings: Settings) -> bool:
    if settings.redis_url:
        return False
    say("EXCHANGE_REDIS_URL is not set. Processes of their own find each other through Redis;")
    say("without it, `exchange run` has the worker inside.")
    return True


@click.command(
    epilog=f"""\b
Examples:
  exchange worker
  exchange worker --concurrency 4

{EXIT_CODES}"""
)
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Child processes that do the work.",
)
@command
def worker(concurrency: int) -> int:
    """Carry out what happens without anybody waiting: matching and mail.

    Start as many of these as needed, on any machine; they share nothing but the database and
    Redis. One that is killed loses nothing: what it held comes back when its lease ends.
    SIGTERM lets running tasks finish.
    """
    settings = read_settings()
    if _needs_redis(settings):
        return USAGE
    log_to_stderr(settings.log_level)
    with composed(settings) as exchange:
        return run_worker(
            exchange.celery, exchange.work, concurrency=concurrency, log_level=settings.log_level
        )


@click.command(epilog=EXIT_CODES)
@command
def beat() -> int | None:
    """Announce what is due by the clock: the sweep every few seconds, time limits every few minutes.

    Start one of these. A second one does no harm, and without any, what the bell did not announce
    waits.
    """
    settings = read_settings()
    if _needs_redis(settings):
        return USAGE
    log_to_stderr(settings.log_level)
    signal.signal(signal.SIGTERM, _end)
    with composed(settings) as exchange:
        for task in ("expire", "keep_time"):
            exchange.work.ring(task)
        run_beat(exchange.celery)
    return None


def _end(_signal: int, _frame: Any) -> None:
    sys.exit(0)
