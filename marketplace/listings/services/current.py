"""A stored listing as the values a form holds: for editing, comparing and checking again."""

from __future__ import annotations

from typing import Any

from marketplace.listings.models import Capability, Listing, ListingSector, Requirement
from marketplace.listings.services.requirements import RequirementValues
from marketplace.listings.services.values import ListingValues

# Columns that have the same name and meaning in both.
_PLAIN = (
    "side", "kind", "title", "country", "valid_until", "summary", "description", "partner_sought",
    "language", "quantity_per_year", "quantity_unit", "lead_time_days", "anonymous",
    "dissemination", "open_for_interest", "response_deadline",
)  # fmt: skip
_LISTS = ("target_countries", "excluded_countries", "held_certificates", "partnership_types", "sdgs")


def values_of(listing: Listing) -> ListingValues:
    """Return what a listing says, as values that no session holds."""
    plain: dict[str, Any] = {name: getattr(listing, name) for name in _PLAIN}
    lists: dict[str, Any] = {name: tuple(getattr(listing, name)) for name in _LISTS}
    return ListingValues(
        **plain,
        **lists,
        capabilities=tuple(row.phrase for row in listing.capabilities),
        sectors=tuple(row.code for row in listing.sectors),
        details=dict(listing.details),
        requirements=tuple(
            RequirementValues(
                criterion=row.criterion,
                operator=row.operator,
                low=row.low,
                high=row.high,
                terms=tuple(row.terms),
                unit=row.unit,
                hard=row.hard,
                weight=row.weight,
                evidence=row.evidence,
            )
            for row in listing.requirements
        ),
    )


def write_values(listing: Listing, values: ListingValues) -> list[str]:
    """Write values into a listing, only what differs, and return the names of what did."""
    before = values_of(listing)
    changed = [
        name for name in ListingValues.__dataclass_fields__ if getattr(before, name) != getattr(values, name)
    ]
    for name in changed:
        new = getattr(values, name)
        if name in _PLAIN:
            setattr(listing, name, new)
        elif name in _LISTS:
            setattr(listing, name, list(new))
        elif name == "details":
            listing.details = dict(new)
        elif name == "capabilities":
            listing.capabilities = [Capability(position=at, phrase=phrase) for at, phrase in enumerate(new)]
        elif name == "sectors":
            listing.sectors = [ListingSector(position=at, code=code) for at, code in enumerate(new)]
        else:
            listing.requirements = [_requirement(at, row) for at, row in enumerate(new)]
    return changed


def _requirement(position: int, row: RequirementValues) -> Requirement:
    return Requirement(
        position=position,
        criterion=row.criterion,
        operator=row.operator,
        low=row.low,
        high=row.high,
        terms=list(row.terms),
        unit=row.unit,
        hard=row.hard,
        weight=row.weight,
        evidence=row.evidence,
    )
