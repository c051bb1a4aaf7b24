"""exchange evaluate pairs."""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter

import click

from exchange.commands.evaluate.faults import check_writable, named_faults, thesaurus_faults
from exchange.commands.shared import EXIT_CODES, command, read_settings
from marketplace.search.engine import thesaurus_of
from marketplace.search.resolver import encoder_of
from matching.evaluation.pairs import area, false_kept, read_pairs, similarities
from matching.semantic import NullEncoder


@click.command(
    epilog=f"""\b
Examples:
  exchange evaluate pairs pairs.tsv
  exchange evaluate pairs pairs.tsv --no-encoder --json
  exchange evaluate pairs pairs.tsv --out similarities.tsv

{EXIT_CODES}"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write phrase, phrase, label, similarity to this file, tabs between.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--encoder/--no-encoder", default=True, show_default=True, help="Compare meanings as well.")
@command
def pairs(file: Path, out: Path | None, *, as_json: bool, encoder: bool) -> None:
    """Measure how well phrases that say the same are told from those that only look alike.

    FILE has a pair a line: phrase, tab, phrase, tab, 1 (the same) or 0. The thesaurus is the one of
    the settings; where they switch the encoder off, it stays off.
    """
    settings = read_settings()
    with named_faults():
        read = read_pairs(file)
    check_writable(out)
    with thesaurus_faults():
        thesaurus = thesaurus_of(settings)
    chosen = encoder_of(settings) if encoder else NullEncoder()
    # What is loaded and compiled at its first use is no part of the time of a pair.
    similarities(read[:1], chosen, thesaurus)
    started = perf_counter()
    values = similarities(read, chosen, thesaurus)
    seconds = perf_counter() - started
    same = [pair.same for pair in read]
    if out:
        rows = (f"{p.a}\t{p.b}\t{int(p.same)}\t{value:.4f}\n" for p, value in zip(read, values, strict=True))
        with named_faults():
            out.write_text("".join(rows), "utf-8")
    found = {
        "pairs": len(read),
        "same": sum(same),
        "auc": round(area(values, same), 4),
        "false_kept_at_95": round(false_kept(values, same), 4),
        "encoder": chosen.dimensions > 0,
        "milliseconds_per_pair": round(1000 * seconds / len(read), 3),
    }
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        using = "with" if found["encoder"] else "no"
        click.echo(f"{found['pairs']} pairs, {found['same']} of them the same; {using} encoder")
        click.echo(f"area under the ROC curve    {found['auc']:.4f}")
        click.echo(f"false pairs kept with 95 %  {found['false_kept_at_95']:.4f}")
        click.echo(f"time                        {found['milliseconds_per_pair']} ms a pair")
