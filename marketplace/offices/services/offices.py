"""Making and changing offices, and the countries they cover."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.errors import Conflict, Invalid
from marketplace.offices.models import (
    MOST_LIVE,
    OFFICER_DAYS,
    SIDE_DAYS,
    WEEKEND,
    Office,
    OfficeCountry,
    OfficeKind,
)
from marketplace.policy import Actor


@dataclass(frozen=True, slots=True)
class OfficeValues:
    """What a person says of an office; checked by the form."""

    name: str
    country: str
    city: str
    email: str
    time_zone: str
    publishes_verified_at_once: bool
    officer_days: int = OFFICER_DAYS
    side_days: int = SIDE_DAYS
    weekend: str = WEEKEND
    most_live: int = MOST_LIVE


def make_office(
    session: Session,
    actor: Actor,
    values: OfficeValues,
    *,
    code: str,
    kind: OfficeKind,
    countries: Iterable[str],
    now: datetime,
) -> Office:
    """Make an office.

    Parameters
    ----------
    code
        Short and lasting, such as ``SPX-ACC``.
    countries
        ISO 3166-1 alpha-2; each may be covered by one office of a kind.

    Raises
    ------
    Invalid
        Where the code is taken, or another office of the kind covers a country.
    """
    policy.require(actor, "admin:use")
    if session.scalar(sa.select(Office.id).where(Office.code == code)) is not None:
        raise Invalid("code", _("There is an office with this code already."), "taken")
    office = Office(code=code, kind=kind, created_at=now, **_columns(values))
    session.add(office)
    try:
        session.flush()
    except IntegrityError as error:
        raise Invalid("code", _("There is an office with this code already."), "taken") from error
    _cover(session, office, countries)
    audit.note(session, actor.user_id, "office:create", "office", office.id, now, {"code": code})
    return office


def change_office(
    session: Session, actor: Actor, office: Office, values: OfficeValues, *, version: int, now: datetime
) -> None:
    """Change what an office says of itself.

    Raises
    ------
    Conflict
        Where somebody else has changed it since the form was opened.
    """
    policy.require(actor, "office:edit", office)
    if office.version != version:
        raise Conflict(
            _("Somebody else has changed this office since you opened it."),
            {name: getattr(office, name) for name in _columns(values)},
        )
    for name, value in _columns(values).items():
        setattr(office, name, value)
    audit.note(session, actor.user_id, "office:edit", "office", office.id, now)


def cover_countries(
    session: Session, actor: Actor, office: Office, countries: Iterable[str], now: datetime
) -> None:
    """Say which countries an office covers.

    Raises
    ------
    Invalid
        Where another office of the same kind covers one of them, naming it.
    """
    policy.require(actor, "admin:use")
    _cover(session, office, countries)
    covered = sorted(entry.country for entry in office.countries)
    audit.note(session, actor.user_id, "office:cover", "office", office.id, now, {"countries": covered})


def _columns(values: OfficeValues) -> dict[str, str | bool | int]:
    return {name: getattr(values, name) for name in OfficeValues.__dataclass_fields__}


def _cover(session: Session, office: Office, countries: Iterable[str]) -> None:
    wanted = sorted(set(countries))
    taken = session.execute(
        sa.select(OfficeCountry.country, Office.name)
        .join(Office)
        .where(
            OfficeCountry.kind == office.kind,
            OfficeCountry.country.in_(wanted),
            OfficeCountry.office_id != office.id,
        )
        .order_by(OfficeCountry.country)
    ).all()
    if taken:
        others = ", ".join(f"{row.country}: {row.name}" for row in taken)
        raise Invalid(
            "countries",
            _("Already covered by another office of this kind: %(others)s.", others=others),
            "taken",
        )
    kept = {entry.country: entry for entry in office.countries}
    office.countries = [
        kept.get(country) or OfficeCountry(office_id=office.id, country=country, kind=office.kind)
        for country in wanted
    ]
    try:
        session.flush()
    except IntegrityError as error:
        # Another administrator gave the country away between the look and the write.
        raise Invalid(
            "countries", _("One of these was given to another office a moment ago."), "taken"
        ) from error
