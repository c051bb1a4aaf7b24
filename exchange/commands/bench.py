"""exchange bench."""

from __future__ import annotations

import json

import click

from exchange.bench.engine import PAIRS_MOST
from exchange.bench.pages.browser import PageRefused
from exchange.bench.pages.report import lines as page_lines
from exchange.bench.pages.run import Wish, measure_pages
from exchange.bench.pages.world.draw import Size as WorldSize
from exchange.bench.report import lines
from exchange.bench.run import Against, Size, measure
from exchange.commands.shared import EXIT_CODES, USAGE, WRONG, command, read_settings, say
from marketplace.search.resolver import encoder_of
from matching.evaluation.synthetic import PROSE
from matching.reading import Reader
from matching.semantic import NullEncoder


@click.group(
    epilog=f"""\b
Examples:
  exchange bench matching --listings 100000
  exchange bench pages --postgres postgresql://postgres@127.0.0.1/postgres

{EXIT_CODES}"""
)
def bench() -> None:
    """Measure how fast the engine and the pages are on this machine."""


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


SMALLEST = 200
NO_POSTGRES = "No PostgreSQL: give --postgres, or set EXCHANGE_DATABASE_URL to one."


def _sizes(_context: click.Context, _parameter: click.Parameter, text: str) -> tuple[int, ...]:
    """Read numbers of listings, parted by commas; the largest comes first."""
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and int(word) >= SMALLEST for word in words):
        raise click.BadParameter(
            f"whole numbers of {SMALLEST} and more, parted by commas, such as 100000,10000"
        )
    return tuple(sorted({int(word) for word in words}, reverse=True))


@bench.command(
    epilog=f"""\b
Examples:
  exchange bench pages --postgres postgresql://postgres@127.0.0.1/postgres
  exchange bench pages --sizes 20000,2000 --rounds 5 --limit-ms 150 --json

{EXIT_CODES}"""
)
@click.option("--postgres", metavar="URL", help="A PostgreSQL server, instead of the settings' one.")
@click.option(
    "--sizes",
    default="100000,10000",
    show_default=True,
    metavar="N,N",
    callback=_sizes,
    help="Listings; a fifth as many organisations, half as many introductions. Times are of the largest.",
)
@click.option(
    "--matches",
    type=click.FloatRange(0.1, 100),
    default=10.0,
    show_default=True,
    metavar="N",
    help="Stored matches, for each listing.",
)
@click.option(
    "--rounds", type=click.IntRange(1), default=30, show_default=True, help="How often each page is asked."
)
@click.option("--others/--no-others", default=True, show_default=True, help="The members' pages as well.")
@click.option(
    "--jit", is_flag=True, help="Once more with PostgreSQL's compiler, which the exchange switches off."
)
@click.option("--limit-ms", type=click.FloatRange(0), help="Exit 1 if a page of the desk takes longer (p95).")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of what is made up.")
@click.option("--keep", is_flag=True, help="Leave the databases on the server, and say what they are called.")
@click.option("--filled", metavar="URL", help="A database that --keep has left, in place of the first size.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@command
def pages(
    *,
    postgres: str | None,
    sizes: tuple[int, ...],
    matches: float,
    rounds: int,
    others: bool,
    jit: bool,
    limit_ms: float | None,
    seed: int,
    keep: bool,
    filled: str | None,
    as_json: bool,
) -> int | None:
    """Measure how fast pages answer in a large exchange, and how many queries each takes.

    A database of its own is made on the server for each size, filled with what is made up, and dropped at
    the end. Nothing of the installation is read or changed but the address of its server. The pages of the
    desk are asked by an officer of a large office, one after another, in this process.
    """
    server = postgres or read_settings().database_url
    if not server.startswith("postgresql"):
        say(NO_POSTGRES)
        return USAGE
    wish = Wish(
        sizes=tuple(WorldSize(n, n // 5, n // 2, round(n * matches), seed) for n in sizes),
        rounds=rounds,
        others=others,
        jit=jit,
        keep=keep,
        limit_ms=limit_ms,
        filled=filled,
    )
    try:
        found = measure_pages(wish, server, say)
    except PageRefused as error:
        say(f"A page did not answer: {error}")
        return WRONG
    if as_json:
        click.echo(json.dumps(found.plain(), indent=2))
    else:
        for line in page_lines(found):
            click.echo(line)
    return WRONG if found.growing or found.late else None
