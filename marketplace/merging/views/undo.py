"""The merges of the office, and undoing one."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Conflict, Invalid
from marketplace.merging.queries.found import merge_of, merges_of_office
from marketplace.merging.queries.undoing import undo_until, undoing
from marketplace.merging.services.undo import undo_merge
from marketplace.merging.views.blueprint import Answer, bp
from marketplace.merging.views.wording import field_label
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction

PLACE = "/desk/databank/merges/<int(max=2147483647):merge_id>"
LONGEST_NUMBER = 9


@bp.get("/desk/databank/merges")
@needs("desk:use")
def merges() -> str:
    """List the merges of the office."""
    with reading() as session:
        found = merges_of_office(session, actor())
    return render_template("merging/merges.html", merges=found, now=clock.now(), undo_until=undo_until)


@bp.get(PLACE)
@needs("organisation:merge")
def show_merge(merge_id: int) -> str:
    """Show a merge, and what undoing it would do now."""
    return _page(merge_id)


def _page(merge_id: int, told: str = "") -> str:
    with reading() as session:
        merge = merge_of(session, actor(), merge_id)
        found = None if merge.undone_at else undoing(session, merge, clock.now())
        by = merge.by.name if merge.by else ""
    return render_template(
        "merging/undo.html",
        merge=merge,
        kept=merge.kept,
        merged=merge.merged,
        by=by,
        found=found,
        changed=[field_label(name) for name in found.changed_fields] if found else [],
        until=undo_until(merge),
        told=told,
    )


@bp.post(PLACE)
@needs("organisation:merge")
def undo(merge_id: int) -> Answer:
    """Undo a merge."""
    word = request.form.get("version", "")
    version = int(word) if word.isascii() and word.isdigit() and len(word) <= LONGEST_NUMBER else 0
    try:
        with transaction() as session:
            pair = undo_merge(session, actor(), merge_id=merge_id, version=version, now=clock.now())
            names = {"kept": pair.kept.name, "merged": pair.merged.name}
    except Invalid as problem:
        return _page(merge_id, problem.message), 422
    except Conflict as problem:
        return _page(merge_id, problem.message), 409
    flash(_("%(kept)s and %(merged)s are two again. Their members are told.", **names), "success")
    return redirect(url_for("merging.show_merge", merge_id=merge_id), 303)
