"""exchange evaluate retrieval."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import click

from exchange.commands.evaluate.faults import check_writable, named_faults, thesaurus_faults
from exchange.commands.shared import EXIT_CODES, command, read_settings
from marketplace import clock
from marketplace.search.engine import make_index
from marketplace.search.resolver import KeptResolver, encoder_of
from matching.evaluation.retrieval import measure, rank, read_task, run_lines

TAG = "exchange"


@click.command(
    epilog=f"""\b
Examples:
  exchange evaluate retrieval sets/needs
  exchange evaluate retrieval sets/needs --run-out needs.run --json

{EXIT_CODES}"""
)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--run-out", type=click.Path(dir_okay=False, path_type=Path), help="Write a TREC run to this file."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@command
def retrieval(folder: Path, run_out: Path | None, *, as_json: bool) -> None:
    """Measure how well the engine finds the right offers for requests.

    FOLDER holds a set in BEIR form: corpus.jsonl (_id, title, text), read as offers; queries.jsonl
    (_id, text), read as requests; qrels.tsv (request, offer, grade), with or without a header.
    Nothing of the installation is read or changed but its settings and its sectors.
    """
    settings = read_settings()
    with named_faults():
        task = read_task(folder)
    check_writable(run_out)
    encoder = encoder_of(settings)
    resolver = KeptResolver(settings.var, encoder)
    with thesaurus_faults():
        index = make_index(settings, encoder, resolver)
    resolver.wait()
    started = perf_counter()
    index.put_many(task.offers)
    index.merge()
    filled = perf_counter()
    ranked = dict(rank(task, index, clock.today()))
    ended = perf_counter()
    figures = measure(task, ranked)
    if run_out:
        with named_faults():
            run_out.write_text("".join(run_lines(ranked, TAG)), "utf-8")
    found = {
        **asdict(figures),
        "offers": len(task.offers),
        "seconds_to_fill": round(filled - started, 3),
        "milliseconds_per_request": round(1000 * (ended - filled) / max(1, len(task.requests)), 3),
    }
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        click.echo(f"{figures.requests} requests against {len(task.offers)} offers")
        click.echo(f"nDCG@10     {figures.ndcg:.4f}")
        click.echo(f"recall@100  {figures.recall:.4f}")
        click.echo(f"P@1         {figures.first:.4f}")
        click.echo(f"a request   {found['milliseconds_per_request']} ms")
        click.echo(f"to fill     {found['seconds_to_fill']} s")
