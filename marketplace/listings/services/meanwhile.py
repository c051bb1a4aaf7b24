"""What somebody else has done to a listing while an officer had it open, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from marketplace.errors import Conflict
from marketplace.listings.models import Listing, State
from marketplace.listings.queries.last_act import LastAct, last_act
from marketplace.listings.services.states import NOW
from marketplace.web.words import spoken


def _changed(who: str) -> str:
    return _("%(who)s changed it.", who=who)


_DONE: Final[dict[str, Callable[[str], str]]] = {
    "listing:submit": lambda who: _("%(who)s sent it to the office.", who=who),
    "listing:publish": lambda who: _("%(who)s published it.", who=who),
    "listing:return": lambda who: _("%(who)s returned it to its author.", who=who),
    "listing:withdraw": lambda who: _("%(who)s took it back.", who=who),
    "listing:close": lambda who: _("%(who)s closed it.", who=who),
    "listing:pause": lambda who: _("%(who)s paused it.", who=who),
    "listing:files": lambda who: _("%(who)s changed its files.", who=who),
}


def changed_meanwhile(session: Session, listing: Listing) -> Conflict:
    """Return the conflict that tells an officer who did what and when, and how the listing stands now."""
    still = listing.state is State.SUBMITTED
    now = _("Read it again before you decide.") if still else str(NOW[listing.state])
    last = last_act(session, listing.id)
    if last is None:
        return Conflict(f"{_('This listing was changed after you opened it.')} {now}")
    what = f"{_DONE.get(last.act, _changed)(_who(last))} ({spoken(last.at)})"
    if still:
        told = _("This listing was changed after you opened it. %(what)s", what=what)
    else:
        told = _("This cannot be done any more. %(what)s", what=what)
    return Conflict(f"{told} {now}")


def _who(last: LastAct) -> str:
    if not last.person:
        return _("The exchange")
    if last.office:
        return _("%(person)s of %(office)s", person=last.person, office=last.office)
    return last.person
