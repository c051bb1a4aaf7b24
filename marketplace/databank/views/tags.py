"""Tags, for one organisation on its page and for many in the list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from marketplace import clock
from marketplace.databank.forms import TagsForm
from marketplace.databank.services.tags import MOST_AT_ONCE, add_tags, remove_tags
from marketplace.databank.views import listed
from marketplace.databank.views.blueprint import ONE, Answer, bp, done
from marketplace.databank.views.record import page
from marketplace.errors import Invalid
from marketplace.organisations.queries.found import REFERENCE
from marketplace.web.access import needs
from marketplace.web.context import actor, transaction

REMOVE: Final = "remove"


def _told(act: Callable[..., int], count: int) -> str:
    if not count:
        return _("Nothing to take away.") if act is remove_tags else _("They had it already.")
    if act is remove_tags:
        return ngettext("Taken from %(num)s organisation.", "Taken from %(num)s organisations.", count)
    return ngettext("Given to %(num)s organisation.", "Given to %(num)s organisations.", count)


@bp.post("/desk/databank/tags")
@needs("databank:tag")
def tag_many() -> Answer:
    """Give tags to the organisations that were ticked in the list, or take them away."""
    form = TagsForm()
    references = [
        word for word in request.form.getlist("ref")[: MOST_AT_ONCE + 1] if REFERENCE.fullmatch(word)
    ]
    act = remove_tags if request.form.get("act") == REMOVE else add_tags
    if form.validate():
        try:
            with transaction() as session:
                count = act(session, actor(), references, form.typed(), now=clock.now())
        except Invalid as problem:
            form.blame(problem)
        else:
            flash(_told(act, count), "success")
            words: dict[str, Any] = dict(listed.asked_for(listed.offered_offices()).words)
            place: dict[str, Any] = {
                name: request.form[name] for name in ("after", "before") if request.form.get(name)
            }
            return redirect(url_for("databank.listed", **words, **place), 303)
    return listed.page(form, frozenset(references)), 422


@bp.post(f"{ONE}/tags")
@needs("databank:tag")
def tag_one(reference: str) -> Answer:
    """Give tags to one organisation, or take one away."""
    form = TagsForm()
    act = remove_tags if request.form.get("act") == REMOVE else add_tags
    if form.validate():
        try:
            with transaction() as session:
                count = act(session, actor(), [reference], form.typed(), now=clock.now())
        except Invalid as problem:
            form.blame(problem)
        else:
            return done(reference, _told(act, count), "tags")
    return page(reference, {"tags": form}), 422
