"""One way to carry out what a person does to an introduction, on a side's page and at the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy.orm import Session

from marketplace import clock
from marketplace.errors import Conflict, Invalid, NotFound
from marketplace.introductions.forms import ReasonForm, StepForm
from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.find import introduction_by_reference
from marketplace.introductions.services.progress import NOTED, note_progress
from marketplace.introductions.views import desk, mine
from marketplace.introductions.views.blueprint import DESK, MINE, Answer, done, too_late
from marketplace.introductions.views.room import Forms
from marketplace.web.context import actor, transaction
from marketplace.web.fields import Form

PAGES: Final[Mapping[str, Callable[[str, Forms], str]]] = MappingProxyType({MINE: mine.page, DESK: desk.page})


Act = Callable[[Session, Introduction], object]
"""Calls a service for the introduction that an address names."""


def carry_out(
    endpoint: str,
    reference: str,
    name: str,
    form: Form,
    act: Act,
    *,
    told: str,
    typed: str = "",
) -> Answer:
    """Call one service in one transaction, and answer: done, wrongly filled in, or too late.

    Parameters
    ----------
    endpoint
        The page that the person came from: ``MINE`` or ``DESK``.
    name
        Of the form on that page.
    form
        What is wrong with it is shown beside what was typed; what was found wrong before, as in a file, too.
    told
        Said when it is done.
    typed
        What was written, so that it is not lost where somebody was faster.
    """
    if form.errors or not form.validate():
        return again(endpoint, reference, name, form)
    try:
        with transaction() as session:
            act(session, introduction_by_reference(session, actor(), reference))
    except Invalid as problem:
        form.blame(problem)
        return again(endpoint, reference, name, form)
    except Conflict as conflict:
        return too_late(endpoint, reference, conflict, typed)
    return done(endpoint, reference, told)


def again(endpoint: str, reference: str, name: str, form: Form, status: int = 422) -> Answer:
    """Show the page again, with what was typed and what is wrong with it."""
    return PAGES[endpoint](reference, {name: form}), status


def with_reason(service: Callable[..., None], form: ReasonForm) -> Act:
    """Return the call of a service that ends an introduction, with the reason that was chosen."""
    return lambda session, found: service(
        session,
        actor(),
        found,
        reason=form.chosen(),
        words=form.text("words"),
        version=form.opened_at(),
        now=clock.now(),
    )


def note_step(name: str) -> tuple[StepForm, Act]:
    """Return the form of a step that the two report, and the call that notes it.

    Raises
    ------
    NotFound
        For what is no such step.
    """
    if name not in NOTED:
        raise NotFound
    form = ReasonForm() if name == "fail" else StepForm()
    return form, lambda session, found: note_progress(
        session,
        actor(),
        found,
        name,
        reason=form.chosen() if isinstance(form, ReasonForm) else None,
        words=form.text("words") if isinstance(form, ReasonForm) else "",
        version=form.opened_at(),
        now=clock.now(),
    )
