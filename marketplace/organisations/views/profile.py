"""One's own organisation: what it says of itself, and its legal identifiers."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace import clock, policy
from marketplace.errors import Conflict, Invalid
from marketplace.organisations.forms.parts import IdentifierForm
from marketplace.organisations.forms.profile import ProfileForm, version_of
from marketplace.organisations.queries.completeness import completeness
from marketplace.organisations.queries.found import organisation_of
from marketplace.organisations.services.identifiers import add_identifier, remove_identifier
from marketplace.organisations.services.profile import change_organisation
from marketplace.organisations.services.values import LISTS, NAMES, Profile, profile_of
from marketplace.organisations.views.blueprint import OWN, bp
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction
from marketplace.web.words import country, label, language_name
from matching.sectors import sector_title


@bp.get(OWN)
@needs("organisation:belong")
def edit(reference: str) -> Any:
    """Show what one's organisation says of itself; who may not write reads it."""
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "organisation:belong")
        if not policy.allowed(actor(), "organisation:edit", organisation):
            return redirect(url_for("organisations.show", reference=reference))
    return _page(reference)


def _page(
    reference: str,
    form: ProfileForm | None = None,
    identifier: IdentifierForm | None = None,
    conflict: Conflict | None = None,
) -> str:
    """Render the page from what is stored and, after a mistake, from what was typed."""
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "organisation:edit")
    form = form or ProfileForm.of(profile_of(organisation), organisation.version)
    return render_template(
        "organisations/edit.html",
        organisation=organisation,
        form=form,
        identifier=(identifier or IdentifierForm(formdata=None)).offer(organisation.country),
        complete=completeness(organisation),
        conflict=conflict,
        differences=_differences(form, conflict),
        today=clock.today(),
    )


@bp.post(OWN)
@needs("organisation:edit")
def save(reference: str) -> Any:
    """Save what was typed, unless somebody else was faster."""
    form = ProfileForm()
    form.this_year = clock.today().year
    if not form.validate():
        return _page(reference, form), 422
    try:
        with transaction() as session:
            changed = change_organisation(
                session, actor(), reference, form.profile(), version=version_of(form), now=clock.now()
            )
    except Conflict as conflict:
        if "version" not in conflict.current:
            # It is there no more.
            raise
        # Saving once more means: mine, knowing theirs.
        form.version.process_data(str(conflict.current["version"]))
        return _page(reference, form, conflict=conflict), 409
    flash(_("Saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("organisations.edit", reference=reference), 303)


def _differences(form: ProfileForm, conflict: Conflict | None) -> list[tuple[str, str, str]]:
    """Return label, typed and current value of each field in which the two versions differ."""
    if conflict is None:
        return []
    mine = form.profile()
    theirs = Profile(**{name: conflict.current[name] for name in NAMES})  # type: ignore[arg-type]
    return [
        (
            str(form[name].label.text),
            _in_words(name, getattr(mine, name)),
            _in_words(name, getattr(theirs, name)),
        )
        for name in NAMES
        if getattr(mine, name) != getattr(theirs, name)
    ]


def _in_words(name: str, value: Any) -> str:
    """Return a value of the profile as people read it."""
    if value is None or value in ("", ()):
        return _("nothing")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "country":
        return country(value)
    if name in LISTS:
        name_of = {"languages": language_name, "sectors": sector_title}.get(name, str)
        return ", ".join(name_of(entry) for entry in value)
    return label(value) if name in {"type", "employees", "turnover"} else str(value)


@bp.post(f"{OWN}/identifiers")
@needs("organisation:edit")
def add_number(reference: str) -> Any:
    """Add a legal identifier."""
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "organisation:edit")
    form = IdentifierForm().offer(organisation.country)
    if form.validate():
        try:
            with transaction() as session:
                add_identifier(
                    session,
                    actor(),
                    reference,
                    scheme=form.text("scheme"),
                    value=form.text("value"),
                    now=clock.now(),
                )
        except Invalid as error:
            form.blame(error)
        else:
            flash(_("The number is kept; only your office sees it."), "success")
            return redirect(url_for("organisations.edit", reference=reference, _anchor="identifiers"), 303)
    return _page(reference, identifier=form), 422


@bp.post(f"{OWN}/identifiers/<int(max=2147483647):identifier_id>/remove")
@needs("organisation:edit")
def remove_number(reference: str, identifier_id: int) -> Any:
    """Remove a legal identifier."""
    with transaction() as session:
        remove_identifier(session, actor(), reference, identifier_id=identifier_id, now=clock.now())
    flash(_("The number is removed."), "success")
    return redirect(url_for("organisations.edit", reference=reference, _anchor="identifiers"), 303)
