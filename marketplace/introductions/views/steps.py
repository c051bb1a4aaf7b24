"""The timeline in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from marketplace.introductions.models import Introduction
from marketplace.introductions.queries.timeline import Step
from marketplace.introductions.states import By, Reason
from marketplace.introductions.wording import done
from marketplace.web.words import label


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step as it is read: when, what, and the reason where one was given."""

    at: datetime
    words: str
    reason: str


def told_steps(introduction: Introduction, steps: Iterable[Step], seat: By) -> list[ToldStep]:
    """Return steps in the words of one who looks from a seat."""
    return [
        ToldStep(
            step.at,
            done(introduction, step.act, step.by, seat, step.person),
            str(label(Reason(step.facts["reason"]))) if "reason" in step.facts else "",
        )
        for step in steps
    ]
