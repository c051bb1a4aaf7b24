"""The table: from permission to predicate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from marketplace.errors import Forbidden, NotFound
from marketplace.policy import introductions as brokering
from marketplace.policy import predicates as of
from marketplace.policy.actor import Actor

Predicate = Callable[[Actor, Any], bool]


@dataclass(frozen=True, slots=True)
class Permission:
    """One row of the table.

    Parameters
    ----------
    predicate
        Decides over (actor, thing).
    on_thing
        Whether a thing is needed; a route cannot decide before it has found the thing.
    sees
        The permission to know of the thing at all: who lacks it is told "not found".
    """

    predicate: Predicate
    on_thing: bool = True
    sees: str = ""


PERMISSIONS: Mapping[str, Permission] = MappingProxyType(
    {
        "account:use": Permission(of.signed_in, on_thing=False),
        "admin:use": Permission(of.admin, on_thing=False),
        "desk:use": Permission(of.staff, on_thing=False),
        "learning:calibrate": Permission(of.admin, on_thing=False),
        "databank:import": Permission(of.staff, on_thing=False),
        "databank:export": Permission(of.staff, on_thing=False),
        "databank:view": Permission(of.impartial_staff_of, sees="databank:view"),
        "databank:note": Permission(of.impartial_staff_of, sees="databank:view"),
        "databank:tag": Permission(of.impartial_staff_of, sees="databank:view"),
        "note:view": Permission(of.impartial_staff_of, sees="note:view"),
        "note:edit": Permission(of.wrote, sees="note:view"),
        "databank:renew": Permission(of.is_staff_of, sees="databank:renew"),
        "import:view": Permission(of.is_staff_of, sees="import:view"),
        "import:carry_on": Permission(of.is_staff_of, sees="import:view"),
        "organisation:create": Permission(of.signed_in, on_thing=False),
        "organisation:view": Permission(of.view_organisation, sees="organisation:view"),
        "organisation:contacts": Permission(of.contacts, sees="organisation:view"),
        "organisation:edit": Permission(of.own_organisation, sees="organisation:view"),
        "organisation:members": Permission(of.decide_for_organisation, sees="organisation:view"),
        "organisation:belong": Permission(of.belongs_to_organisation, sees="organisation:view"),
        "organisation:verify": Permission(of.impartial_staff_of, sees="organisation:view"),
        "organisation:benchmark": Permission(of.impartial_staff_of, sees="organisation:view"),
        "organisation:merge": Permission(of.merge_pair, sees="organisation:merge"),
        "organisation:suspend": Permission(of.impartial_staff_of, sees="organisation:view"),
        "programme:create": Permission(of.officer, on_thing=False),
        "programme:view": Permission(of.staff),
        "programme:edit": Permission(of.is_staff_of, sees="programme:view"),
        "programme:enrol": Permission(of.enrols, sees="programme:view"),
        "office:edit": Permission(of.edit_office),
        "listing:post": Permission(of.has_organisation, on_thing=False),
        "listing:view": Permission(of.view_listing, sees="listing:view"),
        "listing:name": Permission(of.name_listing, sees="listing:view"),
        "listing:edit": Permission(of.edit_listing, sees="listing:view"),
        "listing:review": Permission(of.impartial_staff_of, sees="listing:view"),
        "listing:files": Permission(of.contacts, sees="listing:view"),
        "listing:approach": Permission(of.approach_listing, sees="listing:view"),
        "match:view": Permission(of.own_listing_matches, sees="listing:view"),
        "match:dismiss": Permission(of.edit_listing, sees="listing:view"),
        "introduction:propose": Permission(brokering.propose, sees="introduction:propose"),
        "introduction:view": Permission(brokering.view, sees="introduction:view"),
        "introduction:contacts": Permission(brokering.contacts, sees="introduction:view"),
        "introduction:vet": Permission(brokering.first_office, sees="introduction:view"),
        "introduction:send_on": Permission(brokering.second_office, sees="introduction:view"),
        "introduction:accept": Permission(brokering.answer, sees="introduction:view"),
        "introduction:decline": Permission(brokering.decline, sees="introduction:view"),
        "introduction:withdraw": Permission(brokering.withdraw, sees="introduction:view"),
        "introduction:progress": Permission(brokering.progress, sees="introduction:view"),
        "introduction:write": Permission(brokering.progress, sees="introduction:view"),
        "introduction:meet": Permission(brokering.meet, sees="introduction:view"),
        "introduction:propose_times": Permission(brokering.progress, sees="introduction:view"),
        "message:view": Permission(brokering.read_message, sees="message:view"),
        "message:files": Permission(brokering.open_message_files, sees="message:view"),
        "agreement:evidence": Permission(brokering.open_evidence, sees="agreement:evidence"),
        "follow_up:answer": Permission(brokering.answer_follow_up, sees="follow_up:answer"),
        "introduction:broker": Permission(brokering.broker, sees="introduction:view"),
        "introduction:remind": Permission(brokering.broker, sees="introduction:view"),
        "introduction:reassign": Permission(brokering.broker, sees="introduction:view"),
        "introduction:hand_over": Permission(brokering.hand_over, sees="introduction:hand_over"),
    }
)


def allowed(actor: Actor, permission: str, thing: Any = None) -> bool:
    """Tell whether the actor may.

    Parameters
    ----------
    actor
        Who.
    permission
        A key of :data:`PERMISSIONS`.
    thing
        What; ``None`` only where the permission needs no thing.

    Raises
    ------
    KeyError
        For a permission that is not in the table.
    """
    return PERMISSIONS[permission].predicate(actor, thing)


def require(actor: Actor, permission: str, thing: Any = None) -> None:
    """Raise unless the actor may.

    Raises
    ------
    NotFound
        Where the actor may not even know of the thing: another's thing and one that does not
        exist look the same.
    Forbidden
        Where the actor may know of it but not do this.
    """
    if allowed(actor, permission, thing):
        return
    sees = PERMISSIONS[permission].sees
    if sees and not allowed(actor, sees, thing):
        raise NotFound
    raise Forbidden(permission)
