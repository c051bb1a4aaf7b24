"""Who may do what: one table, from permission to predicate.

Every write service calls :func:`require` once; every route declares a permission or says that it
is public; lists use :func:`visible_to` and its kin in SQL, and a property test holds them against
the predicates.  Nobody else compares roles.
"""

from __future__ import annotations

from marketplace.policy.actor import OPERATOR, VISITOR, Actor
from marketplace.policy.introductions import (
    answers_as_other,
    answers_as_proposer,
    brokered_by,
    introductions_visible_to,
    offices_of,
    other_sees,
    proposer_sees,
    speaks_for_proposer,
)
from marketplace.policy.lists import kept_by, named_to, visible_to
from marketplace.policy.predicates import OPEN_STATES, SEEN_STATES, STAFF_STATES
from marketplace.policy.table import PERMISSIONS, Permission, Predicate, allowed, require

__all__ = [
    "OPEN_STATES",
    "OPERATOR",
    "PERMISSIONS",
    "SEEN_STATES",
    "STAFF_STATES",
    "VISITOR",
    "Actor",
    "Permission",
    "Predicate",
    "allowed",
    "answers_as_other",
    "answers_as_proposer",
    "brokered_by",
    "introductions_visible_to",
    "kept_by",
    "named_to",
    "offices_of",
    "other_sees",
    "proposer_sees",
    "require",
    "speaks_for_proposer",
    "visible_to",
]
