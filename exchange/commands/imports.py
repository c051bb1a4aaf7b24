"""exchange import."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from exchange.commands.match import OPERATOR
from exchange.commands.shared import EXIT_CODES, USAGE, WRONG, command, read_settings, say
from exchange.compose import Exchange, composed, log_to_stderr
from marketplace import clock, outbox
from marketplace.errors import ExchangeError
from marketplace.imports.listings import ListingImporter
from marketplace.imports.mapping import UnusableMapping
from marketplace.imports.organisations import OrganisationImporter
from marketplace.imports.run import Importer, Options, Progress, Summary, import_table, in_words
from workers import relay

KINDS: Final = ("listings", "organisations")
EPILOG = f"""\b
Examples:
  exchange import organisations companies.csv --dry-run
  exchange import organisations companies.csv --map nip=identifier --report problems.csv
  exchange import listings notices.xlsx

{EXIT_CODES}"""


@click.command("import", epilog=EPILOG)
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing.")
@click.option(
    "--map", "choices", multiple=True, metavar="COLUMN=FIELD", help="What a column holds; may be repeated."
)
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write every problem to this CSV file."
)
@click.option(
    "--encoding", default="", help="Of a text file, such as utf-16 or cp1252; found out if left out."
)
@click.option("--sheet", default="", help="Of a workbook; the first one if left out.")
@command
def imports(
    kind: str,
    file: Path,
    *,
    dry_run: bool,
    choices: tuple[str, ...],
    report: Path | None,
    encoding: str,
    sheet: str,
) -> int | None:
    """Bring in listings or organisations from a CSV or XLSX file.

    A row that cannot be read is reported with its line, field and reason, and the others go in. Rows
    with an external_id can be imported again: what is the same changes nothing.
    """
    settings = read_settings()
    log_to_stderr(settings.log_level)
    options = Options(choices=choices, dry_run=dry_run, report=report, encoding=encoding, sheet=sheet)
    try:
        with composed(settings) as exchange:
            summary = _bring_in(exchange, kind, file, options)
    except UnusableMapping as error:
        say("The columns of this file cannot be used as they are:")
        for problem in error.problems:
            say(f"  {problem.message}")
        return USAGE
    except ExchangeError as error:
        say(str(error))
        return USAGE
    for problem in summary.shown:
        say(f"  line {problem.line}: {problem.field or 'row'}: {problem.message}")
    click.echo(in_words(summary, dry_run=dry_run))
    return WRONG if summary.refused else None


def _bring_in(exchange: Exchange, kind: str, file: Path, options: Options) -> Summary:
    importer: Importer = (
        ListingImporter(OPERATOR, clock.today()) if kind == "listings" else OrganisationImporter(OPERATOR)
    )
    summary = import_table(
        exchange.database, OPERATOR, file, importer, options, now=clock.now, progress=_show
    )
    say("")
    if not options.dry_run:
        _match(exchange)
    return summary


def _show(progress: Progress) -> None:
    share = 100 * progress.done // progress.total if progress.total else 100
    click.echo(f"\r{progress.rows} rows, {share} %", err=True, nl=False)


def _match(exchange: Exchange) -> None:
    """Match what came in, here and now, so that matches are there when the command returns."""
    with exchange.database.reading() as session:
        waiting = outbox.waiting(session, clock.now())
    while waiting:
        say("Matching …")
        relay.relay(exchange.work)
        with exchange.database.reading() as session:
            left = outbox.waiting(session, clock.now())
        if left >= waiting:
            return
        waiting = left
