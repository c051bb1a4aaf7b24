"""What was done to an organisation, in words that its people use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString

from marketplace.web.fields import lazy as _l

ACTS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "organisation:create": _l("Entered the organisation"),
        "organisation:edit": _l("Changed the profile"),
        "organisation:verify": _l("Noted what was checked"),
        "organisation:unverify": _l("Took back what was checked"),
        "organisation:benchmark": _l("Noted how it performs among its peers"),
        "organisation:unbenchmark": _l("Took back how it performs among its peers"),
        "organisation:suspend": _l("Suspended the organisation"),
        "organisation:readmit": _l("Let the organisation in again"),
        "organisation:merge": _l("Made one record of two"),
        "organisation:unmerge": _l("Parted the two records again"),
        "organisation:invite": _l("Invited a colleague"),
        "organisation:uninvite": _l("Took an invitation back"),
        "organisation:join": _l("Joined"),
        "organisation:role": _l("Changed what a colleague may do"),
        "organisation:leave": _l("Left"),
        "organisation:remove": _l("Took a colleague out"),
        "organisation:certificate-add": _l("Added a certificate"),
        "organisation:certificate-edit": _l("Changed a certificate"),
        "organisation:certificate-remove": _l("Removed a certificate"),
        "organisation:machine-add": _l("Added a machine"),
        "organisation:machine-edit": _l("Changed a machine"),
        "organisation:machine-remove": _l("Removed a machine"),
        "programme:enrol": _l("Enrolled the organisation in a programme"),
        "programme:leave": _l("Ended the part in a programme"),
        "listing:post": _l("Began a listing"),
        "listing:edit": _l("Changed a listing"),
        "listing:files": _l("Changed the files of a listing"),
        "listing:submit": _l("Handed in a listing"),
        "listing:publish": _l("Published a listing"),
        "listing:return": _l("Returned a listing"),
        "listing:withdraw": _l("Took a listing back"),
        "listing:pause": _l("Paused a listing"),
        "listing:reopen": _l("Opened a listing again"),
        "listing:mark_matched": _l("Noted that a partner was found"),
        "listing:hold": _l("Held a listing back"),
        "listing:suspend": _l("Suspended a listing"),
        "listing:publish_at_once": _l("Published a listing without review"),
        "listing:close": _l("Closed a listing"),
        "listing:expire": _l("A listing’s time was over"),
        "listing:renew": _l("Renewed a listing"),
        "listing:archive": _l("Put a listing away"),
        "introduction:contacts": _l("Read the contacts of an introduction"),
    }
)


def told(act: str) -> str:
    """Return what was done."""
    return str(ACTS[act]) if act in ACTS else _("Something was changed")


def whose(colleague: str, office: str, *, by_system: bool, by_partner: bool) -> str:
    """Return who did it: a colleague by name, all others by what they are."""
    if colleague:
        return colleague
    if by_system:
        return _("The exchange")
    if by_partner:
        return _("The other side, or somebody who has left")
    return office or _("Somebody who has left, or an administrator")
