"""The way in: after the login, and to one's own organisation."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace import clock
from marketplace.organisations.forms.profile import CreateForm
from marketplace.organisations.queries.colleagues import invitations_for
from marketplace.organisations.queries.found import own_organisations
from marketplace.organisations.services.profile import create_organisation
from marketplace.organisations.views.blueprint import bp
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction


@bp.get("/me/start")
@needs("account:use")
def start() -> Response:
    """Lead a person who has just logged in to what waits for them."""
    with reading() as session:
        invited = invitations_for(session, actor().email, clock.now())
    return redirect(url_for("organisations.invitations") if invited else "/me")


@bp.get("/me/organisation")
@needs("account:use")
def own() -> Any:
    """Lead to one's own organisation, or let choose where there are several."""
    with reading() as session:
        found = own_organisations(session, actor())
    if not found:
        return redirect(url_for("organisations.new"))
    if len(found) == 1:
        return redirect(url_for("organisations.edit", reference=found[0].reference))
    return render_template("organisations/choose.html", organisations=found)


@bp.get("/me/organisation/new")
@needs("organisation:create")
def new() -> str:
    """Show the form of a new organisation."""
    return _page(CreateForm(formdata=None))


def _page(form: CreateForm) -> str:
    with reading() as session:
        invited = invitations_for(session, actor().email, clock.now())
    return render_template("organisations/new.html", form=form, invitations=invited)


@bp.post("/me/organisation/new")
@needs("organisation:create")
def create() -> Any:
    """Create an organisation."""
    form = CreateForm()
    if not form.validate():
        return _page(form), 422
    with transaction() as session:
        organisation = create_organisation(session, actor(), form.profile(), now=clock.now())
        name, reference = organisation.name, organisation.reference
    flash(_("%(name)s is here now. The more you say, the better the matches.", name=name), "success")
    return redirect(url_for("organisations.edit", reference=reference), 303)
