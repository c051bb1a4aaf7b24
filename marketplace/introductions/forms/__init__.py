"""The forms of introductions, and of what is said, arranged and agreed in them."""

from __future__ import annotations

from marketplace.introductions.forms.room import AgreementForm, CallOffForm, MeetingForm, MessageForm
from marketplace.introductions.forms.steps import (
    InterestForm,
    OfficerForm,
    PresentForm,
    ProposeForm,
    ReasonForm,
    StepForm,
)

__all__ = [
    "AgreementForm",
    "CallOffForm",
    "InterestForm",
    "MeetingForm",
    "MessageForm",
    "OfficerForm",
    "PresentForm",
    "ProposeForm",
    "ReasonForm",
    "StepForm",
]
