"""The staff's page of one organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from flask import render_template

from marketplace import clock
from marketplace.databank.forms import CheckForm, NoteForm, TagsForm
from marketplace.databank.queries.record import checks_of, introductions_of, listings_of, notes_of
from marketplace.databank.queries.tags import tags_in_use, tags_of
from marketplace.databank.views.blueprint import ONE, bp
from marketplace.offices.models import Office
from marketplace.organisations.forms.people import ReasonForm
from marketplace.organisations.models import Verification
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
        ``check``, ``note``, ``tags`` or ``withdraw-ID``.
    """
    forms = filled or {}
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "databank:view")
        close = allowed(actor(), "organisation:contacts", organisation)
        checks = checks_of(session, organisation)
        office = None if organisation.office_id is None else session.get(Office, organisation.office_id)
        found = {
            "notes": notes_of(session, actor(), organisation),
            "tags": tags_of(session, [organisation.id]).get(organisation.id, ()),
            "known_tags": tags_in_use(session, actor()),
            "listings": listings_of(session, actor(), organisation),
            "introductions": introductions_of(session, actor(), organisation),
            "members": colleagues_of(session, organisation.id) if close else (),
        }
    standing = [one.id for one in checks if one.withdrawn_at is None]
    return render_template(
        "databank/record.html",
        organisation=organisation,
        office=office,
        complete=completeness(organisation),
        checks=_together(checks),
        close=close,
        check_form=forms.get("check") or CheckForm(formdata=None, data={"checked_on": clock.today()}),
        note_form=forms.get("note") or NoteForm(formdata=None),
        tags_form=forms.get("tags") or TagsForm(formdata=None),
        withdraw_forms={key: _withdrawing(key, forms) for key in standing},
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


def _withdrawing(key: int, forms: Forms) -> Form:
    """Return the form that stands beside a record; its field has a mark of its own."""
    form = forms.get(f"withdraw-{key}") or ReasonForm(formdata=None)
    form["reason"].id = f"reason-{key}"
    return form
