"""exchange import."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, Final

import click

from exchange.commands.shared import EXIT_CODES, USAGE, WRONG, command, read_settings, say
from exchange.compose import Exchange, compose, log_to_stderr
from exchange.importing.matching import Matched, match_imported
from exchange.importing.printing import as_json, as_text
from exchange.importing.progress import showing
from marketplace import clock
from marketplace.errors import Conflict, ExchangeError
from marketplace.imports.fields import LISTING_FIELDS, ORGANISATION_FIELDS, Field
from marketplace.imports.listings import ListingImporter
from marketplace.imports.mapping import UnusableMapping
from marketplace.imports.organisations import OrganisationImporter
from marketplace.imports.run import Importer, Options, Progress, import_table
from marketplace.imports.summary import Summary
from marketplace.policy import OPERATOR

Decorator = Callable[[Any], Any]
WIDTH: Final = 96

# What both sorts of table have in common, in the order of --help.
SHARED: Final[tuple[Decorator, ...]] = (
    click.argument("file", type=click.Path(path_type=Path)),
    click.option("--dry-run", is_flag=True, help="Read and check everything, write nothing."),
    click.option(
        "--map", "choices", multiple=True, metavar="COLUMN=FIELD",
        help="What a column holds; COLUMN= leaves it out. May be repeated.",
    ),
    click.option(
        "--report", type=click.Path(path_type=Path), metavar="FILE",
        help="Write all problems to this CSV file.",
    ),
    click.option(
        "--encoding", default="", help="Of a text file, such as cp1250; found out if left out.",
    ),
    click.option("--sheet", default="", help="Of a workbook; the first visible one if left out."),
    click.option("--json", "as_json_too", is_flag=True, help="Print the summary as JSON."),
)  # fmt: skip


def _fields(fields: Sequence[Field]) -> str:
    """Return the names of fields for --help, which must not wrap them in its own way."""
    names = ", ".join(f"{field.name}*" if field.required else field.name for field in fields)
    lines = textwrap.wrap(names, WIDTH - 4, break_on_hyphens=False)
    return "\b\nFields (* a table needs it; a column of this name is recognised):\n" + "\n".join(
        f"  {line}" for line in lines
    )


def _shared(run: Any) -> Any:
    return reduce(lambda function, decorate: decorate(function), reversed(SHARED), run)


@click.group(
    "import",
    epilog=f"""\b
Examples:
  exchange import organisations companies.csv --dry-run
  exchange import organisations companies.csv --map nip=identifier --report problems.csv
  exchange import listings notices.xlsx
  exchange import listings --help      which columns there may be

{EXIT_CODES}""",
)
def imports() -> None:
    """Bring in listings or organisations from a CSV or XLSX file.

    A row that cannot be read is reported with its line, field and reason, and the others go in.
    Rows that were imported before are recognised: what is the same changes nothing, so that an
    import that was interrupted is simply run again.
    """


@imports.command("listings", epilog=f"{_fields(LISTING_FIELDS)}\n\n{EXIT_CODES}")
@_shared
@click.option("--no-match", is_flag=True, help="Leave the matching to a worker.")
@command
def listings(*, no_match: bool, **given: Any) -> int | None:
    """Bring in offers and requests, with the organisations they name, and match them.

    They are published at once, except where the words hold contact details: then the office looks
    at them first. external_id tells a listing again; what a row leaves open stays as it is.

    A cell of requirements: hard tolerance_mm <= 0.05 mm; certificate: ISO 9001 & ISO 14001
    """
    return _run(ListingImporter(OPERATOR, clock.today()), _Call(**given, match=not no_match))


@imports.command("organisations", epilog=f"{_fields(ORGANISATION_FIELDS)}\n\n{EXIT_CODES}")
@_shared
@command
def organisations(**given: Any) -> int | None:
    """Bring in organisations.

    external_id tells an organisation again, else its legal identifier, else its name in its town.
    Others that look alike are reported, never merged.
    """
    return _run(OrganisationImporter(OPERATOR), _Call(**given, match=False))


@dataclass(frozen=True, slots=True)
class _Call:
    """What was typed."""

    file: Path
    dry_run: bool
    choices: tuple[str, ...]
    report: Path | None
    encoding: str
    sheet: str
    as_json_too: bool
    match: bool


def _run(importer: Importer, call: _Call) -> int | None:
    settings = read_settings()
    log_to_stderr(settings.log_level)
    exchange = compose(settings)
    try:
        return _import(exchange, importer, call)
    finally:
        exchange.database.dispose()


def _import(exchange: Exchange, importer: Importer, call: _Call) -> int | None:
    started = clock.now()
    try:
        summary = _read(exchange, importer, call)
    except UnusableMapping as error:
        say("The columns of this file cannot be used as they are:")
        for problem in error.problems:
            say(f"  {problem.message}")
        return USAGE
    except Conflict as error:
        say(str(error))
        return WRONG
    except ExchangeError as error:
        say(str(error))
        return USAGE
    matched: Matched | None = None
    if call.match and not call.dry_run:
        with showing("matching") as show:
            matched = match_imported(exchange.work, started, show)
    click.echo(as_json(summary, matched) if call.as_json_too else as_text(summary, matched, call.report))
    if summary.stopped:
        return USAGE
    return WRONG if summary.refused or (matched and matched.failed) else None


def _read(exchange: Exchange, importer: Importer, call: _Call) -> Summary:
    options = Options(
        choices=call.choices,
        dry_run=call.dry_run,
        report=call.report,
        encoding=call.encoding,
        sheet=call.sheet,
    )
    with showing(call.file.name) as show:

        def tell(progress: Progress) -> None:
            show(progress.done, progress.total, f"{progress.rows} rows")

        return import_table(
            exchange.database, OPERATOR, call.file, importer, options, now=clock.now, progress=tell
        )
