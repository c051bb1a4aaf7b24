"""Listings as the engine sees them: one at a time, or by the thousand for a replica."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.listings.kinds import FIELDS, Type, details_text
from marketplace.listings.models import Capability, Listing, ListingSector, Requirement, State
from marketplace.listings.queries.standing import Standing, standings
from matching.certificates import parse_schemes
from matching.criteria import CRITERIA
from matching.requirements import convert
from matching.types import Certificate, Condition, Fact, Kind, Operator, Side
from matching.types import Listing as EngineListing

BATCH: Final = 2000
# Weight of what a request says in passing, beside a requirement's usual 1.
PASSING_WEIGHT: Final = 0.5
_COLUMNS: Final = (
    Listing.id, Listing.side, Listing.kind, Listing.state, Listing.organisation_id, Listing.title,
    Listing.summary, Listing.description, Listing.partner_sought, Listing.language, Listing.country,
    Listing.target_countries, Listing.excluded_countries, Listing.held_certificates,
    Listing.partnership_types, Listing.quantity_per_year, Listing.quantity_unit,
    Listing.lead_time_days, Listing.details, Listing.valid_until, Listing.published_at, Listing.change,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the feed that replicas follow.

    Parameters
    ----------
    number
        Ask for what comes after it next time.
    listing
        As it is now; ``None`` where it is not, or no longer, open.
    """

    number: int
    listing_id: int
    listing: EngineListing | None


def engine_listings(session: Session, after_change: int, limit: int = BATCH, *, today: date) -> list[Change]:
    """Return what has changed after a number, in the order of the changes.

    Parameters
    ----------
    after_change
        0 for everything there is.
    limit
        At most so many entries; fewer mean that the end is reached.
    today
        Listings whose last day is earlier are not open.
    """
    rows = session.execute(
        sa.select(*_COLUMNS).where(Listing.change > after_change).order_by(Listing.change).limit(limit)
    ).all()
    open_rows = [row for row in rows if row.state == State.PUBLISHED and row.valid_until >= today]
    found = {listing.id: listing for listing in _as_engine_listings(session, open_rows)}
    return [Change(row.change, row.id, found.get(row.id)) for row in rows]


def engine_listing(session: Session, listing_id: int) -> EngineListing | None:
    """Return one listing as the engine sees it, open or not; ``None`` where there is none."""
    return engine_listings_of(session, (listing_id,)).get(listing_id)


def engine_listings_of(session: Session, listing_ids: Iterable[int]) -> dict[int, EngineListing]:
    """Return listings by their ids as the engine sees them, open or not; those that there are."""
    wanted = sorted(set(listing_ids))
    found: dict[int, EngineListing] = {}
    for at in range(0, len(wanted), BATCH):
        rows = session.execute(sa.select(*_COLUMNS).where(Listing.id.in_(wanted[at : at + BATCH]))).all()
        found.update((listing.id, listing) for listing in _as_engine_listings(session, rows))
    return found


def _as_engine_listings(session: Session, rows: Sequence[sa.Row[Any]]) -> list[EngineListing]:
    keys = [row.id for row in rows]
    if not keys:
        return []
    phrases = _lists(session, Capability, Capability.phrase, keys)
    sectors = _lists(session, ListingSector, ListingSector.code, keys)
    wanted: dict[int, list[Requirement]] = defaultdict(list)
    for requirement in session.scalars(
        sa.select(Requirement)
        .where(Requirement.listing_id.in_(keys))
        .order_by(Requirement.listing_id, Requirement.position)
    ):
        wanted[requirement.listing_id].append(requirement)
    behind = standings(session, (row.organisation_id for row in rows if row.organisation_id is not None))
    return [
        as_engine_listing(
            row,
            listing_id=row.id,
            capabilities=phrases.get(row.id, ()),
            sectors=sectors.get(row.id, ()),
            requirements=wanted.get(row.id, ()),
            standing=behind.get(row.organisation_id),
            published_at=row.published_at,
        )
        for row in rows
    ]


def _lists(session: Session, table: Any, column: Any, keys: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    query = sa.select(table.listing_id, column).where(table.listing_id.in_(keys))
    for key, value in session.execute(query.order_by(table.listing_id, table.position)):
        found[key].append(value)
    return found


def as_engine_listing(
    values: Any,
    *,
    listing_id: int,
    capabilities: Iterable[str],
    sectors: Iterable[str],
    requirements: Iterable[Any],
    standing: Standing | None,
    published_at: datetime | None,
) -> EngineListing:
    """Put a listing, saved or not, into the engine's form.

    Parameters
    ----------
    values
        A mapped listing, a row with the same names, or the checked values of a form; all have
        the names of the columns.
    listing_id
        0 for one that is not saved.
    standing
        Of the organisation behind it; ``None`` where nobody is named.
    """
    side, kind = Side(values.side), Kind(values.kind)
    conditions = tuple(_condition(row) for row in requirements)
    asked = frozenset(condition.criterion for condition in conditions)
    texts = (values.summary, values.description, values.partner_sought, details_text(kind, values.details))
    return EngineListing(
        id=listing_id,
        side=side,
        kind=kind,
        title=values.title,
        capabilities=tuple(capabilities),
        text="\n".join(text for text in texts if text),
        sectors=tuple(sectors),
        country=values.country or "",
        target_countries=frozenset(values.target_countries),
        excluded_countries=frozenset(values.excluded_countries),
        language=values.language or "",
        partnership_types=frozenset(values.partnership_types),
        owner=standing.organisation_id if standing else None,
        published_on=published_at.date() if published_at else None,
        conditions=conditions
        + (tuple(_said_in_passing(values, kind, asked)) if side is Side.REQUEST else ()),
        facts=MappingProxyType(_facts(values, side, kind, standing)),
    )


def _condition(row: Any) -> Condition:
    return Condition(
        criterion=row.criterion,
        operator=Operator(row.operator),
        low=row.low,
        high=row.high,
        terms=tuple(row.terms),
        hard=row.hard,
        weight=row.weight,
    )


def _facts(values: Any, side: Side, kind: Kind, standing: Standing | None) -> dict[str, Fact]:
    """Return what the listing states of itself; its own words go before its organisation's."""
    facts = dict(standing.facts) if standing else {}
    if side is Side.OFFER and standing:
        facts |= standing.machines
    if values.country:
        facts["country"] = Fact(terms=(values.country,))
    languages = tuple(dict.fromkeys((*(standing.languages if standing else ()), values.language)))
    facts["language"] = Fact(terms=tuple(language for language in languages if language))
    certificates = _certificates(values.held_certificates, standing)
    if certificates:
        facts["certificate"] = Fact(certificates=certificates)
    currency = str(values.details.get("currency", ""))
    for of in FIELDS[kind]:
        if of.name in values.details and (fact := of.facts(values.details[of.name], currency)) is not None:
            facts[of.criterion] = fact
    if values.lead_time_days is not None:
        facts["lead_time_days"] = Fact(low=float(values.lead_time_days), high=float(values.lead_time_days))
    facts.update(_quantity(values))
    return facts


def _certificates(named: Iterable[str], standing: Standing | None) -> tuple[Certificate, ...]:
    """Return the organisation's certificates and those that only the listing names.

    Where both name a scheme, the organisation's entry with its last day counts: an expired
    certificate is not made good by naming it again.
    """
    held = standing.certificates if standing else ()
    known = {scheme for certificate in held for scheme in parse_schemes(certificate.scheme)}
    return (*held, *(Certificate(name) for name in named if not known.issuperset(parse_schemes(name))))


def _quantity(values: Any) -> dict[str, Fact]:
    """Return the yearly quantity as pieces or as tonnes, by the unit it was given in."""
    if values.quantity_per_year is None:
        return {}
    for criterion in ("quantity_per_year", "tonnes_per_year"):
        try:
            amount = convert(float(values.quantity_per_year), values.quantity_unit, criterion)
        except ValueError:
            continue
        return {criterion: Fact(low=amount, high=amount)}
    return {}


def _said_in_passing(values: Any, kind: Kind, asked: frozenset[str]) -> Iterable[Condition]:
    """Return soft conditions for what a request states and does not require expressly.

    A tolerance written into the description of a part is meant: an offer that says it cannot
    hold it fits less, but is not excluded.
    """
    for of in FIELDS[kind]:
        value = values.details.get(of.name)
        if of.asks is None or of.criterion in asked or value is None:
            continue
        if of.type is Type.NUMBER:
            high = float(value) if of.asks is Operator.AT_MOST else None
            low = float(value) if of.asks is Operator.AT_LEAST else None
            yield Condition(of.criterion, of.asks, low=low, high=high, weight=PASSING_WEIGHT)
        else:
            terms = tuple(value) if isinstance(value, list) else (str(value),)
            yield Condition(of.criterion, of.asks, terms=terms, weight=PASSING_WEIGHT)
    if values.lead_time_days is not None and "lead_time_days" not in asked:
        yield Condition(
            "lead_time_days", Operator.AT_MOST, high=float(values.lead_time_days), weight=PASSING_WEIGHT
        )
    for criterion, fact in _quantity(values).items():
        if criterion not in asked and CRITERIA[criterion].low is not None:
            yield Condition(criterion, Operator.AT_LEAST, low=fact.low, weight=PASSING_WEIGHT)
