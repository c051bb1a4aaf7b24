"""exchange migrate."""

from __future__ import annotations

import click

from exchange import schema
from exchange.commands.shared import EXIT_CODES, command, read_settings
from exchange.compose import log_to_stderr
from marketplace.db import Database


@click.command(
    epilog=f"""\b
Examples:
  exchange migrate
  EXCHANGE_DATABASE_URL=postgresql://exchange@db/exchange exchange migrate

{EXIT_CODES}"""
)
@command
def migrate() -> None:
    """Bring the database's schema up to date.

    Safe to run at every start: where nothing is to be done, it does nothing, and two that start
    together wait for each other.
    """
    settings = read_settings()
    log_to_stderr(settings.log_level)
    database = Database(settings.database_url)
    try:
        before, now = schema.upgrade(settings, database)
    finally:
        database.dispose()
    click.echo(f"schema {now}: nothing to do" if before == now else f"schema {before or 'empty'} → {now}")
