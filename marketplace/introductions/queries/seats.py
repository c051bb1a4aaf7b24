"""Who somebody is in an introduction, and which steps are open to them now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from marketplace import policy
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import (
    AWAITED,
    LIVE,
    TABLE,
    By,
    IntroductionState,
    Origin,
    Transition,
    row,
)
from marketplace.policy import Actor

DECLINES: Final = ("decline_proposed", "decline_vetted", "decline_sent")
PROGRESS: Final = tuple(found.name for found in TABLE if found.permission == "introduction:progress")


def _first_office(actor: Actor, introduction: Introduction) -> bool:
    return policy.allowed(actor, "introduction:vet", introduction)


def _second_office(actor: Actor, introduction: Introduction) -> bool:
    return policy.allowed(actor, "introduction:send_on", introduction)


# Who speaks for whom where the sides are asked.
ANSWERING: Final[Mapping[By, Callable[[Actor, Introduction], bool]]] = MappingProxyType(
    {
        By.PROPOSER: policy.answers_as_proposer,
        By.OTHER: policy.answers_as_other,
        By.PROPOSER_OFFICE: _first_office,
        By.OTHER_OFFICE: _second_office,
    }
)


def seats(actor: Actor, introduction: Introduction) -> tuple[By, ...]:
    """Return from where the actor looks at an introduction; nothing for whom it is hidden from."""
    found = []
    if policy.proposer_sees(actor, introduction):
        found.append(By.PROPOSER)
    if policy.other_sees(actor, introduction):
        found.append(By.OTHER)
    if _first_office(actor, introduction):
        found.append(By.PROPOSER_OFFICE)
    if _second_office(actor, introduction):
        found.append(By.OTHER_OFFICE)
    return tuple(found)


def open_row(actor: Actor, introduction: Introduction, names: Iterable[str]) -> tuple[Transition, By] | None:
    """Return the first of the rows that leads out of the present state and that the actor may take.

    Returns
    -------
    tuple or None
        The row, and as whom the actor takes it.
    """
    for name in names:
        found = row(name)
        if introduction.state in found.froms:
            for by in found.by:
                if ANSWERING[by](actor, introduction):
                    return found, by
    return None


def awaited_sides(actor: Actor, introduction: Introduction) -> tuple[By, ...]:
    """Return the sides that are asked, have not said yes, and for which the actor answers."""
    found = []
    if introduction.proposer_awaited and policy.answers_as_proposer(actor, introduction):
        found.append(By.PROPOSER)
    if introduction.other_awaited and policy.answers_as_other(actor, introduction):
        found.append(By.OTHER)
    return tuple(found)


def withdrawer(introduction: Introduction) -> By:
    """Return who may take the proposal back: whoever made it."""
    return By.PROPOSER if introduction.origin is Origin.INTEREST else By.PROPOSER_OFFICE


def possible(actor: Actor, introduction: Introduction) -> frozenset[str]:
    """Return the verbs that the actor could use now; what buttons stand on a page.

    Each is asked again by the service when the button is pressed.
    """
    state = introduction.state
    broker = policy.allowed(actor, "introduction:broker", introduction)
    verbs = {
        "vet": state is IntroductionState.PROPOSED and _first_office(actor, introduction),
        "send_on": state is IntroductionState.VETTED and _second_office(actor, introduction),
        "accept": bool(awaited_sides(actor, introduction)),
        "decline": open_row(actor, introduction, DECLINES) is not None,
        "withdraw": state in AWAITED and policy.allowed(actor, "introduction:withdraw", introduction),
        "remind": state in AWAITED and broker,
        "reassign": state in LIVE and broker,
    }
    verbs |= {
        name: state in row(name).froms and policy.allowed(actor, "introduction:progress", introduction)
        for name in PROGRESS
    }
    return frozenset(verb for verb, open_now in verbs.items() if open_now)
