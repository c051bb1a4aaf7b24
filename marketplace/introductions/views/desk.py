"""An officer's introductions: by whose turn it is, and one of them with what can be done now."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request
from sqlalchemy.orm import Session

from marketplace import clock, policy
from marketplace.errors import NotFound
from marketplace.introductions.forms import OfficerForm, PresentForm, StepForm
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.contacts import Contacts
from marketplace.introductions.queries.desk import (
    Shelf,
    candidates,
    desk_introductions,
    handled,
    in_hand_count,
    shelf_counts,
)
from marketplace.introductions.queries.find import crossing, introduction_by_reference
from marketplace.introductions.queries.seats import possible, seats
from marketplace.introductions.queries.timeline import timeline
from marketplace.introductions.services.progress import NOTED
from marketplace.introductions.services.see import see_contacts
from marketplace.introductions.views.blueprint import PAGE_SIZE, bp
from marketplace.introductions.views.mine import forms_of
from marketplace.introductions.views.room import Forms, room
from marketplace.introductions.views.steps import told_steps
from marketplace.listings.queries import ListingCard, cards
from marketplace.matches.explanation import Explained, explain
from marketplace.matches.stored import score_from_json
from marketplace.offices.queries import StaffMember
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction
from marketplace.web.paging import Page, asked_page


@bp.get("/desk/introductions")
@needs("desk:use")
def desk() -> str:
    """List what lies on one shelf of the desk; what waits for us, first."""
    word, number = request.args.get("show", ""), asked_page()
    shelf = Shelf(word) if word in set(Shelf) else Shelf.OURS
    with reading() as session:
        counts = shelf_counts(session, actor())
        rows = desk_introductions(session, actor(), shelf, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        in_hand = in_hand_count(session, actor().user_id or 0)
    return render_template(
        "introductions/desk.html",
        page=Page(rows, number, PAGE_SIZE, counts[shelf]),
        shelf=shelf,
        counts=counts,
        in_hand=in_hand,
    )


@bp.get("/desk/introductions/<reference>")
@needs("introduction:broker")
def at_desk(reference: str) -> str:
    """Show one introduction to an officer of one of its offices."""
    return page(reference)


def page(reference: str, filled: Forms | None = None) -> str:
    """Render an introduction for an officer, with the forms of what can be done now.

    Parameters
    ----------
    filled
        A form that was filled in wrongly, by the name of its act: what was typed is kept.
    """
    with reading() as session:
        found = introduction_by_reference(session, actor(), reference)
        if not policy.allowed(actor(), "introduction:broker", found):
            # A side; it has a page of its own.
            raise NotFound
        seat = seats(actor(), found)[0]
        verbs = possible(actor(), found)
        people = candidates(session, actor(), found)
        shown = _cards(session, found)
        steps = told_steps(found, timeline(session, found, seat), seat)
        shared = room(session, found, seat, filled or {})
        back = crossing(session, actor(), found)
    return render_template(
        "introductions/handled.html",
        shown=handled(actor(), found),
        introduction=found,
        crossing=back.reference if back else None,
        cards=shown,
        steps=steps,
        verbs=verbs,
        explained=_explained(found),
        progress=[verb for verb in NOTED if verb in verbs],
        forms=_forms(found, verbs, people, filled or {}),
        contacts=_contacts(found),
        room=shared,
    )


def _cards(session: Session, found: Introduction) -> list[ListingCard]:
    keys = [key for key in (found.proposer_listing_id, found.other_listing_id) if key is not None]
    return cards(session, actor(), keys)


def _explained(found: Introduction) -> Explained | None:
    """Return the score as it was when it was proposed, in words, from the side of the other listing."""
    if found.explanation is None:
        return None
    return explain(score_from_json(found.explanation), found.other_listing.side)


def _forms(
    found: Introduction, verbs: frozenset[str], people: Sequence[StaffMember], filled: Forms
) -> dict[str, StepForm]:
    forms = forms_of(found, verbs, filled)
    for verb in verbs & {"vet", "send_on"}:
        told = filled.get(verb)
        if not isinstance(told, PresentForm):
            told = PresentForm(formdata=None, data={"presented": found.presented})
        told.beside(verb, found.version)
        forms[verb] = told
    if "reassign" in verbs:
        given = filled.get("reassign")
        form = given if isinstance(given, OfficerForm) else OfficerForm(formdata=None)
        form.offer(people)
        form.beside("reassign", found.version)
        forms["reassign"] = form
    return forms


def _contacts(found: Introduction) -> tuple[Contacts, Contacts] | None:
    """Return the contacts of both sides where both have said yes; the reading is noted."""
    if not policy.allowed(actor(), "introduction:contacts", found):
        return None
    with transaction() as session:
        again = introduction_by_reference(session, actor(), found.reference or "")
        return see_contacts(session, actor(), again, now=clock.now())
