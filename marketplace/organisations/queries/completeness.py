"""How much an organisation says of itself, and what saying more would bring."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.db import Json
from marketplace.organisations.models import (
    HeldCertificate,
    Identifier,
    Machine,
    Organisation,
    OrganisationType,
)

# Texts shorter than this say too little to be found by.
TELLING_TEXT = 80


@dataclass(frozen=True, slots=True)
class Chance:
    """Something that is not said yet.

    Parameters
    ----------
    section
        Where in the profile it can be said: ``basics``, ``work``, ``size``, ``contacts``,
        ``certificates``, ``machines`` or ``identifiers``.
    text
        What saying it would bring.
    """

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """How complete a profile is.

    Parameters
    ----------
    percent
        0 to 100.
    chances
        What is missing, what weighs most first.
    """

    percent: int
    chances: tuple[Chance, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing that a profile can say, for one organisation that was read and for a list in SQL.

    Parameters
    ----------
    only
        The type of organisation that it is asked of; ``None`` for all.
    """

    weight: int
    section: str
    text: LazyString
    said: Callable[[Organisation], bool]
    in_sql: sa.ColumnElement[bool]
    only: OrganisationType | None = None


def completeness(organisation: Organisation) -> Completeness:
    """Return how complete a profile is.

    The weights say how often the engine and the people who decide look at a thing (chosen
    2026-11-22, to be learnt from outcomes later).
    """
    missing = [part for part in _asked_of(organisation.type) if not part.said(organisation)]
    missing.sort(key=lambda part: -part.weight)
    chances = tuple(Chance(part.section, str(part.text)) for part in missing)
    return Completeness(complete_percent(organisation), chances)


def complete_percent(organisation: Organisation) -> int:
    """Return how complete a profile is, 0 to 100, without saying what is missing."""
    parts = _asked_of(organisation.type)
    whole = sum(part.weight for part in parts)
    said = sum(part.weight for part in parts if part.said(organisation))
    # In whole numbers and half up, so that a search in SQL finds the very same.
    return (200 * said + whole) // (2 * whole)


def less_complete_than(percent: int) -> sa.ColumnElement[bool]:
    """Return the condition in SQL under which :func:`complete_percent` is less than so many percent.

    Parameters
    ----------
    percent
        1 to 100.
    """
    kinds = sorted({part.only for part in _PARTS if part.only is not None})
    return sa.or_(
        *(sa.and_(Organisation.type == kind, _says_less(kind, percent)) for kind in kinds),
        sa.and_(Organisation.type.not_in(kinds), _says_less(None, percent)),
    )


def _says_less(kind: OrganisationType | None, percent: int) -> sa.ColumnElement[bool]:
    """Return whether what an organisation of a type says weighs less than so many percent of all."""
    parts = _asked_of(kind)
    whole = sum(part.weight for part in parts)
    said: sa.ColumnElement[int] = reduce(
        operator.add, (sa.case((part.in_sql, part.weight), else_=0) for part in parts)
    )
    # The rounding of complete_percent, turned round: one comparison with a constant.
    below: sa.ColumnElement[bool] = said * 200 < 2 * whole * percent - whole
    return below


def _asked_of(kind: OrganisationType | None) -> list[_Part]:
    return [part for part in _PARTS if part.only in {None, kind}]


def _listed(column: InstrumentedAttribute[list[str]]) -> sa.ColumnElement[bool]:
    """Return whether a list in JSON holds anything."""
    return column != sa.literal([], Json)


def _has(table: Any, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    of = table.organisation_id == Organisation.id
    return sa.exists().where(of, *conditions).correlate(Organisation)


_PARTS: Final = (
    _Part(
        20,
        "work",
        _l("Describe what you do in a few sentences: it is the first thing a partner reads."),
        lambda of: len(of.description) >= TELLING_TEXT,
        # Of a long text the beginning is enough, which is all that the database has to unpack.
        sa.func.length(sa.func.substr(Organisation.description, 1, TELLING_TEXT)) >= TELLING_TEXT,
    ),
    _Part(
        15,
        "work",
        _l("Choose your sectors: partners filter by them."),
        lambda of: bool(of.sectors),
        _listed(Organisation.sectors),
    ),
    _Part(
        10,
        "size",
        _l("Say how many people work for you: some requests ask for a minimum."),
        lambda of: of.employees is not None,
        Organisation.employees.is_not(None),
    ),
    _Part(
        10,
        "identifiers",
        _l("Add your tax or register number: your office can verify you faster."),
        lambda of: bool(of.identifiers),
        _has(Identifier),
    ),
    _Part(
        10,
        "work",
        _l("Say which languages you work in: it counts when partners abroad are compared."),
        lambda of: bool(of.languages),
        _listed(Organisation.languages),
    ),
    _Part(
        5,
        "basics",
        _l("Say since when you exist: it builds trust."),
        lambda of: of.founded_year is not None,
        Organisation.founded_year.is_not(None),
    ),
    _Part(
        5,
        "contacts",
        _l("Add a phone number or website: partners see it once both of you have agreed."),
        lambda of: bool(of.phone or of.website),
        sa.or_(Organisation.phone != "", Organisation.website != ""),
    ),
    _Part(
        5,
        "work",
        _l("Name customers or projects: buyers look for them."),
        lambda of: bool(of.references_text),
        Organisation.references_text != "",
    ),
    _Part(
        15,
        "certificates",
        _l("Add your certificates: many requests ask for one."),
        lambda of: bool(of.certificates),
        _has(HeldCertificate),
        OrganisationType.ENTERPRISE,
    ),
    _Part(
        15,
        "machines",
        _l("Add your machines: size and tolerance decide in subcontracting."),
        lambda of: bool(of.machines),
        _has(Machine),
        OrganisationType.ENTERPRISE,
    ),
    _Part(
        5,
        "machines",
        _l("Add the tolerance your machines can hold: many requests state one."),
        lambda of: any(machine.tolerance_mm is not None for machine in of.machines),
        _has(Machine, Machine.tolerance_mm.is_not(None)),
        OrganisationType.ENTERPRISE,
    ),
)
