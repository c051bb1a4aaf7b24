"""A side's introductions: the list, and one of them with what can be done now."""

from __future__ import annotations

from flask import render_template, request

from marketplace import clock, policy
from marketplace.errors import NotFound
from marketplace.introductions.forms import ReasonForm, StepForm
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.contacts import Contacts
from marketplace.introductions.queries.find import introduction_by_reference
from marketplace.introductions.queries.seats import possible
from marketplace.introductions.queries.sides import asked_count, facing_listing, my_introductions, shown_to
from marketplace.introductions.queries.timeline import timeline
from marketplace.introductions.services.progress import NOTED
from marketplace.introductions.services.see import see_contacts
from marketplace.introductions.states import DECLINING, FAILING, WITHDRAWING, By
from marketplace.introductions.views.blueprint import PAGE_SIZE, bp
from marketplace.introductions.views.room import Forms, room
from marketplace.introductions.views.steps import told_steps
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction
from marketplace.web.paging import Page, asked_page

REASONS = {"decline": DECLINING, "withdraw": WITHDRAWING, "fail": FAILING}


@bp.get("/me/introductions")
@needs("account:use")
def introductions() -> str:
    """List the introductions of one's organisations: those that live, or those that are over."""
    ended, number = request.args.get("show") == "ended", asked_page()
    with reading() as session:
        rows, total = my_introductions(
            session, actor(), ended=ended, offset=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
        asked = asked_count(session, actor())
    return render_template(
        "introductions/mine.html", page=Page(rows, number, PAGE_SIZE, total), ended=ended, asked=asked
    )


@bp.get("/me/introductions/<reference>")
@needs("introduction:view")
def introduction(reference: str) -> str:
    """Show one introduction as one's side sees it."""
    return page(reference)


def page(reference: str, forms: Forms | None = None) -> str:
    """Render an introduction for a side, with the forms of what can be done now.

    Parameters
    ----------
    forms
        A form that was filled in wrongly, by the name of its act: what was typed is kept.
    """
    with reading() as session:
        found = introduction_by_reference(session, actor(), reference)
        sides = shown_to(session, actor(), [found])
        if not sides:
            # An officer; the desk has a page for them.
            raise NotFound
        steps = told_steps(found, timeline(session, found, sides[0].seat), sides[0].seat)
        verbs = possible(actor(), found)
        files = _files(found, sides[0].seat)
        shared = room(session, found, sides[0].seat, forms or {})
    return render_template(
        "introductions/introduction.html",
        shown=sides[0],
        introduction=found,
        steps=steps,
        verbs=verbs,
        progress=[verb for verb in NOTED if verb in verbs],
        room=shared,
        contacts=_contacts(found, sides[0].seat),
        files=files,
        forms=forms_of(found, verbs, forms or {}),
        proposes=sides[0].seat is By.PROPOSER,
    )


def forms_of(found: Introduction, verbs: frozenset[str], filled: Forms) -> dict[str, StepForm]:
    """Return the form of each act that is possible, ready to stand beside the others."""
    forms: dict[str, StepForm] = {}
    for verb in verbs & REASONS.keys():
        given = filled.get(verb)
        form = given if isinstance(given, ReasonForm) else ReasonForm(formdata=None)
        form.offer(REASONS[verb])
        form.beside(verb, found.version)
        forms[verb] = form
    return forms


def _files(found: Introduction, seat: By) -> list[tuple[int, str]]:
    """Return position and name of the files of the other side's listing, where contacts are open."""
    listing = facing_listing(found, seat)
    if listing is None or not policy.allowed(actor(), "introduction:contacts", found):
        return []
    return [(row.position, row.file.name) for row in listing.attachments]


def _contacts(found: Introduction, seat: By) -> tuple[Contacts, Contacts] | None:
    """Return one's own contacts and the other side's, where both have said yes; the reading is noted."""
    if not policy.allowed(actor(), "introduction:contacts", found):
        return None
    with transaction() as session:
        again = introduction_by_reference(session, actor(), found.reference or "")
        proposer, other = see_contacts(session, actor(), again, now=clock.now())
    return (proposer, other) if seat is By.PROPOSER else (other, proposer)
