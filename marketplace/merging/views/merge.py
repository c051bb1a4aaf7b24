"""The preview of a merge, and the merge."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace import clock
from marketplace.errors import Conflict, Invalid
from marketplace.merging.queries.fields import CHOSEN
from marketplace.merging.queries.preview import has_readers, pair_of, preview
from marketplace.merging.queries.undoing import UNDO_DAYS
from marketplace.merging.services.merge import Versions, merge_organisations
from marketplace.merging.views.blueprint import Answer, bp
from marketplace.merging.views.wording import field_label, in_words
from marketplace.web.access import needs
from marketplace.web.context import actor, reading, transaction

PLACE = "/desk/databank/merge/<kept>/<merged>"
LONGEST_NUMBER = 9


@bp.get(PLACE)
@needs("organisation:merge")
def show(kept: str, merged: str) -> str:
    """Show what merging the second into the first would do."""
    return _page(kept, merged)


def _choices() -> dict[str, str]:
    return {name: request.form[f"field-{name}"] for name in CHOSEN if f"field-{name}" in request.form}


def _versions() -> Versions:
    """Return the versions that the page showed; what is no number fits none."""
    words = (request.form.get("kept_version", ""), request.form.get("merged_version", ""))
    first, second = (
        int(word) if word.isascii() and word.isdigit() and len(word) <= LONGEST_NUMBER else 0
        for word in words
    )
    return first, second


def _page(kept: str, merged: str, told: str = "") -> str:
    with reading() as session:
        pair = pair_of(session, actor(), kept, merged)
        found = preview(session, pair, _choices() if request.method == "POST" else {})
    return render_template(
        "merging/merge.html",
        found=found,
        kept=pair.kept,
        merged=pair.merged,
        told=told,
        days=UNDO_DAYS,
        field_label=field_label,
        in_words=in_words,
    )


@bp.post(PLACE)
@needs("organisation:merge")
def merge(kept: str, merged: str) -> Answer:
    """Merge the second into the first."""
    try:
        with transaction() as session:
            done = merge_organisations(
                session,
                actor(),
                kept=kept,
                merged=merged,
                choices=_choices(),
                versions=_versions(),
                now=clock.now(),
            )
            number, names = done.id, {"merged": done.merged.name, "kept": done.kept.name}
            reads = has_readers(session, done.merged_id)
    except Invalid as problem:
        return _page(kept, merged, problem.message), 422
    except Conflict as problem:
        # What happened meanwhile, above what is there now; what was chosen is chosen still.
        return _page(kept, merged, problem.message), 409
    told = _("%(merged)s is merged into %(kept)s.", **names)
    flash(f"{told} {_('Its members are told by mail.')}" if reads else told, "success")
    return redirect(url_for("merging.show_merge", merge_id=number), 303)
