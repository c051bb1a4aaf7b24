"""exchange bench."""

from __future__ import annotations

import json

import click

from exchange.bench.engine import PAIRS_MOST
from exchange.bench.report import lines
from exchange.bench.run import Against, Size, measure
from exchange.commands.shared import EXIT_CODES, WRONG, command, read_settings, say
from marketplace.search.resolver import encoder_of
from matching.evaluation.synthetic import PROSE
from matching.reading import Reader
from matching.semantic import NullEncoder


@click.group(
    epilog=f"""\b
Examples:
  exchange bench matching --listings 100000
  exchange bench matching --listings 20000 --no-encoder --no-rivals --json

{EXIT_CODES}"""
)
def bench() -> None:
    """Measure how fast the engine is on this machine."""


@bench.command(
    epilog=f"""\b
Examples:
  exchange bench matching --listings 100000
  exchange bench matching --listings 20000 --no-encoder --no-rivals --json
  exchange bench matching --listings 100000 --postgres postgresql://postgres@127.0.0.1/postgres

{EXIT_CODES}"""
)
@click.option(
    "--listings", type=click.IntRange(100), required=True, metavar="N", help="Offers to match against."
)
@click.option(
    "--requests", type=click.IntRange(1, 100_000), default=500, show_default=True, help="Requests to ask."
)
@click.option(
    "--rivals/--no-rivals", "with_rivals", default=True, show_default=True, help="Measure others too."
)
@click.option(
    "--pairs",
    type=click.IntRange(1),
    default=PAIRS_MOST,
    show_default=True,
    help="Of each side in the measure of all pairs, at most.",
)
@click.option("--encoder/--no-encoder", default=True, show_default=True, help="Compare meanings as well.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the listings.")
@click.option(
    "--prose",
    type=click.FloatRange(0, 1),
    default=PROSE,
    show_default=True,
    help="Share of listings with a sentence like nobody else's.",
)
@click.option("--postgres", metavar="URL", help="PostgreSQL for pg_trgm, instead of the settings' one.")
@click.option(
    "--budget",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="For each rival's answers; at least one request is measured.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@command
def matching(
    *,
    listings: int,
    requests: int,
    pairs: int,
    with_rivals: bool,
    encoder: bool,
    seed: int,
    prose: float,
    postgres: str | None,
    budget: float,
    as_json: bool,
) -> int | None:
    """Measure the engine on made-up listings, beside what people would use instead.

    One request is asked at a time, by one thread. Nothing of the installation is read or changed but
    the settings of the encoder and of the database; in a PostgreSQL, what the measure makes is undone.
    """
    settings = read_settings()
    reader = Reader(encoder_of(settings) if encoder else NullEncoder())
    reader.read("warm", "en")
    own = settings.database_url if settings.database_url.startswith("postgresql") else None
    against = Against(postgres or own, budget) if with_rivals else None
    found = measure(Size(listings, requests, pairs, seed, prose), reader, against, say)
    if as_json:
        click.echo(json.dumps(found.plain(), indent=2))
    else:
        for line in lines(found):
            click.echo(line)
    return WRONG if found.exactness.differences or found.finding.missed else None
