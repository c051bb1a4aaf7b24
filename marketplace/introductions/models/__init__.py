"""The tables of introductions, and of what is said, arranged and agreed in them."""

from __future__ import annotations

from marketplace.introductions.models.introduction import TEXT_LENGTH, Introduction
from marketplace.introductions.models.meeting import CalledOff, Meeting, MeetingState, MeetingTime
from marketplace.introductions.models.message import Message, MessageFile
from marketplace.introductions.models.outcome import (
    Agreement,
    FollowUp,
    FollowUpAnswer,
    PartnershipType,
    ValueBand,
)

__all__ = [
    "TEXT_LENGTH",
    "Agreement",
    "CalledOff",
    "FollowUp",
    "FollowUpAnswer",
    "Introduction",
    "Meeting",
    "MeetingState",
    "MeetingTime",
    "Message",
    "MessageFile",
    "PartnershipType",
    "ValueBand",
]
