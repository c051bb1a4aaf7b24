"""Letters about two records of one organisation that became one, or two again."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from marketplace.merging.models import Merge
from marketplace.notifications.views.letters.letter import Letter, Occasion, sender
from marketplace.notifications.views.letters.people import exchange
from marketplace.offices.models import Office
from marketplace.organisations.models import Organisation
from marketplace.web.words import day


def _signature(occasion: Occasion, organisation: Organisation) -> tuple[str, str]:
    office = None if organisation.office_id is None else occasion.session.get(Office, organisation.office_id)
    return sender(office, exchange())


def merged(occasion: Occasion) -> Letter | None:
    """Write to the members of both; nothing where it was undone, or the reader has left."""
    merge = occasion.session.get(Merge, occasion.ids["merge"])
    if merge is None or merge.undone_at is not None or not occasion.reader.belongs(merge.kept_id):
        return None
    kept, duplicate = merge.kept, merge.merged
    signed, reply_to = _signature(occasion, kept)
    return Letter(
        subject=_("%(merged)s and %(kept)s are one now", merged=duplicate.name, kept=kept.name),
        paragraphs=(
            _(
                "The exchange had two records of your organisation: %(merged)s (%(other)s) and %(kept)s "
                "(%(reference)s). Our office has made one of them, %(reference)s.",
                merged=duplicate.name,
                other=duplicate.reference or "",
                kept=kept.name,
                reference=kept.reference or "",
            ),
            _(
                "Listings, certificates, machines and introductions of both stand there. Where one of the "
                "two had said yes in an introduction, it stays with the people who belonged to that record."
            ),
        ),
        action=(
            _("Look at the profile"),
            url_for("organisations.show", reference=kept.reference, _external=True),
        ),
        closing=(
            _(
                "If these are two organisations after all, answer this letter: our office can undo it for "
                "some weeks."
            ),
        ),
        why=_("You get this mail because you belong to %(name)s.", name=kept.name),
        signed=signed,
        reply_to=reply_to,
    )


def undone(occasion: Occasion) -> Letter | None:
    """Write to the members of both that they are two again."""
    merge = occasion.session.get(Merge, occasion.ids["merge"])
    if merge is None or merge.undone_at is None:
        return None
    own = [one for one in (merge.merged, merge.kept) if occasion.reader.belongs(one.id)]
    if not own:
        return None
    signed, reply_to = _signature(occasion, merge.kept)
    return Letter(
        subject=_("%(merged)s and %(kept)s are two again", merged=merge.merged.name, kept=merge.kept.name),
        paragraphs=(
            _(
                "On %(day)s our office had made one record of %(merged)s and %(kept)s. That was undone: what "
                "belonged to each of them is its own again.",
                day=day(merge.at),
                merged=merge.merged.name,
                kept=merge.kept.name,
            ),
        ),
        action=(
            _("Look at the profile"),
            url_for("organisations.show", reference=own[0].reference, _external=True),
        ),
        why=_("You get this mail because you belong to %(name)s.", name=own[0].name),
        signed=signed,
        reply_to=reply_to,
    )
