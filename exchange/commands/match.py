"""exchange match."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from exchange.commands.shared import EXIT_CODES, WRONG, command, read_settings, say
from exchange.compose import composed, log_to_stderr
from marketplace import clock
from marketplace.listings.models import Listing
from marketplace.listings.queries import ListingCard, cards, engine_listings_of
from marketplace.matches.explanation import Explained, explain
from marketplace.policy import OPERATOR

TITLE_LENGTH = 60


@click.command(
    epilog=f"""\b
Examples:
  exchange match REQ-2026-00018
  exchange match TED-123456-2025 --top 10 --explain
  exchange match OFF-2026-00007 --json

{EXIT_CODES}"""
)
@click.argument("reference")
@click.option("--top", type=click.IntRange(1, 200), default=10, show_default=True, help="How many matches.")
@click.option("--explain", "explained", is_flag=True, help="Print the reasons of each match.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, reasons included.")
@command
def match(reference: str, top: int, *, explained: bool, as_json: bool) -> int | None:
    """Print the best matches of a listing, computed now.

    REFERENCE is the listing's reference, or the external_id it was imported with. Open listings of
    the other side are compared; nothing is written.
    """
    settings = read_settings()
    log_to_stderr(settings.log_level)
    today = clock.today()
    with composed(settings) as exchange:
        index = exchange.replica.refresh()
        with exchange.database.reading() as session:
            row = _find(session, reference)
            if row is None:
                say(f"There is no listing with the reference or external_id {reference!r}.")
                return WRONG
            listing = engine_listings_of(session, (row.id,))[row.id]
            hits = index.best(listing, top, today).hits
            shown = {card.id: card for card in cards(session, OPERATOR, [hit.id for hit in hits])}
            others = engine_listings_of(session, shown)
            scores = index.explain_all(listing, [others[key] for key in shown], today)
            found = [(card, explain(s, row.side)) for card, s in zip(shown.values(), scores, strict=True)]
    if as_json:
        click.echo(json.dumps([_as_json(card, why) for card, why in found], indent=2, ensure_ascii=False))
    else:
        _print(row, found, explained=explained)
    return None


def _find(session: Session, reference: str) -> Listing | None:
    return session.scalar(
        sa.select(Listing).where(
            sa.or_(Listing.reference == reference.strip().upper(), Listing.external_id == reference.strip())
        )
    )


def _as_json(card: ListingCard, why: Explained) -> dict[str, Any]:
    return {
        "reference": card.reference,
        "title": card.title,
        "country": card.country,
        "organisation": card.organisation_name,
        "score": why.total,
        "reasons": list(why.reasons),
        "rows": [
            {
                "asked": row.asked,
                "offered": row.offered,
                "outcome": row.outcome,
                "note": row.note,
                "hard": row.hard,
            }
            for row in why.rows
        ],
    }


def _print(row: Listing, found: Sequence[tuple[ListingCard, Explained]], *, explained: bool) -> None:
    click.echo(f"{row.reference}  {row.side.value}  {row.kind.value}  {row.country}  {row.title}")
    click.echo("")
    if not found:
        click.echo("No open listing of the other side fits.")
    for card, why in found:
        click.echo(f"{why.total:>3}  {card.reference:<16}  {card.country}  {_cut(card.title)}")
        if explained:
            _print_reasons(why)


def _print_reasons(why: Explained) -> None:
    for reason in why.reasons:
        click.echo(f"       + {reason}")
    for line in why.rows:
        click.echo(f"       {line.outcome:<7}  {_cut(line.asked)} → {_cut(line.offered) or '—'}")
    click.echo("")


def _cut(text: str) -> str:
    return text if len(text) <= TITLE_LENGTH else f"{text[: TITLE_LENGTH - 1].rstrip()}…"
