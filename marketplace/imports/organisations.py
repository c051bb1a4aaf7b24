"""Organisations from a table."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, selectinload

from marketplace import audit, outbox, policy
from marketplace.imports.directory import Directory, Newcomer
from marketplace.imports.fields import ORGANISATION_FIELDS
from marketplace.imports.organisation_rows import EMPTY, OrganisationReader, OrganisationRow
from marketplace.imports.problems import Problem, Severity
from marketplace.imports.rows import Entry, other_office
from marketplace.imports.steps import Outcome
from marketplace.organisations.identifiers import CheckedIdentifier
from marketplace.organisations.models import HeldCertificate, Identifier, Membership, Organisation
from marketplace.organisations.services.values import (
    IDENTITY,
    MATTERS,
    Profile,
    profile_of,
    write_profile,
)
from marketplace.organisations.services.verification import end_verification
from marketplace.policy import Actor


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes in an organisation of the databank."""

    organisation: Organisation
    profile: Profile
    external_id: str | None
    identifier: CheckedIdentifier | None
    certificates: tuple[str, ...]


@dataclass(slots=True)
class Plan:
    """What a batch would do."""

    newcomers: list[Newcomer] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)


class OrganisationImporter:
    """Reads rows of organisations and writes them; see :class:`marketplace.imports.run.Importer`.

    A row is the organisation with its ``external_id``, else the one with its legal identifier,
    else, if it has neither, the one of its name in its town.
    """

    fields = ORGANISATION_FIELDS

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._directory = Directory(actor.office_id)
        # Of every organisation that a row of this file was about: that row's line, and its external_id.
        self._lines: dict[int, int] = {}
        self._external_ids: dict[int, str] = {}
        self._by_external_id: dict[str, int] = {}

    def read(
        self, line: int, values: Mapping[str, str], column: Callable[[str], str]
    ) -> Entry | list[Problem]:
        """Check one row."""
        reader = OrganisationReader(line, values, column)
        row = reader.row()
        return reader.problems if row is None else Entry(line, row, tuple(reader.problems), column)

    def look(self, session: Session, entries: Sequence[Entry], now: datetime) -> Plan:
        """Find out what a batch would do; nothing is written."""
        rows: list[OrganisationRow] = [entry.values for entry in entries]
        self._directory.learn(session, {row.country for row in rows})
        self._learn_external_ids(session, rows)
        keys = {*(self._directory.find(row) for row in rows), *(self._named(row) for row in rows)}
        stored = _stored(session, [key for key in keys if key is not None and key > 0])
        members = _with_members(session, stored)
        plan = Plan()
        for entry, row in zip(entries, rows, strict=True):
            key = self._key(row, stored)
            if key is not None and key in self._lines:
                plan.outcome.refuse(_same_twice(entry, self._lines[key]))
                continue
            if key is None or key not in stored:
                newcomer = self._directory.welcome(entry, row, now)
                plan.newcomers.append(newcomer)
                plan.outcome.created += 1
                key = newcomer.key
            elif not policy.allowed(self.actor, "databank:renew", stored[key]):
                plan.outcome.refuse(other_office(entry, "", stored[key].name))
                continue
            else:
                self._compare(entry, stored[key], plan, kept=key in members)
            self._note(key, row, entry.line)
        plan.outcome.problems += self._directory.doubts(session, plan.newcomers, "name")
        return plan

    def write(self, session: Session, plan: Plan, now: datetime) -> None:
        """Carry out a plan in the caller's transaction."""
        ids = self._directory.write(session, plan.newcomers, now)
        for newcomer in plan.newcomers:
            self._note(ids[newcomer.key], newcomer.row, self._lines.pop(newcomer.key))
            self._external_ids.pop(newcomer.key, None)
        for change in plan.changes:
            self._apply(session, change, now)
        outcome = plan.outcome
        if outcome.created or outcome.changed:
            counts = {"created": outcome.created, "changed": outcome.changed}
            audit.note(session, self.actor.user_id, "databank:import", "organisation", None, now, counts)

    def recall(self, session: Session, entries: Sequence[Entry]) -> None:
        """Take note of rows that an earlier part of this import has carried out."""
        rows: list[OrganisationRow] = [entry.values for entry in entries]
        self._directory.learn(session, {row.country for row in rows})
        self._learn_external_ids(session, rows)
        keys = {*(self._directory.find(row) for row in rows), *(self._named(row) for row in rows)}
        columns = (Organisation.id, Organisation.external_id)
        wanted = Organisation.id.in_(sorted(key for key in keys if key is not None))
        stored = {row.id: row for row in session.execute(sa.select(*columns).where(wanted))}
        for entry, row in zip(entries, rows, strict=True):
            key = self._key(row, stored)
            if key is not None and key in stored and key not in self._lines:
                self._note(key, row, entry.line)

    def forget(self, entries: Sequence[Entry]) -> None:
        """Forget a batch whose transaction was rolled back."""
        self._directory.forget()
        first = entries[0].line
        for key in [key for key, line in self._lines.items() if line >= first]:
            del self._lines[key]
            self._external_ids.pop(key, None)
        self._by_external_id = {word: key for key, word in self._external_ids.items()}

    def _note(self, key: int, row: OrganisationRow, line: int) -> None:
        self._lines[key] = line
        if row.external_id:
            self._external_ids[key] = row.external_id
            self._by_external_id[row.external_id] = key

    def _named(self, row: OrganisationRow) -> int | None:
        return self._by_external_id.get(row.external_id) if row.external_id else None

    def _learn_external_ids(self, session: Session, rows: Sequence[OrganisationRow]) -> None:
        wanted = sorted({row.external_id for row in rows if row.external_id} - self._by_external_id.keys())
        if wanted:
            # A duplicate that was merged leads to the one that was kept.
            holder = sa.func.coalesce(Organisation.merged_into_id, Organisation.id).label("id")
            found = session.execute(
                sa.select(Organisation.external_id, holder).where(Organisation.external_id.in_(wanted))
            )
            self._by_external_id.update({str(row.external_id): row.id for row in found})

    def _key(self, row: OrganisationRow, stored: Mapping[int, Any]) -> int | None:
        """Return the organisation that a row is about, ``None`` for a new one.

        One that the source knows by another external_id is another one, even with the same
        legal identifier: that is reported as a likely duplicate.
        """
        key = self._named(row)
        if key is not None:
            return key
        key = self._directory.find(row)
        if key is None or not row.external_id:
            return key
        present = self._external_ids.get(key) or (stored[key].external_id if key in stored else None)
        return key if present in {None, "", row.external_id} else None

    def _compare(self, entry: Entry, organisation: Organisation, plan: Plan, *, kept: bool) -> None:
        row: OrganisationRow = entry.values
        before = profile_of(organisation)
        differing = {name: value for name, value in row.said.items() if getattr(before, name) != value}
        # What members say of their organisation is theirs; a databank only fills what they left open.
        filled = {
            name: value for name, value in differing.items() if not kept or getattr(before, name) in EMPTY
        }
        left = sorted(differing.keys() - filled.keys())
        if left:
            message = _(
                "The organisation's own members look after it; left as it is: %(names)s.",
                names=", ".join(left),
            )
            plan.outcome.problems.append(entry.problem(left[0], "members_word", message))
        held = {certificate.scheme.casefold() for certificate in organisation.certificates}
        known = {(identifier.scheme, identifier.value) for identifier in organisation.identifiers}
        change = Change(
            organisation,
            dataclasses.replace(before, **filled),
            row.external_id if row.external_id and not organisation.external_id else None,
            None if row.identifier is None or row.known.identifiers[0] in known else row.identifier,
            tuple(scheme for scheme in row.certificates if scheme.casefold() not in held),
        )
        if filled or change.external_id or change.identifier or change.certificates:
            self._directory.change(organisation.id, before, change.profile, row)
            plan.changes.append(change)
            plan.outcome.changed += 1
        else:
            plan.outcome.unchanged += 1

    def _apply(self, session: Session, change: Change, now: datetime) -> None:
        organisation = change.organisation
        changed = write_profile(organisation, change.profile)
        if "country" in changed:
            organisation.office_id = self._directory.office(organisation.country)
        if changed & IDENTITY:
            end_verification(session, organisation, now=now)
        if change.external_id:
            organisation.external_id = change.external_id
        if change.identifier is not None:
            identifier = Identifier(country=organisation.country, **asdict(change.identifier))
            organisation.identifiers.append(identifier)
        organisation.certificates.extend(HeldCertificate(scheme=scheme) for scheme in change.certificates)
        organisation.updated_at = now
        session.flush()
        if changed & MATTERS or change.certificates:
            outbox.record(session, "OrganisationChanged", {"organisation": organisation.id}, at=now)


def _stored(session: Session, keys: Sequence[int]) -> dict[int, Organisation]:
    if not keys:
        return {}
    loads = (selectinload(Organisation.identifiers), selectinload(Organisation.certificates))
    rows = session.scalars(sa.select(Organisation).where(Organisation.id.in_(sorted(keys))).options(*loads))
    return {row.id: row for row in rows}


def _with_members(session: Session, keys: Mapping[int, Organisation]) -> frozenset[int]:
    """Return those of some organisations that somebody belongs to."""
    if not keys:
        return frozenset()
    owned = sa.select(Membership.organisation_id).where(Membership.organisation_id.in_(sorted(keys)))
    return frozenset(session.scalars(owned))


def _same_twice(entry: Entry, line: int) -> Problem:
    message = _("Line %(line)s is about the same organisation; this row was left out.", line=line)
    return entry.problem("", "same_twice", message, Severity.ERROR)
