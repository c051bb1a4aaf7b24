"""What an organisation says of itself, as one value that no session holds."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from marketplace.organisations.models import EmployeeBand, Organisation, OrganisationType, TurnoverBand
from marketplace.organisations.names import name_key


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile, as the form holds it; its checks are the form's and the database's.

    Parameters
    ----------
    website, address, email, phone
        Contacts: shown to nobody outside before both sides agree.
    export_percent
        Share of the turnover that is exported, 0 to 100.
    """

    name: str
    type: OrganisationType
    country: str
    city: str = ""
    region: str = ""
    other_names: tuple[str, ...] = ()
    address: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    founded_year: int | None = None
    employees: EmployeeBand | None = None
    turnover: TurnoverBand | None = None
    turnover_currency: str = ""
    export_percent: int | None = None
    languages: tuple[str, ...] = ()
    women_led: bool | None = None
    youth_led: bool | None = None
    rural: bool | None = None
    sectors: tuple[str, ...] = ()
    products: str = ""
    description: str = ""
    references_text: str = ""


NAMES = tuple(Profile.__dataclass_fields__)
LISTS = frozenset({"other_names", "languages", "sectors"})
# Who the organisation is: an officer's verification speaks for these as they were.
IDENTITY = frozenset({"name", "country"})
# What the engine looks at.
MATTERS = frozenset(
    {
        "country", "employees", "turnover", "export_percent", "languages", "women_led", "youth_led", "rural",
        "sectors", "founded_year", "type",
    }
)  # fmt: skip


def profile_of(organisation: Organisation) -> Profile:
    """Return what an organisation says of itself."""
    said: dict[str, Any] = {name: getattr(organisation, name) for name in NAMES}
    return Profile(**{**said, **{name: tuple(said[name] or ()) for name in LISTS}})


def write_profile(organisation: Organisation, profile: Profile) -> frozenset[str]:
    """Write a profile into the row, only what differs, and return the names of what did."""
    before = profile_of(organisation)
    changed = frozenset(name for name in NAMES if getattr(before, name) != getattr(profile, name))
    for name in changed:
        value = getattr(profile, name)
        setattr(organisation, name, list(value) if name in LISTS else value)
    if "name" in changed:
        organisation.name_key = name_key(profile.name)
    return changed


def columns_of(profile: Profile) -> dict[str, Any]:
    """Return a profile as values for columns, with the key that names are compared by."""
    values = asdict(profile)
    lists = {name: list(values[name]) for name in LISTS}
    return {**values, **lists, "name_key": name_key(profile.name)}


def fingerprint(values: Any) -> str:
    """Return a short mark of what a certificate or machine says, to notice that it was changed meanwhile.

    Parameters
    ----------
    values
        A frozen value, as read from the database.
    """
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]
