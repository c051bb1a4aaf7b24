"""exchange doctor."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Sequence

import click
from sqlalchemy.exc import DBAPIError

from exchange.checks import mail, stores, workers
from exchange.checks.check import Check, Verdict, broken
from exchange.commands.shared import EXIT_CODES, WRONG, command, read_settings
from exchange.compose import Exchange, composed, log_to_stderr

COLOURS = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red"}


@click.command(
    epilog=f"""\b
Examples:
  exchange doctor
  exchange doctor --quick          without the probe and the mail server
  exchange doctor --json           for programs

{EXIT_CODES}"""
)
@click.option(
    "--quick",
    is_flag=True,
    help="Leave out what takes seconds: the probe of the worker, and the mail server.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: name, verdict, found, mend.")
@command
def doctor(*, quick: bool, as_json: bool) -> int | None:
    """Say what is wrong with this installation, and how to mend it.

    Looks at the database and its schema, Redis, a probe that a worker really carries out, mail, the
    disk, the clock, the secret key, and what waits or was set aside. Exit code 1 if anything
    fails; warnings leave it at 0.
    """
    settings = read_settings()
    log_to_stderr("ERROR", talkative="CRITICAL")
    checks = []
    with composed(settings) as exchange:
        for check in _examine(exchange, quick=quick):
            checks.append(check)
            if not as_json:
                _print(check)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(check) for check in checks], indent=2))
    return WRONG if any(check.verdict is Verdict.FAIL for check in checks) else None


def _examine(exchange: Exchange, *, quick: bool) -> Iterator[Check]:
    settings, database = exchange.settings, exchange.database
    yield stores.key(settings)
    yield stores.disk(settings)
    yield from stores.broker(settings)
    if not quick:
        yield mail.post(settings)
    answer = stores.database(settings, database)
    yield answer
    if answer.verdict is Verdict.FAIL:
        return
    schema = stores.at_head(settings, database)
    yield schema
    if schema.verdict is Verdict.FAIL:
        return
    further: Sequence[tuple[str, Callable[[], list[Check]]]] = (
        ("clock", lambda: [stores.clocks(database)]),
        ("waiting", lambda: mail.backlog(database)),
        *(() if quick else (("worker", lambda: workers.probe(exchange)),)),
    )
    for name, look in further:
        try:
            yield from look()
        except DBAPIError as error:
            yield broken(name, str(error.orig).strip().splitlines()[0], "Look at the database's log.")


def _print(check: Check) -> None:
    verdict = click.style(
        f"{check.verdict.value:<5}", fg=COLOURS[check.verdict], bold=check.verdict is not Verdict.OK
    )
    click.echo(f"{verdict} {check.name:<13} {check.found}")
    if check.mend:
        click.echo(f"{'':<5} {'':<13} → {check.mend}")
