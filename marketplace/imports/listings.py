"""Listings from a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, make_transient_to_detached

from marketplace import audit, outbox, policy
from marketplace.imports.directory import Directory, Newcomer
from marketplace.imports.fields import LISTING_FIELDS
from marketplace.imports.listing_rows import ListingReader, ListingRow
from marketplace.imports.organisation_rows import OrganisationRow
from marketplace.imports.problems import Problem, Severity
from marketplace.imports.rows import Entry, other_office
from marketplace.imports.steps import Outcome
from marketplace.listings.models import Listing
from marketplace.listings.queries import whole_loads
from marketplace.listings.services.bring_in import (
    ENDED,
    Draft,
    Renewal,
    Source,
    bring_in_listings,
    draft_of,
    renew_from_source,
    renewal_of,
)
from marketplace.organisations.models import Organisation
from marketplace.policy import Actor


@dataclass(slots=True)
class Plan:
    """What a batch would do."""

    newcomers: list[tuple[Newcomer, Organisation]] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    renewals: list[tuple[Listing, Renewal]] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)


class ListingImporter:
    """Reads rows of listings and writes them; see :class:`marketplace.imports.run.Importer`.

    The organisation that a row names is the one with its legal identifier, or of its name in its
    town; one that the databank lacks is made, and one that it has stays as it is.

    Parameters
    ----------
    actor
        Who imports; an officer's listings without an organisation are held by the officer's
        office, else by the one that covers the country.
    today
        The day against which deadlines are checked.
    """

    fields = LISTING_FIELDS

    def __init__(self, actor: Actor, today: date) -> None:
        self.actor = actor
        self.today = today
        self._directory = Directory(actor.office_id)
        self._lines: dict[str, int] = {}
        self._beside: set[tuple[str, str, str]] = set()

    def read(
        self, line: int, values: Mapping[str, str], column: Callable[[str], str]
    ) -> Entry | list[Problem]:
        """Check one row."""
        reader = ListingReader(line, values, column, self.today)
        row = reader.row()
        if row is not None and row.external_id in self._lines:
            message = _("Line %(line)s has the same external_id.", line=self._lines[row.external_id])
            reader.refuse("external_id", "same_twice", message)
        if row is None or reader.refused:
            return reader.problems
        self._lines[row.external_id] = line
        self._warn_beside(reader, row)
        return Entry(line, row, tuple(reader.problems), column)

    def _warn_beside(self, reader: ListingReader, row: ListingRow) -> None:
        """Say once for each column that it does not belong to the kind and side of its rows."""
        for name in reader.beside:
            what = (name, row.values.kind.value, row.values.side.value)
            if what not in self._beside:
                self._beside.add(what)
                message = _(
                    "This is no field of a %(kind)s %(side)s; it is left out, here and in all such rows.",
                    kind=what[1],
                    side=what[2],
                )
                reader.warn(name, "of_another_kind", message)

    def look(self, session: Session, entries: Sequence[Entry], now: datetime) -> Plan:
        """Find out what a batch would do; nothing is written."""
        plan = Plan()
        wanted = [entry.values.external_id for entry in entries]
        known = {
            listing.external_id: listing
            for listing in session.scalars(
                sa.select(Listing).where(Listing.external_id.in_(wanted)).options(*whole_loads())
            )
        }
        owners = self._owners(session, entries)
        for entry in entries:
            listing = known.get(entry.values.external_id)
            if listing is None:
                self._look_at_new(entry, owners, plan, now)
            else:
                self._look_at_known(entry, listing, plan)
        newcomers = [newcomer for newcomer, _organisation in plan.newcomers]
        plan.outcome.problems += self._directory.doubts(session, newcomers, "organisation")
        return plan

    def write(self, session: Session, plan: Plan, now: datetime) -> None:
        """Carry out a plan in the caller's transaction, and record one event for matching."""
        ids = self._directory.write(session, [newcomer for newcomer, _organisation in plan.newcomers], now)
        for newcomer, organisation in plan.newcomers:
            # It is written already: from here on the session knows it as a row.
            organisation.id = ids[newcomer.key]
            make_transient_to_detached(organisation)
            session.add(organisation)
        touched = bring_in_listings(session, self.actor, plan.drafts, now)
        for listing, renewal in plan.renewals:
            renew_from_source(session, self.actor, listing, renewal, now)
            touched.append(listing)
        if touched:
            outcome = plan.outcome
            counts = {"created": outcome.created, "changed": outcome.changed}
            audit.note(session, self.actor.user_id, "databank:import", "listing", None, now, counts)
            outbox.record(
                session, "ListingsImported", {"listings": [listing.id for listing in touched]}, at=now
            )

    def forget(self, entries: Sequence[Entry]) -> None:
        """Forget what a batch has taught, whose transaction was rolled back."""
        self._directory.forget()

    def recall(self, session: Session, entries: Sequence[Entry]) -> None:
        """Need nothing more: reading a row has noted its external_id, and the rest is in the databank."""

    def _owners(self, session: Session, entries: Sequence[Entry]) -> dict[int, Organisation]:
        """Return the organisations of the databank that a batch names, by their keys."""
        rows: list[ListingRow] = [entry.values for entry in entries]
        named = [row.organisation for row in rows if row.organisation is not None]
        self._directory.learn(
            session, {*(row.country for row in named), *(row.values.country for row in rows)}
        )
        keys = sorted({key for row in named if (key := self._directory.find(row)) is not None and key > 0})
        stored = session.scalars(sa.select(Organisation).where(Organisation.id.in_(keys))) if keys else ()
        return {organisation.id: organisation for organisation in stored}

    def _look_at_new(self, entry: Entry, owners: dict[int, Organisation], plan: Plan, now: datetime) -> None:
        row: ListingRow = entry.values
        organisation = self._owner(entry, row.organisation, owners, plan, now)
        office_id = self._office(row, organisation)
        if organisation is not None and organisation.suspended_at is not None:
            message = _("The organisation %(name)s is suspended here.", name=organisation.name)
            plan.outcome.refuse(entry.problem("organisation", "suspended", message, Severity.ERROR))
            return
        if organisation is not None and not policy.allowed(self.actor, "databank:renew", organisation):
            plan.outcome.refuse(other_office(entry, "organisation", organisation.name))
            return
        if organisation is None and office_id is None:
            message = _(
                "The row names no organisation, and there is no office yet that could hold the listing."
            )
            plan.outcome.refuse(entry.problem("organisation", "no_office", message, Severity.ERROR))
            return
        published = datetime.combine(row.published_on, time(), UTC) if row.published_on else now
        draft = draft_of(row.values, Source(row.external_id, organisation, office_id, min(published, now)))
        plan.drafts.append(draft)
        plan.outcome.created += 1
        if draft.held:
            plan.outcome.problems.append(_held(entry, draft.held))

    def _look_at_known(self, entry: Entry, listing: Listing, plan: Plan) -> None:
        row: ListingRow = entry.values
        values, outcome = row.values, plan.outcome
        if not policy.allowed(self.actor, "databank:renew", listing):
            outcome.refuse(other_office(entry, "external_id", row.external_id))
            return
        if (values.side, values.kind) != (listing.side, listing.kind):
            message = _(
                "%(reference)s came in as %(kind)s %(side)s, which cannot change. Give this row another "
                "external_id.",
                reference=listing.reference,
                kind=listing.kind.value,
                side=listing.side.value,
            )
            field = "side" if values.side != listing.side else "kind"
            outcome.refuse(entry.problem(field, "another_listing", message, Severity.ERROR))
            return
        renewal = renewal_of(listing, row.said)
        if renewal is None:
            outcome.unchanged += 1
        elif listing.state in ENDED:
            message = _(
                "%(reference)s has ended here (%(state)s); it stays as it is.",
                reference=listing.reference,
                state=listing.state.value,
            )
            outcome.problems.append(entry.problem("", "ended", message))
            outcome.unchanged += 1
        else:
            plan.renewals.append((listing, renewal))
            outcome.changed += 1
            if renewal.hide:
                outcome.problems.append(_held(entry, renewal.held))

    def _owner(
        self,
        entry: Entry,
        row: OrganisationRow | None,
        owners: dict[int, Organisation],
        plan: Plan,
        now: datetime,
    ) -> Organisation | None:
        if row is None:
            return None
        key = self._directory.find(row)
        if key is not None:
            # A dry run has written nothing of what earlier batches named.
            return owners.get(key) or Organisation(**self._directory.columns(row, now))
        newcomer = self._directory.welcome(entry, row, now)
        owners[newcomer.key] = Organisation(**newcomer.columns)
        plan.newcomers.append((newcomer, owners[newcomer.key]))
        return owners[newcomer.key]

    def _office(self, row: ListingRow, organisation: Organisation | None) -> int | None:
        if organisation is not None:
            return organisation.office_id
        if self.actor.office_id is not None:
            return self.actor.office_id
        return self._directory.office(row.values.country)


def _held(entry: Entry, reasons: Sequence[str]) -> Problem:
    message = _(
        "Held for review: the text seems to hold contact details (%(where)s).", where=", ".join(reasons)
    )
    return entry.problem("", "held_for_review", message)
