"""What is counted: listings, introductions and organisations, each as rows of the same columns.

==========  ==================================================================================
id          Of the thing; each at most once, but for answers: of each, its introduction.
at          The moment by which it belongs to a quarter.
value       1 where it is only counted; what is summed; days, or 0 and 1, where a mean is taken.
kind        Of the listing; ``""`` for an organisation.
first       Country of the proposer's side, or of the thing itself.
second      Country of the other side; ``""`` where there is none.
sdgs        The goals, as ``,3,12,``.
band        What an agreement is worth, as ``under_50k-EUR``; ``""`` for all else.
==========  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from marketplace.introductions.models import Agreement, Introduction, ValueBand
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.programmes.queries import took_part
from marketplace.reports.queries.least_developed import LEAST_DEVELOPED
from marketplace.reports.queries.scope import Scope

Rows = sa.Select[Any]
Proposer, Other = aliased(Organisation), aliased(Organisation)
OwnListing, OtherListing = aliased(Listing), aliased(Listing)

# A side without an organisation is where its listing is.
FIRST: sa.ColumnElement[str] = sa.func.coalesce(Proposer.country, OwnListing.country)
SECOND: sa.ColumnElement[str] = sa.func.coalesce(Other.country, OtherListing.country)


class days_between(FunctionElement[float]):  # noqa: N801 (named as SQL functions are)
    """Days from one moment to another, in SQL."""

    type = sa.Float()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _days_on_sqlite(element: Any, compiler: Any, **given: Any) -> str:
    start, end = (compiler.process(part, **given) for part in element.clauses)
    return f"(julianday({end}) - julianday({start}))"


@compiles(days_between, "postgresql")
def _days_on_postgresql(element: Any, compiler: Any, **given: Any) -> str:
    start, end = (compiler.process(part, **given) for part in element.clauses)
    # date_part counts in floating point; EXTRACT in decimal numbers, which takes twice as long.
    return f"(date_part('epoch', {end} - {start}) / 86400)"


def one() -> sa.ColumnElement[float]:
    """Return the value of what is only counted."""
    return sa.literal(1.0, sa.Float())


def share(part: sa.ColumnElement[bool]) -> sa.ColumnElement[float]:
    """Return 1 for what has a property, and 0 for what has not."""
    return sa.cast(sa.case((part, 1), else_=0), sa.Float())


def listing_rows(scope: Scope, at: Any, value: sa.ColumnElement[float]) -> Rows:
    """Return enquiries: listings of an organisation or an office, by a moment of theirs."""
    return _within(
        _columns(Listing.id, at, value, kind=Listing.kind, first=Listing.country, sdgs=Listing.sdgs),
        scope,
        [Listing.office_id],
        Listing.country == scope.country,
        ([Listing.organisation_id], at),
    ).where(at.is_not(None))


def introduction_rows(scope: Scope, at: Any, value: sa.ColumnElement[float], band: Any = None) -> Rows:
    """Return introductions by a moment of theirs; their goals are those of the listing that was asked."""
    rows = (
        _columns(
            Introduction.id,
            at,
            value,
            kind=OtherListing.kind,
            first=FIRST,
            second=SECOND,
            sdgs=OtherListing.sdgs,
            band=band,
        )
        .select_from(Introduction)
        # Outer, though each has one: what a number does not need of it is then not looked up at all.
        .outerjoin(OtherListing, OtherListing.id == Introduction.other_listing_id)
        .outerjoin(OwnListing, OwnListing.id == Introduction.proposer_listing_id)
        .outerjoin(Proposer, Proposer.id == Introduction.proposer_organisation_id)
        .outerjoin(Other, Other.id == Introduction.other_organisation_id)
        .where(at.is_not(None))
    )
    offices = [Introduction.proposer_office_id, Introduction.other_office_id]
    sides = [Introduction.proposer_organisation_id, Introduction.other_organisation_id]
    enrolled = (sides, Introduction.proposed_at)
    return _within(rows, scope, offices, _a_side_in([scope.country]), enrolled)


def _a_side_in(countries: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return whether a side is in one of some countries, by keys: no row needs to be joined for it."""
    firms = sa.select(Organisation.id).where(Organisation.country.in_(countries))
    listings = sa.select(Listing.id).where(Listing.country.in_(countries))
    sides = [
        sa.or_(organisation.in_(firms), sa.and_(organisation.is_(None), listing.in_(listings)))
        for organisation, listing in (
            (Introduction.proposer_organisation_id, Introduction.proposer_listing_id),
            (Introduction.other_organisation_id, Introduction.other_listing_id),
        )
    ]
    # Of a side that is not known to be anything it is not known either; then it is not.
    return sa.or_(*(sa.func.coalesce(side, sa.false()) for side in sides))


def organisation_rows(scope: Scope, at: Any, value: sa.ColumnElement[float]) -> Rows:
    """Return organisations by a moment of theirs."""
    return _within(
        _columns(Organisation.id, at, value, first=Organisation.country),
        scope,
        [Organisation.office_id],
        Organisation.country == scope.country,
        ([Organisation.id], None),
    ).where(at.is_not(None))


def first_answers() -> sa.CTE:
    """Return when the first introduction of a listing, on either side, was accepted by both.

    Worked out by itself, as are meetings: PostgreSQL believes that hardly any row has its first moment within
    given times, and would look up each listing by itself.
    """
    ends = (Introduction.other_listing_id, Introduction.proposer_listing_id)
    met = sa.union_all(
        *(
            sa.select(end.label("id"), Introduction.revealed_at.label("at")).where(
                end.is_not(None), Introduction.revealed_at.is_not(None)
            )
            for end in ends
        )
    ).subquery()
    firsts = sa.select(met.c.id, sa.func.min(met.c.at).label("at")).group_by(met.c.id)
    return firsts.cte().prefix_with("MATERIALIZED", dialect="postgresql")


def worth() -> sa.ColumnElement[str]:
    """Return what an agreement is worth: a band and its currency; bands of two currencies do not add up."""
    told = Agreement.value_band != ValueBand.NOT_TOLD
    band = sa.cast(Agreement.value_band, sa.String())
    return sa.case((told, band + "-" + Agreement.currency), else_=ValueBand.NOT_TOLD.value)


def women_led() -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return whether women lead one of the two sides, and whether that is known of one of them."""
    led = sa.or_(
        sa.func.coalesce(Proposer.women_led, sa.false()), sa.func.coalesce(Other.women_led, sa.false())
    )
    return led, sa.or_(Proposer.women_led.is_not(None), Other.women_led.is_not(None))


def least_developed() -> sa.ColumnElement[bool]:
    """Return whether a side of an introduction is in one of the least developed countries."""
    return _a_side_in(sorted(LEAST_DEVELOPED))


def _columns(
    id_: Any,
    at: Any,
    value: sa.ColumnElement[float],
    *,
    kind: Any = None,
    first: Any,
    second: Any = None,
    sdgs: Any = None,
    band: Any = None,
) -> Rows:
    empty: sa.ColumnElement[str] = sa.literal("", sa.String())
    return sa.select(
        id_.label("id"),
        at.label("at"),
        value.label("value"),
        (empty if kind is None else sa.cast(kind, sa.String())).label("kind"),
        first.label("first"),
        (empty if second is None else second).label("second"),
        (empty if sdgs is None else _goals(sdgs)).label("sdgs"),
        (empty if band is None else band).label("band"),
    )


def _goals(sdgs: Any) -> sa.ColumnElement[str]:
    """Return a list of numbers as ``,3,12,``: both databases write JSON as text, with or without spaces."""
    text: Any = sa.cast(sdgs, sa.Text())
    for before, after in ((" ", ""), ("[", ","), ("]", ",")):
        text = sa.func.replace(text, before, after)
    return sa.type_coerce(text, sa.String())


def _within(
    rows: Rows,
    scope: Scope,
    offices: list[Any],
    in_country: sa.ColumnElement[bool],
    enrolled: tuple[list[Any], Any],
) -> Rows:
    """Return the rows of a scope.

    Parameters
    ----------
    enrolled
        Keys of organisations, and the moment at which one of them was to be enrolled in the programme.
    """
    if scope.office_id is not None:
        rows = rows.where(sa.or_(*(office == scope.office_id for office in offices)))
    if scope.country:
        rows = rows.where(in_country)
    if scope.programme:
        rows = rows.where(took_part(scope.programme, *enrolled))
    return rows
