"""What a letter holds, whatever it tells: one form for the mail's two parts and for the inbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.offices.models import Office
from marketplace.policy import Actor


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the reader's language.

    Parameters
    ----------
    subject
        What has happened, in words.
    paragraphs
        Before the facts; the first is also the notice in the inbox.
    action
        What the reader can do now, and its full address.
    why
        Why it was sent to this reader.
    facts
        Pairs of label and value.
    reasons
        A short list under ``reasons_title``.
    choices
        Short answers and their full addresses, each of which leads to a page that asks to confirm it.
    closing
        Paragraphs after the action: by when, and what comes next.
    signed
        Whose letter it is.
    reply_to
        The office's own address; ``""`` where nobody reads answers.
    calendar
        An entry for the reader's calendar (RFC 5545), which goes with the mail.
    calendar_method
        What the calendar is to do with it: put it in, or take it out (RFC 5546).
    """

    subject: str
    paragraphs: tuple[str, ...]
    action: tuple[str, str]
    why: str
    signed: str
    facts: tuple[tuple[str, str], ...] = ()
    reasons_title: str = ""
    reasons: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = ()
    reply_to: str = ""
    calendar: str = ""
    calendar_method: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is written from.

    Parameters
    ----------
    ids
        Of the event.
    reader
        Who will read it, with permissions as they are now.
    """

    session: Session
    ids: Mapping[str, Any]
    reader: Actor
    now: datetime


# Returns None where there is nothing left to tell.
Writer = Callable[[Occasion], Letter | None]


def sender(office: Office | None, otherwise: str) -> tuple[str, str]:
    """Return whose letter it is and where answers go."""
    return (otherwise, "") if office is None else (office.name, office.email)
