"""The staff's page of one organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from flask import render_template

from marketplace import clock
from marketplace.databank.forms import BenchmarkForm, CheckForm, NoteForm, TagsForm
from marketplace.databank.queries.record import (
    benchmarks_of,
    checks_of,
    introductions_of,
    listings_of,
    notes_of,
)
from marketplace.databank.queries.tags import tags_in_use, tags_of
from marketplace.databank.views.blueprint import ONE, bp
from marketplace.offices.models import Office
from marketplace.organisations.forms.people import ReasonForm
from marketplace.organisations.models import Benchmark, Verification
from marketplace.organisations.queries.colleagues import colleagues_of
from marketplace.organisations.queries.completeness import completeness
from marketplace.organisations.queries.found import organisation_of
from marketplace.policy import allowed
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, settings
from marketplace.web.fields import Form

Forms = Mapping[str, Form]


@bp.get(ONE)
@needs("databank:view")
def record(reference: str) -> str:
    """Show all that the office knows of an organisation."""
    return page(reference)


def page(reference: str, filled: Forms | None = None) -> str:
    """Render the page, with a form that was filled in wrongly by its name.

    Parameters
    ----------
    filled
        ``check``, ``benchmark``, ``note``, ``tags``, ``withdraw-ID`` or ``unbenchmark-ID``.
    """
    forms = filled or {}
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "databank:view")
        close = allowed(actor(), "organisation:contacts", organisation)
        checks = checks_of(session, organisation)
        benchmarks = benchmarks_of(session, organisation)
        office = None if organisation.office_id is None else session.get(Office, organisation.office_id)
        found = {
            "notes": notes_of(session, actor(), organisation),
            "tags": tags_of(session, [organisation.id]).get(organisation.id, ()),
            "known_tags": tags_in_use(session, actor()),
            "listings": listings_of(session, actor(), organisation),
            "introductions": introductions_of(session, actor(), organisation),
            "members": colleagues_of(session, organisation.id) if close else (),
        }
    return render_template(
        "databank/record.html",
        organisation=organisation,
        office=office,
        complete=completeness(organisation),
        checks=_together(checks),
        benchmarks=benchmarks,
        close=close,
        check_form=forms.get("check") or CheckForm(formdata=None, data={"checked_on": clock.today()}),
        benchmark_form=forms.get("benchmark")
        or BenchmarkForm(formdata=None, data={"benchmarked_on": clock.today()}),
        note_form=forms.get("note") or NoteForm(formdata=None),
        tags_form=forms.get("tags") or TagsForm(formdata=None),
        withdraw_forms=_withdrawing("withdraw", checks, forms),
        unbenchmark_forms=_withdrawing("unbenchmark", benchmarks, forms),
        limit_mb=settings().upload_max_mb,
        today=clock.today(),
        **found,
    )


def _together(checks: Sequence[Verification]) -> list[list[Verification]]:
    """Return records in groups: those that were written down, or withdrawn, together."""

    def act(one: Verification) -> object:
        said = (one.result, one.checked_on, one.valid_until, one.evidence, one.evidence_link)
        done = (one.recorded_at, one.recorded_by_id, one.withdrawn_at, one.withdrawn_because)
        return (*said, one.evidence_file_id, *done)

    return [list(group)[::-1] for _act, group in groupby(checks, act)]


def _withdrawing(
    act: str, records: Sequence[Verification] | Sequence[Benchmark], forms: Forms
) -> dict[int, Form]:
    """Return the forms that stand beside records which can be taken back, by the record's key."""
    found: dict[int, Form] = {}
    for one in records:
        if one.withdrawn_at is None:
            form = found[one.id] = forms.get(f"{act}-{one.id}") or ReasonForm(formdata=None)
            # Its field has a mark of its own.
            form["reason"].id = f"reason-{act}-{one.id}"
    return found
