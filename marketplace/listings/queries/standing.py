"""What an organisation states of itself for every listing it has: certificates, machines, size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.organisations.models import EmployeeBand, HeldCertificate, Machine, Organisation
from matching.criteria import CRITERIA
from matching.types import Certificate, Fact

# The bands' own bounds; the open one ends where the engine's table ends.
BANDS: Final[Mapping[EmployeeBand, tuple[float, float]]] = MappingProxyType({
    EmployeeBand.MICRO: (1, 9),
    EmployeeBand.SMALL: (10, 49),
    EmployeeBand.MEDIUM: (50, 249),
    EmployeeBand.LARGE: (250, CRITERIA["employees"].high or 250),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What the engine may know of the organisation behind a listing.

    Parameters
    ----------
    facts
        By criterion: country, employees, year founded, women-led.
    machines
        By criterion, the best of all machines; they speak for an offer that is silent.
    languages
        ISO 639-1.
    """

    organisation_id: int
    facts: Mapping[str, Fact]
    machines: Mapping[str, Fact]
    certificates: tuple[Certificate, ...]
    languages: tuple[str, ...]


def standings(session: Session, organisation_ids: Iterable[int]) -> dict[int, Standing]:
    """Return the standing of organisations, in three queries however many there are.

    Parameters
    ----------
    organisation_ids
        Up to a few thousand keys; those that do not exist are left out.
    """
    keys = sorted(set(organisation_ids))
    if not keys:
        return {}
    certificates = _certificates(session, keys)
    machines = _machines(session, keys)
    rows = session.execute(
        sa.select(
            Organisation.id, Organisation.country, Organisation.employees, Organisation.founded_year,
            Organisation.languages, Organisation.women_led,
        ).where(Organisation.id.in_(keys))
    )  # fmt: skip
    return {
        row.id: Standing(
            organisation_id=row.id,
            facts=_facts(row),
            machines=machines.get(row.id, {}),
            certificates=tuple(certificates.get(row.id, ())),
            languages=tuple(row.languages or ()),
        )
        for row in rows
    }


def _facts(row: Any) -> dict[str, Fact]:
    found = {"country": Fact(terms=(row.country,))}
    if row.employees is not None:
        low, high = BANDS[row.employees]
        found["employees"] = Fact(low=low, high=high)
    if row.founded_year is not None:
        found["year_founded"] = Fact(low=float(row.founded_year), high=float(row.founded_year))
    if row.women_led is not None:
        found["women_led"] = Fact(terms=("yes" if row.women_led else "no",))
    return found


def _certificates(session: Session, keys: list[int]) -> dict[int, list[Certificate]]:
    found: dict[int, list[Certificate]] = defaultdict(list)
    rows = session.execute(
        sa.select(HeldCertificate.organisation_id, HeldCertificate.scheme, HeldCertificate.expires_on)
        .where(HeldCertificate.organisation_id.in_(keys))
        .order_by(HeldCertificate.id)
    )
    for organisation_id, scheme, expires in rows:
        found[organisation_id].append(Certificate(scheme, expires))
    return found


def _machines(session: Session, keys: list[int]) -> dict[int, dict[str, Fact]]:
    """Return the best of every organisation's machines; the tightest tolerance, the largest part."""
    rows = session.execute(
        sa.select(
            Machine.organisation_id,
            sa.func.min(Machine.tolerance_mm),
            sa.func.max(Machine.envelope_x_mm),
            sa.func.max(Machine.envelope_y_mm),
            sa.func.max(Machine.envelope_z_mm),
            sa.func.max(Machine.max_diameter_mm),
            sa.func.max(Machine.max_weight_kg),
        )
        .where(Machine.organisation_id.in_(keys))
        .group_by(Machine.organisation_id)
    )
    names = (
        "tolerance_mm", "part_length_mm", "part_width_mm", "part_height_mm", "part_diameter_mm",
        "part_weight_kg",
    )  # fmt: skip
    return {
        key: {
            name: Fact(low=float(v), high=float(v))
            for name, v in zip(names, values, strict=True)
            if v is not None
        }
        for key, *values in rows
    }
