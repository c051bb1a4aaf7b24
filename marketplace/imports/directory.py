"""Which organisation a row is about: one of the databank, or one that the file itself has named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, cast

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.db import Base
from marketplace.imports.organisation_rows import OrganisationRow
from marketplace.imports.problems import Problem
from marketplace.imports.rows import Entry
from marketplace.offices.queries import covering_office_id
from marketplace.organisations.duplicates import DuplicateFinder, Known
from marketplace.organisations.identifiers import CheckedIdentifier
from marketplace.organisations.models import HeldCertificate, Identifier, Organisation, OrganisationType
from marketplace.organisations.queries.found import reference_of
from marketplace.organisations.services.values import LISTS, Profile, columns_of

# Below every key of the database: what is new has these until it is written.
FIRST: Final = -1
# What an organisation says that says nothing.
SILENT: Final = MappingProxyType(
    {**columns_of(Profile(name="", type=OrganisationType.ENTERPRISE, country="")), "version": 1}
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An organisation that is not in the databank.

    Parameters
    ----------
    key
        Below 0; the directory knows it by this until it is written.
    entry
        The row that names it first.
    columns
        Of the table of organisations.
    like
        The key of one that may be the same, if there is one.
    """

    key: int
    entry: Entry
    row: OrganisationRow
    columns: Mapping[str, Any]
    like: int | None


class Directory:
    """Finds organisations from memory, over a whole file.

    Once it has learnt the countries of a batch it needs no database, so that a dry run finds
    what a real one would have written.

    Parameters
    ----------
    office_id
        The office to which all belong that an officer brings in; ``None`` for those that cover
        their countries.
    """

    def __init__(self, office_id: int | None = None) -> None:
        self._own = office_id
        self._next = FIRST
        self.forget()

    def forget(self) -> None:
        """Forget everything: what was written has been rolled back."""
        self._finder = DuplicateFinder()
        self._offices: dict[str, int | None] = {}
        self._lines: dict[int, int] = {}

    def learn(self, session: Session, countries: Iterable[str]) -> None:
        """Read the organisations of some countries, or what has come in since they were read."""
        wanted = set(countries)
        self._finder.learn(session, wanted)
        for country in wanted - self._offices.keys():
            self._offices[country] = covering_office_id(session, country)

    def office(self, country: str) -> int | None:
        """Return the office to which an organisation of a country belongs that is brought in."""
        return self._offices[country] if self._own is None else self._own

    def find(self, row: OrganisationRow) -> int | None:
        """Return the organisation of a legal identifier; for rows without any, of a name in a town."""
        if row.identifier is not None:
            return self._finder.holder(row.country, row.identifier.scheme, row.identifier.value)
        if row.external_id:
            return None
        return self._finder.named(row.known.name, row.country, row.known.city)

    def welcome(self, entry: Entry, row: OrganisationRow, now: datetime) -> Newcomer:
        """Take note of an organisation that no earlier row and nobody in the databank is."""
        like = self._finder.likely(row.known)
        key, self._next = self._next, self._next - 1
        self._finder.add(key, row.known)
        self._lines[key] = entry.line
        like_key = None if like is None else like.organisation_id
        return Newcomer(key, entry, row, self.columns(row, now), like_key)

    def change(self, key: int, before: Profile, now: Profile, row: OrganisationRow) -> None:
        """Know an organisation of the databank by what a row will have made of it."""
        known, then = (Known(profile.name, profile.country, profile.city) for profile in (before, now))
        self._finder.change((key, known), (key, replace(then, identifiers=row.known.identifiers)))

    def columns(self, row: OrganisationRow, now: datetime) -> dict[str, Any]:
        """Return what a row says as columns of a new organisation."""
        return {
            **SILENT,
            **{name: list(value) if name in LISTS else value for name, value in row.said.items()},
            "name_key": row.known.key,
            "external_id": row.external_id or None,
            "office_id": self.office(row.country),
            "created_at": now,
            "updated_at": now,
        }

    def write(self, session: Session, newcomers: Sequence[Newcomer], now: datetime) -> dict[int, int]:
        """Write new organisations, and know them by the keys that the database gives them.

        Returns
        -------
        dict
            The key of each as it was → as it is now.
        """
        if not newcomers:
            return {}
        insert = sa.insert(Organisation).returning(Organisation.id, sort_by_parameter_order=True)
        keys = session.scalars(insert, [dict(newcomer.columns) for newcomer in newcomers]).all()
        table = cast(sa.Table, Organisation.__table__)
        session.execute(
            sa.update(table).where(table.c.id == sa.bindparam("row")).values(reference=sa.bindparam("word")),
            [{"row": key, "word": reference_of(now.year, key)} for key in keys],
        )
        rows = [(key, newcomer.row) for key, newcomer in zip(keys, newcomers, strict=True)]
        _write_all(session, Identifier, [_identifier(key, row) for key, row in rows if row.identifier])
        _write_all(
            session,
            HeldCertificate,
            [{"organisation_id": key, "scheme": scheme} for key, row in rows for scheme in row.certificates],
        )
        for key, newcomer in zip(keys, newcomers, strict=True):
            self._finder.change((newcomer.key, newcomer.row.known), (key, newcomer.row.known))
        return {newcomer.key: key for key, newcomer in zip(keys, newcomers, strict=True)}

    def doubts(self, session: Session, newcomers: Sequence[Newcomer], field: str) -> list[Problem]:
        """Say which new organisations may be ones that are there already; nothing is merged.

        Parameters
        ----------
        field
            Where the rows have the name.
        """
        doubtful = [(newcomer, newcomer.like) for newcomer in newcomers if newcomer.like is not None]
        stored = sorted({like for _newcomer, like in doubtful if like > 0})
        rows = session.execute(
            sa.select(Organisation.id, Organisation.reference).where(Organisation.id.in_(stored))
        )
        names = {row.id: str(row.reference) for row in rows} if stored else {}
        found = []
        for newcomer, like in doubtful:
            other = names.get(like) or _("the one in line %(line)s", line=self._lines.get(like, 0))
            message = _(
                "“%(name)s” may be the same organisation as %(other)s: a like name in the same town, or the "
                "same identifier. Both are kept.",
                name=newcomer.row.name,
                other=other,
            )
            found.append(newcomer.entry.problem(field, "likely_duplicate", message))
        return found


def _write_all(session: Session, kind: type[Base], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(sa.insert(kind), rows)


def _identifier(key: int, row: OrganisationRow) -> dict[str, Any]:
    return {"organisation_id": key, "country": row.country, **asdict(cast(CheckedIdentifier, row.identifier))}
