"""exchange demo."""

from __future__ import annotations

import json

import click

from exchange.commands.shared import EXIT_CODES, WRONG, command, read_settings, say
from exchange.compose import Exchange, composed, log_to_stderr
from marketplace import clock
from marketplace.demo.logins import PEOPLE, demo_password
from marketplace.demo.services import load_demo
from marketplace.settings import Settings


def logins(settings: Settings) -> list[dict[str, str]]:
    """Return the demo's logins: role, title, e-mail, password."""
    password = demo_password(settings.secret_key)
    return [
        {"role": person.role, "title": person.title, "email": person.email, "password": password}
        for person in PEOPLE
    ]


def fill(exchange: Exchange) -> bool:
    """Load the demo data into an empty database.

    Returns
    -------
    bool
        ``False`` where the database is not empty; nothing is changed then.
    """
    with exchange.database.transaction() as session:
        return load_demo(session, password=demo_password(exchange.settings.secret_key), now=clock.now())


@click.command(
    epilog=f"""\b
Examples:
  exchange demo                    fill an empty database
  exchange demo --logins           only print the logins
  exchange demo --logins --json    the same, for programs

{EXIT_CODES}"""
)
@click.option("--logins", "only_logins", is_flag=True, help="Print the demo logins and do nothing else.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the logins as JSON: role, title, email, password."
)
@command
def demo(*, only_logins: bool, as_json: bool) -> int | None:
    """Fill an empty database with an invented small world, and print how to log in.

    A database that holds anything is left as it is.
    """
    settings = read_settings()
    log_to_stderr(settings.log_level)
    if not only_logins and not _fill_once(settings):
        say("The database is not empty; nothing was changed.")
        return WRONG
    if as_json:
        click.echo(json.dumps(logins(settings), indent=2))
    else:
        click.echo(table_of_logins(settings))
    return None


def _fill_once(settings: Settings) -> bool:
    with composed(settings) as exchange:
        return fill(exchange)


def table_of_logins(settings: Settings) -> str:
    """Return the logins as lines for a terminal."""
    rows = logins(settings)
    widths = [max(len(row[name]) for row in rows) for name in ("title", "email")]
    return "\n".join(
        f"  {row['title']:<{widths[0]}}  {row['email']:<{widths[1]}}  {row['password']}" for row in rows
    )
