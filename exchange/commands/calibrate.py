"""exchange calibrate."""

from __future__ import annotations

import click

from exchange.commands.shared import EXIT_CODES, command, read_settings
from exchange.compose import log_to_stderr
from marketplace import clock
from marketplace.db import Database
from marketplace.learning.measured import Measured, measured_from_json
from marketplace.learning.services.calibrate import calibrate as learn
from marketplace.policy import OPERATOR
from matching.calibrate import KIND_MINIMUM, MINIMUM, Calibration, from_json, telling
from matching.reliability import Bin


@click.command(
    epilog=f"""\b
Examples:
  exchange calibrate
  exchange calibrate --dry-run

{EXIT_CODES}"""
)
@click.option("--dry-run", is_flag=True, help="Learn and print, but keep nothing.")
@command
def calibrate(*, dry_run: bool) -> None:
    """Learn from what became of introductions what scores have meant.

    From then on a match says "of 34 introductions like this, 24 were accepted", and says nothing
    where too few were decided. Silence counts as not accepted; what was taken back does not count.
    The quality is measured on decisions that were not learnt from. docs/explanation/calibration.md
    explains it.
    """
    settings = read_settings()
    log_to_stderr(settings.log_level)
    database = Database(settings.database_url)
    try:
        with database.transaction() as session:
            kept = learn(session, OPERATOR, now=clock.now())
            decisions, fitted, measured = kept.decisions, kept.fitted, kept.measured
            if dry_run:
                session.rollback()
    finally:
        database.dispose()
    click.echo(f"Decided introductions: {decisions}")
    _print_fitted(from_json(fitted))
    _print_measured(measured_from_json(measured))
    if dry_run:
        click.echo("Nothing was kept.")


def _print_fitted(fitted: Calibration) -> None:
    if not fitted.everything:
        click.echo("There is nothing to learn from yet; matches say nothing about chances.")
        return
    curves = [
        ("all kinds", fitted.everything),
        *((kind.value, curve) for kind, curve in fitted.kinds.items()),
    ]
    for name, curve in curves:
        click.echo(f"\n{name}")
        for step in curve:
            told = "" if telling(step) else f"   not told: under {MINIMUM}, or too uncertain"
            click.echo(f"  score {step.low:5.1f} to {step.high:5.1f}: {step.accepted} of {step.n}{told}")
    if not fitted.kinds:
        click.echo(f"\nNo kind has the {KIND_MINIMUM} decisions from which it is learnt by itself.")


def _print_measured(measured: Measured) -> None:
    quality = measured.quality
    if quality is None:
        return
    click.echo("\nOn decisions that were not learnt from (smaller is better)")
    click.echo("                        Brier score   calibration error")
    click.echo(f"  what was learnt       {quality.brier:11.4f}   {quality.error:17.4f}")
    click.echo(
        f"  the bare score / 100  {quality.brier_uncalibrated:11.4f}   {quality.error_uncalibrated:17.4f}"
    )
    click.echo(f"  always the mean       {quality.brier_share:11.4f}")
    click.echo("\nStated, and what came of it")
    for one in measured.learnt:
        click.echo(_line(one))


def _line(one: Bin) -> str:
    return (
        f"  {100 * one.low:3.0f} to {100 * one.high:3.0f}: stated {100 * one.stated:3.0f}, "
        f"accepted {100 * one.share:3.0f} ({one.accepted} of {one.n}; "
        f"95 %: {100 * one.at_least:.0f} to {100 * one.at_most:.0f})"
    )
