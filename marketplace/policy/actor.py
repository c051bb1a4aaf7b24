"""Whoever acts, as far as permissions are concerned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts, as far as permissions are concerned; loaded anew at each request.

    Parameters
    ----------
    user_id
        ``None`` for a visitor without a login.
    memberships
        Organisation id → role (``owner``, ``editor``, ``viewer``); suspended organisations are
        left out.
    office_id
        The office whose staff the person belongs to.
    by_merge
        Those of the memberships that a merge of two records has brought.
    formerly
        Records that the person belonged to by themselves, and that were merged into one of theirs.
    """

    user_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    is_admin: bool = False
    office_id: int | None = None
    # Compared, but not hashed: statements are kept by actor, and few have the rest in common.
    memberships: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    by_merge: frozenset[int] = frozenset()
    formerly: frozenset[int] = frozenset()

    @property
    def signed_in(self) -> bool:
        """Whether this is a person with a login."""
        return self.user_id is not None

    @property
    def is_officer(self) -> bool:
        """Whether the person is on the staff of an office."""
        return self.office_id is not None

    def belongs(self, organisation_id: int | None) -> bool:
        """Whether the person is a member of the organisation, in any role."""
        return organisation_id is not None and organisation_id in self.memberships

    @property
    def spoke_for(self) -> frozenset[int]:
        """The records, merged since or not, that the person belongs to other than by a merge."""
        return frozenset(self.memberships) - self.by_merge | self.formerly

    def edits(self, organisation_id: int | None) -> bool:
        """Whether the person may write for the organisation."""
        return organisation_id is not None and self.memberships.get(organisation_id) in {"owner", "editor"}

    def owns(self, organisation_id: int | None) -> bool:
        """Whether the person decides for the organisation."""
        return organisation_id is not None and self.memberships.get(organisation_id) == "owner"


VISITOR = Actor()
# Whoever has a shell on the machine: the commands act for them.
OPERATOR = Actor(name="operator", is_admin=True)
