"""As whom somebody speaks in an introduction: for a side, or for an office."""

from __future__ import annotations

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import By
from marketplace.policy import Actor


def sides_spoken_for(actor: Actor, introduction: Introduction) -> tuple[By, ...]:
    """Return the sides for which the actor arranges things; an office speaks for a listing that it holds."""
    found = []
    if policy.speaks_for_proposer(actor, introduction):
        found.append(By.PROPOSER)
    if policy.answers_as_other(actor, introduction):
        found.append(By.OTHER)
    return tuple(found)


def side_proposed_for(actor: Actor, introduction: Introduction) -> tuple[By, bool]:
    """Return the side for which the actor, who may, proposes times, and whether an office does it for it."""
    spoken = sides_spoken_for(actor, introduction)
    if spoken:
        return spoken[0], False
    first = policy.allowed(actor, "introduction:vet", introduction)
    return (By.PROPOSER if first else By.OTHER), True


def speaker(actor: Actor, introduction: Introduction) -> By:
    """Return as whom the actor, who may write, is heard by the others."""
    if policy.allowed(actor, "introduction:broker", introduction):
        first = policy.allowed(actor, "introduction:vet", introduction)
        return By.PROPOSER_OFFICE if first else By.OTHER_OFFICE
    return sides_spoken_for(actor, introduction)[0]
