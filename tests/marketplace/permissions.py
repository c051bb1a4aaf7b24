"""Who may do what: the table that the policy is held against, and the people and things in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from marketplace import policy
from marketplace.policy import VISITOR, Actor

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
OWN, OTHER = 1, 2

PEOPLE: Mapping[str, Actor] = {
    "visitor": VISITOR,
    "person": Actor(user_id=1),
    "viewer": Actor(user_id=2, memberships={OWN: "viewer"}),
    "editor": Actor(user_id=3, memberships={OWN: "editor"}),
    "owner": Actor(user_id=4, memberships={OWN: "owner"}),
    "member elsewhere": Actor(user_id=5, memberships={OTHER: "owner"}),
    "officer": Actor(user_id=6, office_id=OWN),
    "officer elsewhere": Actor(user_id=7, office_id=OTHER),
    "officer and owner": Actor(user_id=8, office_id=OWN, memberships={OWN: "owner"}),
    "admin": Actor(user_id=9, is_admin=True),
}
MEMBERS = {"viewer", "editor", "owner", "officer and owner"}
WRITERS = {"editor", "owner", "officer and owner"}
STAFF = {"officer", "officer and owner", "admin"}
ANY_STAFF = STAFF | {"officer elsewhere"}
BROKERS = {"officer", "officer elsewhere", "admin"}
SIGNED_IN = set(PEOPLE) - {"visitor"}


@dataclass
class Thing:
    """Whatever a permission looks at; by default the listing and organisation of number one."""

    id: int = OWN
    organisation_id: int | None = OWN
    office_id: int | None = OWN
    state: str = "published"
    dissemination: str = "public"
    anonymous: bool = False
    open_for_interest: bool = True
    suspended_at: datetime | None = None
    origin: str = "interest"
    proposer_organisation_id: int | None = OWN
    proposer_as_id: int | None = None
    proposer_office_id: int | None = OWN
    other_organisation_id: int | None = OTHER
    other_as_id: int | None = None
    other_office_id: int | None = OTHER
    sent_at: datetime | None = NOW
    revealed_at: datetime | None = None
    written_by: str = "proposer"
    recorded_by: str = "proposer"
    side: str = "proposer"
    for_all: bool = True
    written_by_id: int | None = 6

    @property
    def first(self) -> Thing:
        """Itself, as one listing of a pair."""
        return self

    second = first

    @property
    def office_ids(self) -> set[int | None]:
        """The offices of a programme."""
        return {self.office_id}

    introduction = first
    # Of a pair that would be merged.
    kept = first
    merged = first


def who(permission: str, thing: Any = None) -> set[str]:
    """Return who may."""
    return {name for name, actor in PEOPLE.items() if policy.allowed(actor, permission, thing)}


EXPECTED: Mapping[str, set[str]] = {
    "account:use": SIGNED_IN,
    "admin:use": {"admin"},
    "desk:use": ANY_STAFF,
    "learning:calibrate": {"admin"},
    "databank:import": ANY_STAFF,
    "databank:export": ANY_STAFF,
    # Of organisation one, which office one keeps; who belongs to it is nobody's impartial officer.
    "databank:view": {"officer", "admin"},
    "databank:note": {"officer", "admin"},
    "databank:tag": {"officer", "admin"},
    # Of a note on it by the officer of office one.
    "note:view": {"officer", "admin"},
    "note:edit": {"officer"},
    # Of what office one looks after, and of an import of its own.
    "databank:renew": STAFF,
    "import:view": STAFF,
    "import:carry_on": STAFF,
    "organisation:create": SIGNED_IN,
    "organisation:view": set(PEOPLE),
    "organisation:contacts": MEMBERS | STAFF,
    "organisation:edit": WRITERS,
    "organisation:members": {"owner", "officer and owner"},
    "organisation:belong": MEMBERS,
    "organisation:verify": {"officer", "admin"},
    "organisation:benchmark": {"officer", "admin"},
    "organisation:suspend": {"officer", "admin"},
    "organisation:merge": {"officer", "admin"},
    # Of a programme that office one leads.
    "programme:create": {"officer", "officer elsewhere", "officer and owner"},
    "programme:view": ANY_STAFF,
    "programme:edit": STAFF,
    "programme:enrol": STAFF,
    "office:edit": STAFF,
    "listing:post": WRITERS | {"member elsewhere"},
    "listing:view": set(PEOPLE),
    "listing:name": set(PEOPLE),
    "listing:edit": WRITERS,
    "listing:review": {"officer", "admin"},
    "listing:files": MEMBERS | STAFF,
    "listing:approach": {"member elsewhere"},
    "match:view": MEMBERS | STAFF,
    "match:dismiss": WRITERS,
    # Of an expression of interest of organisation one, in a listing of organisation two, that was sent.
    "introduction:view": MEMBERS | {"member elsewhere", "officer", "officer elsewhere", "admin"},
    "introduction:contacts": set(),
    "introduction:vet": {"officer", "admin"},
    "introduction:send_on": {"officer elsewhere", "admin"},
    "introduction:accept": {"member elsewhere"},
    "introduction:decline": {"member elsewhere", "officer", "officer elsewhere", "admin"},
    "introduction:withdraw": WRITERS,
    "introduction:progress": WRITERS | {"member elsewhere", "officer", "officer elsewhere", "admin"},
    "introduction:write": WRITERS | {"member elsewhere", "officer", "officer elsewhere", "admin"},
    "introduction:meet": WRITERS | {"member elsewhere"},
    "introduction:propose_times": WRITERS | {"member elsewhere", "officer", "officer elsewhere", "admin"},
    # Of a message that the first side wrote to both, and of an agreement and a question of the same side.
    "message:view": MEMBERS | {"member elsewhere", "officer", "officer elsewhere", "admin"},
    "message:files": MEMBERS | {"officer", "officer elsewhere", "admin"},
    "agreement:evidence": MEMBERS | {"officer", "officer elsewhere", "admin"},
    "follow_up:answer": WRITERS,
    "introduction:broker": {"officer", "officer elsewhere", "admin"},
    "introduction:remind": {"officer", "officer elsewhere", "admin"},
    "introduction:reassign": {"officer", "officer elsewhere", "admin"},
    # Of an officer of office one.
    "introduction:hand_over": STAFF,
    # Of a listing of organisation one with itself.
    "introduction:propose": {"officer", "admin"},
}
