"""Why an introduction comes to nothing; what is chosen here is counted, and calibrates the engine."""

from __future__ import annotations

import enum
from typing import Final


class Reason(enum.StrEnum):
    """Every reason there is; which ones are offered depends on the act."""

    TOO_EARLY = "too_early"
    BENEFIT_UNCLEAR = "benefit_unclear"
    COMMERCIAL_ROUTE_UNCLEAR = "commercial_route_unclear"
    DESCRIPTION_UNCLEAR = "description_unclear"
    CAPACITY_FULL = "capacity_full"
    PRICE = "price"
    DISTANCE = "distance"
    CERTIFICATE_MISSING = "certificate_missing"
    ALREADY_IN_CONTACT = "already_in_contact"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    PARTNER_FOUND = "partner_found"
    NEED_IS_GONE = "need_is_gone"
    TOO_SLOW = "too_slow"
    BY_MISTAKE = "by_mistake"
    TERMS = "terms"
    QUALITY = "quality"
    FINANCING = "financing"
    NO_ANSWER = "no_answer"
    OTHER = "other"


DECLINING: Final = (
    Reason.TOO_EARLY,
    Reason.BENEFIT_UNCLEAR,
    Reason.COMMERCIAL_ROUTE_UNCLEAR,
    Reason.DESCRIPTION_UNCLEAR,
    Reason.CAPACITY_FULL,
    Reason.PRICE,
    Reason.DISTANCE,
    Reason.CERTIFICATE_MISSING,
    Reason.ALREADY_IN_CONTACT,
    Reason.CONFLICT_OF_INTEREST,
    Reason.OTHER,
)
WITHDRAWING: Final = (
    Reason.PARTNER_FOUND,
    Reason.NEED_IS_GONE,
    Reason.CAPACITY_FULL,
    Reason.TOO_SLOW,
    Reason.ALREADY_IN_CONTACT,
    Reason.BY_MISTAKE,
    Reason.OTHER,
)
FAILING: Final = (
    Reason.TERMS,
    Reason.PRICE,
    Reason.QUALITY,
    Reason.CAPACITY_FULL,
    Reason.CERTIFICATE_MISSING,
    Reason.DISTANCE,
    Reason.FINANCING,
    Reason.NO_ANSWER,
    Reason.PARTNER_FOUND,
    Reason.OTHER,
)
