"""Colleagues: inviting them, what they may do, and joining by an invitation."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.accounts.forms import EmptyForm
from marketplace.accounts.queries import user_by_email
from marketplace.errors import Invalid, NotFound
from marketplace.organisations.forms.people import InviteForm, RoleForm
from marketplace.organisations.models import MemberRole
from marketplace.organisations.queries import colleagues as queries
from marketplace.organisations.queries.found import organisation_of
from marketplace.organisations.services import colleagues as services
from marketplace.organisations.views.blueprint import OWN, bp
from marketplace.web.access import needs, public
from marketplace.web.context import actor, reading, settings, transaction
from marketplace.web.limits import by_ip

PERSON = "<int(max=2147483647):user_id>"
INVITATION = "<int(max=2147483647):invitation_id>"


def _page(reference: str, form: InviteForm) -> str:
    with reading() as session:
        organisation = organisation_of(session, actor(), reference, "organisation:belong")
        people = queries.colleagues_of(session, organisation.id)
        invited = queries.invitations_of(session, organisation.id, clock.now())
    roles = {person.user_id: RoleForm(formdata=None, role=person.role.value) for person in people}
    return render_template(
        "organisations/colleagues.html",
        organisation=organisation,
        people=people,
        invitations=invited,
        form=form,
        roles=roles,
    )


def _back(reference: str, text: str, kind: str = "success") -> Any:
    flash(text, kind)
    return redirect(url_for("organisations.colleagues", reference=reference), 303)


@bp.get(f"{OWN}/colleagues")
@needs("organisation:belong")
def colleagues(reference: str) -> str:
    """Show who belongs to the organisation."""
    return _page(reference, InviteForm(formdata=None))


@bp.post(f"{OWN}/colleagues")
@needs("organisation:members")
@by_ip
def invite(reference: str) -> Any:
    """Invite a colleague."""
    form = InviteForm()
    if form.validate():
        try:
            with transaction() as session:
                invitation = services.invite_colleague(
                    session,
                    actor(),
                    reference,
                    email=form.text("email"),
                    role=MemberRole(form.text("role")),
                    now=clock.now(),
                )
        except Invalid as error:
            form.blame(error)
        else:
            return _back(reference, _("The invitation to %(email)s is on its way.", email=invitation.email))
    return _page(reference, form), 422


@bp.post(f"{OWN}/colleagues/{PERSON}/role")
@needs("organisation:members")
def change_role(reference: str, user_id: int) -> Any:
    """Change what a colleague may do."""
    form = RoleForm()
    if not form.validate():
        return _back(reference, _("Choose one of the roles."), "danger")
    try:
        with transaction() as session:
            services.change_role(
                session,
                actor(),
                reference,
                user_id=user_id,
                role=MemberRole(form.text("role")),
                now=clock.now(),
            )
    except Invalid as error:
        return _back(reference, error.message, "danger")
    return _back(reference, _("Saved."))


@bp.post(f"{OWN}/colleagues/{PERSON}/remove")
@needs("organisation:members")
def remove_colleague(reference: str, user_id: int) -> Any:
    """Take a colleague out."""
    try:
        with transaction() as session:
            services.remove_colleague(session, actor(), reference, user_id=user_id, now=clock.now())
    except Invalid as error:
        return _back(reference, error.message, "danger")
    if user_id == actor().user_id:
        return redirect("/me", 303)
    return _back(reference, _("Removed. What they saw as a colleague is closed to them from now on."))


@bp.post(f"{OWN}/leave")
@needs("organisation:belong")
def leave(reference: str) -> Any:
    """Leave the organisation."""
    try:
        with transaction() as session:
            services.leave_organisation(session, actor(), reference, now=clock.now())
    except Invalid as error:
        return _back(reference, error.message, "danger")
    flash(_("You have left the organisation."), "info")
    return redirect("/me", 303)


@bp.post(f"{OWN}/invitations/{INVITATION}/withdraw")
@needs("organisation:members")
def withdraw(reference: str, invitation_id: int) -> Any:
    """Take an invitation back."""
    with transaction() as session:
        services.withdraw_invitation(
            session, actor(), reference, invitation_id=invitation_id, now=clock.now()
        )
    return _back(reference, _("The invitation is withdrawn; its link does nothing any more."))


@bp.get("/me/invitations")
@needs("account:use")
def invitations() -> str:
    """Show the invitations to one's own address."""
    with reading() as session:
        found = queries.invitations_for(session, actor().email, clock.now())
    return render_template("organisations/invitations.html", invitations=found)


@bp.post(f"/me/invitations/{INVITATION}")
@needs("account:use")
def accept_own(invitation_id: int) -> Any:
    """Accept an invitation to one's own address."""
    return _accept(invitation_id)


@bp.get("/invitations/<token>")
@public
def invitation(token: str) -> Any:
    """Show an invitation, and how to accept it."""
    now = clock.now()
    with reading() as session:
        row = queries.invitation_of_token(session, settings().secret_key, token)
        found = None if row is None else queries.open_invitation(session, row.id, now)
        known = found is not None and user_by_email(session, found.email) is not None
    if row is None:
        raise NotFound
    if found is None:
        return render_template("organisations/invitation_over.html"), 410
    return render_template(
        "organisations/invitation.html",
        invitation=found,
        token=token,
        form=EmptyForm(formdata=None),
        known=known,
    )


@bp.post("/invitations/<token>")
@needs("account:use")
def accept(token: str) -> Any:
    """Accept an invitation by its link; it must be to the address one is logged in with."""
    with reading() as session:
        row = queries.invitation_of_token(session, settings().secret_key, token)
    if row is None:
        raise NotFound
    return _accept(row.id)


def _accept(invitation_id: int) -> Any:
    with transaction() as session:
        organisation = services.accept_invitation(
            session, actor(), invitation_id=invitation_id, now=clock.now()
        )
    if organisation is None:
        return render_template("organisations/invitation_over.html"), 410
    flash(_("Welcome to %(name)s.", name=organisation.name), "success")
    return redirect("/me", 303)
