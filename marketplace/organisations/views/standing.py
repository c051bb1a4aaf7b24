"""What officers do with an organisation, from its public page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.organisations.forms.people import ReasonForm
from marketplace.organisations.queries.found import organisation_of
from marketplace.organisations.services import standing
from marketplace.organisations.services.certificates import verify_certificate
from marketplace.organisations.views.blueprint import bp
from marketplace.organisations.views.directory import profile_page
from marketplace.web.access import needs
from marketplace.web.context import actor, transaction


def _done(reference: str, text: str) -> Any:
    flash(text, "success")
    return redirect(url_for("organisations.show", reference=reference), 303)


@bp.post("/organisations/<reference>/suspend")
@needs("organisation:suspend")
def suspend(reference: str) -> Any:
    """Shut an organisation out."""
    form = ReasonForm()
    with transaction() as session:
        # Who may not is told so before their form is looked at.
        organisation_of(session, actor(), reference, "organisation:suspend")
        if form.validate():
            standing.suspend_organisation(
                session, actor(), reference, reason=form.text("reason"), now=clock.now()
            )
            return _done(reference, _("Suspended: only staff see it now."))
    return profile_page(reference, reason=form), 422


@bp.post("/organisations/<reference>/readmit")
@needs("organisation:suspend")
def readmit(reference: str) -> Any:
    """Let an organisation in again."""
    with transaction() as session:
        standing.readmit_organisation(session, actor(), reference, now=clock.now())
    return _done(reference, _("Readmitted: it is public again."))


@bp.post("/organisations/<reference>/certificates/<int(max=2147483647):certificate_id>/verify")
@needs("organisation:verify")
def check_certificate(reference: str, certificate_id: int) -> Any:
    """Note that a certificate was checked, and lead back to the page with the button."""
    with transaction() as session:
        verify_certificate(session, actor(), reference, certificate_id=certificate_id, now=clock.now())
    flash(_("The certificate is marked as checked."), "success")
    page = "databank.record" if request.form.get("back") == "databank" else "organisations.show"
    return redirect(url_for(page, reference=reference, _anchor="certificates"), 303)
