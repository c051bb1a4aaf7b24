"""What is counted: listings, introductions and organisations, each as rows of the same columns.

==========  ==================================================================================
id          Of the thing; each at most once, but for answers: of each, its introduction.
at          The moment by which it belongs to a quarter.
value       1 where it is only counted; what is summed; days, or 0 and 1, where a mean is taken.
kind        Of the listing; ``""`` for an organisation.
first       Country of the proposer's side, or of the thing itself.
second      Country of the other side; ``""`` where there is none.
sdgs        The goals, as the listing has them: ``[3, 12]``.
band        What an agreement is worth, as ``under_50k-EUR``; ``""`` for all else.
reference   By which people know the thing.
office_id, other_office_id
            The offices that it counts for; the second of introductions alone.
==========  ==================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from marketplace.db import Base, Json, kept
from marketplace.introductions.models import Agreement, Introduction, ValueBand
from marketplace.listings.models import Listing
from marketplace.organisations.models import Organisation
from marketplace.programmes.queries import took_part
from marketplace.reports.queries.least_developed import LEAST_DEVELOPED
from marketplace.reports.queries.scope import Scope, Span

Rows = sa.Select[Any]
Proposer, Other = aliased(Organisation), aliased(Organisation)


def _of(model: type[Base], column: str, key: Any) -> sa.ColumnElement[Any]:
    """Return a column of the row that a key names, looked up only where it is asked for."""
    there = Base.metadata.tables[model.__tablename__].alias()
    return sa.select(there.c[column]).where(there.c.id == key).scalar_subquery()


def _place(organisation_id: Any, listing_id: Any) -> sa.ColumnElement[str]:
    """Return where a side is: one without an organisation is where its listing is."""
    return sa.func.coalesce(
        _of(Organisation, "country", organisation_id), _of(Listing, "country", listing_id)
    )


FIRST: Final = _place(Introduction.proposer_organisation_id, Introduction.proposer_listing_id)
SECOND: Final = _place(Introduction.other_organisation_id, Introduction.other_listing_id)
KIND, SDGS = (_of(Listing, column, Introduction.other_listing_id) for column in ("kind", "sdgs"))


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


def quarter_of(moment: Any) -> sa.ColumnElement[int]:
    """Return the quarters from the year 0 until a moment, by the calendar in UTC."""
    year, month = (sa.cast(sa.extract(part, moment), sa.Integer()) for part in ("year", "month"))
    return 4 * year + (month - 1) // 3


def within(span: Span, moment: Any) -> sa.ColumnElement[bool]:
    """Return whether a moment lies in a span; asked of a column itself, so that an index finds the rows."""
    return sa.and_(moment >= span.start, moment < span.end)


def either(*rows: Rows) -> Rows:
    """Return rows that are found in several ways, each row in one of them."""
    return sa.select(*sa.union_all(*rows).subquery().c)


def listing_rows(scope: Scope, at: Any, value: sa.ColumnElement[float]) -> Rows:
    """Return enquiries: listings of an organisation or an office, by a moment of theirs."""
    rows = _columns(
        Listing,
        at,
        value,
        kind=Listing.kind,
        first=Listing.country,
        sdgs=Listing.sdgs,
        offices=(Listing.office_id,),
    )
    enrolled = ([Listing.organisation_id], at)
    return _of_scope(rows, scope, [Listing.office_id], Listing.country == scope.country, enrolled)


def introduction_rows(scope: Scope, at: Any, value: sa.ColumnElement[float], band: Any = None) -> Rows:
    """Return introductions by a moment of theirs; their goals are those of the listing that was asked."""
    offices = (Introduction.proposer_office_id, Introduction.other_office_id)
    rows = _columns(
        Introduction,
        at,
        value,
        kind=KIND,
        first=FIRST,
        second=SECOND,
        sdgs=SDGS,
        band=band,
        offices=offices,
    ).select_from(Introduction)
    sides = [Introduction.proposer_organisation_id, Introduction.other_organisation_id]
    in_country = a_side_in((scope.country,))
    return _of_scope(rows, scope, offices, in_country, (sides, Introduction.proposed_at))


def organisation_rows(scope: Scope, at: Any, value: sa.ColumnElement[float]) -> Rows:
    """Return organisations by a moment of theirs."""
    rows = _columns(Organisation, at, value, first=Organisation.country, offices=(Organisation.office_id,))
    enrolled = ([Organisation.id], None)
    return _of_scope(rows, scope, [Organisation.office_id], Organisation.country == scope.country, enrolled)


def worth() -> sa.ColumnElement[str]:
    """Return what an agreement is worth: a band and its currency; bands of two currencies do not add up."""
    told = Agreement.value_band != ValueBand.NOT_TOLD
    band = sa.cast(Agreement.value_band, sa.String())
    return sa.case((told, band + "-" + Agreement.currency), else_=ValueBand.NOT_TOLD.value)


def knowing_who_leads(rows: Rows) -> Rows:
    """Return the introductions of which it is known of a side whether women lead it."""
    known = sa.or_(Proposer.women_led.is_not(None), Other.women_led.is_not(None))
    return (
        rows.outerjoin(Proposer, Proposer.id == Introduction.proposer_organisation_id)
        .outerjoin(Other, Other.id == Introduction.other_organisation_id)
        .where(known)
    )


def women_led() -> sa.ColumnElement[bool]:
    """Return whether women lead one of the two sides, of rows of :func:`knowing_who_leads`."""
    return sa.or_(*(sa.func.coalesce(side.women_led, sa.false()) for side in (Proposer, Other)))


def least_developed() -> sa.ColumnElement[bool]:
    """Return whether a side of an introduction is in one of the least developed countries."""
    return a_side_in(tuple(sorted(LEAST_DEVELOPED)))


@kept
def a_side_in(countries: tuple[str, ...]) -> sa.ColumnElement[bool]:
    """Return whether a side is in one of some countries, by keys: no row needs to be joined for it.

    It is the same for all figures, so that a statement looks the organisations up once.
    """
    firms = sa.select(Organisation.id).where(Organisation.country.in_(countries)).cte()
    return sa.or_(
        *(
            sa.or_(
                organisation.in_(sa.select(firms.c.id)),
                sa.and_(organisation.is_(None), _of(Listing, "country", listing).in_(countries)),
            )
            for organisation, listing in (
                (Introduction.proposer_organisation_id, Introduction.proposer_listing_id),
                (Introduction.other_organisation_id, Introduction.other_listing_id),
            )
        )
    )


def _columns(
    thing: Any,
    at: Any,
    value: sa.ColumnElement[float],
    *,
    kind: Any = None,
    first: Any,
    second: Any = None,
    sdgs: Any = None,
    band: Any = None,
    offices: Sequence[Any],
) -> Rows:
    empty: sa.ColumnElement[str] = sa.literal("", sa.String())
    nobody = sa.null().cast(sa.Integer())
    return sa.select(
        thing.id.label("id"),
        at.label("at"),
        value.label("value"),
        (empty if kind is None else sa.cast(kind, sa.String())).label("kind"),
        first.label("first"),
        (empty if second is None else second).label("second"),
        (sa.literal([], Json) if sdgs is None else sdgs).label("sdgs"),
        (empty if band is None else band).label("band"),
        sa.func.coalesce(thing.reference, "").label("reference"),
        offices[0].label("office_id"),
        (offices[1] if len(offices) > 1 else nobody).label("other_office_id"),
    )


def _of_scope(
    rows: Rows,
    scope: Scope,
    offices: Sequence[Any],
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
