"""exchange evaluate sectors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import click

from exchange.commands.evaluate.faults import check_writable, named_faults
from exchange.commands.shared import EXIT_CODES, command, read_settings
from marketplace.search.resolver import encoder_of
from marketplace.settings import Settings
from matching.evaluation.sectors import (
    LabelledPhrase,
    SectorFigures,
    SectorReport,
    evaluate_sectors,
    phrases_to_learn,
    read_labelled,
    run_lines,
)
from matching.resolver import SectorResolver
from matching.resolver.titles import title_languages

TAG: Final = "exchange"
ALL: Final = "all"


@click.command(
    epilog=f"""\b
Examples:
  exchange evaluate sectors phrases.jsonl
  exchange evaluate sectors phrases.jsonl --learn others.jsonl --json
  exchange evaluate sectors foreign.jsonl --titles en --learn others.jsonl

{EXIT_CODES}"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--learn",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Learn the phrases of this file first; the same form.",
)
@click.option(
    "--titles",
    default="",
    metavar="LANGUAGES",
    help="Only titles in these languages (en,fr); all if left out.",
)
@click.option(
    "--run-out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the classes found to this file, as a TREC run.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@command
def sectors(file: Path, learn: Path | None, titles: str, run_out: Path | None, *, as_json: bool) -> None:
    """Measure how often the resolver finds the class of a phrase.

    FILE holds a record a line, with text, gold (a list of ISIC classes) and, where there are any, id,
    lang and division; or it is a CSV table with the columns text and code. The resolver is built
    anew; nothing of the installation is read or changed but the setting of the encoder.
    """
    settings = read_settings()
    languages = _languages(titles)
    with named_faults():
        labelled = read_labelled(file)
        taught = read_labelled(learn) if learn else []
    check_writable(run_out)
    resolver, seconds = _built(settings, languages, taught)
    started = perf_counter()
    report = evaluate_sectors(resolver, labelled)
    each_ms = 1000 * (perf_counter() - started) / max(1, len(labelled))
    if run_out:
        with named_faults():
            run_out.write_text("".join(f"{line}\n" for line in run_lines(report, TAG)), encoding="utf-8")
    about = {
        "titles": len(resolver) - resolver.learnt,
        "learnt": resolver.learnt,
        "encoder": settings.encoder,
    }
    times = {"build_seconds": round(seconds, 1), "phrase_ms": round(each_ms, 2)}
    if as_json:
        click.echo(json.dumps(_as_json(report, about | times), indent=2))
    else:
        _print(report, about | times)


def _languages(titles: str) -> list[str]:
    """Return the languages asked for; a wrong call where there are no titles in one of them."""
    languages = titles.replace(",", " ").split()
    known = title_languages()
    for language in languages:
        if language not in known:
            raise click.BadParameter(
                f"There are no titles in “{language}”, only in {', '.join(sorted(known))}.",
                param_hint="--titles",
            )
    return languages


def _built(
    settings: Settings, languages: Sequence[str], taught: Sequence[LabelledPhrase]
) -> tuple[SectorResolver, float]:
    started = perf_counter()
    phrases = phrases_to_learn(taught)
    resolver = SectorResolver.build(encoder_of(settings), languages or None, phrases)
    return resolver, perf_counter() - started


def _as_json(report: SectorReport, about: dict[str, Any]) -> dict[str, Any]:
    return {
        **about,
        "total": asdict(report.total),
        "languages": {language or "unknown": asdict(row) for language, row in report.by_language.items()},
        "look_up": report.total.looked_up > 0,
    }


def _print(report: SectorReport, about: dict[str, Any]) -> None:
    click.echo(
        f"{about['titles']} titles, {about['learnt']} phrases learnt, "
        f"encoder {'on' if about['encoder'] else 'off'}; built in {about['build_seconds']} s, "
        f"{about['phrase_ms']} ms a phrase"
    )
    click.echo(f"\n{'':<8} {'phrases':>7}  class@1  class@5  division@1  titles  looked up")
    rows = [(language or "unknown", row) for language, row in report.by_language.items()]
    for name, row in [*rows, (ALL, report.total)]:
        click.echo(
            f"{name:<8} {row.phrases:>7}  {row.class_at_1:>7.4f}  {row.class_at_5:>7.4f}  "
            f"{row.division_at_1:>10.4f}  {row.titles:>6}  {row.looked_up:>9}"
        )
    for name, row in rows:
        if row.titles and row.looked_up:
            click.echo(_warning(name, row))


def _warning(language: str, row: SectorFigures) -> str:
    return (
        f"\n{language}: {row.titles} titles or learnt phrases in this language are in the index, and "
        f"{row.looked_up} of the {row.phrases} phrases are among them word for word: this figure is partly "
        "a look-up. --titles leaves titles out."
    )
