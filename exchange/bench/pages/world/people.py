"""Offices, people and organisations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from exchange.bench.pages.world.draw import Row, Size, Weighted, Zipf, ago, chance, random_of
from marketplace.offices.models import OfficeKind
from marketplace.organisations.models import EmployeeBand, MemberRole, OrganisationType, TurnoverBand
from marketplace.organisations.names import name_key
from matching.evaluation.synthetic_terms import COUNTRIES, SYLLABLES
from matching.isic import sectors

OFFICES: Final = 20
OFFICERS: Final = 6
BIG: Final = 1
"""The office that covers the most, with three times as many officers."""
OFFICER: Final = 1
"""The person who asks for the desk's pages; works for the big office."""
YEARS_DAYS: Final = 3 * 365
NOBODY: Final = "!"
"""What no password's hash is."""
CERTIFICATES: Final = ("ISO 9001", "ISO 14001", "ISO 45001", "IATF 16949", "ISO 13485", "AS 9100", "EN 1090")
MACHINES: Final = (
    "machining centre",
    "lathe",
    "press brake",
    "laser cutter",
    "injection moulding machine",
    "loom",
)
FORMS: Final = ("Ltd", "GmbH", "SARL", "S.p.A.", "Sp. z o.o.", "LLC")
_TYPES: Final = Weighted(
    {
        OrganisationType.ENTERPRISE: 0.9,
        OrganisationType.RESEARCH: 0.03,
        OrganisationType.CSO: 0.03,
        OrganisationType.SUPPORT: 0.02,
        OrganisationType.GOVERNMENT: 0.01,
        OrganisationType.MEDIA: 0.01,
    }
)


@dataclass(frozen=True, slots=True)
class Firm:
    """What the other parts of the world need to know of an organisation."""

    id: int
    office_id: int
    country: str
    sectors: tuple[str, ...]


def offices(now: datetime) -> Iterator[Row]:
    """Yield the offices; every other one is of the other kind."""
    for number in range(1, OFFICES + 1):
        kind = _kind(number)
        yield {
            "id": number,
            "code": f"{kind.value.upper()}-{number:02d}",
            "kind": kind,
            "name": f"Office {number}",
            "country": COUNTRIES[number - 1],
            "created_at": now - timedelta(days=YEARS_DAYS),
        }


def office_countries() -> Iterator[Row]:
    """Yield which office covers which country."""
    for place, country in enumerate(COUNTRIES):
        number = place % OFFICES + 1
        yield {"office_id": number, "country": country, "kind": _kind(number)}


def _kind(number: int) -> OfficeKind:
    return OfficeKind.SPX if number % 2 else OfficeKind.ITPO


def staff() -> Sequence[int]:
    """Return the office of each officer; the first of them is :data:`OFFICER`."""
    return [number for number in range(1, OFFICES + 1) for _ in range(OFFICERS * (3 if number == BIG else 1))]


def users(size: Size, passwords: Mapping[int, str], now: datetime) -> Iterator[Row]:
    """Yield the officers, and then a member of each organisation.

    Parameters
    ----------
    passwords
        Hashes of those who can log in, by the person.
    """
    for number in range(1, len(staff()) + size.organisations + 1):
        yield {
            "id": number,
            "email": f"person{number}@example.org",
            "name": f"Person {number}",
            "password_hash": passwords.get(number, NOBODY),
            "session_key": f"{number:032d}",
            "verified_at": now - timedelta(days=YEARS_DAYS),
            "created_at": now - timedelta(days=YEARS_DAYS),
        }


def officers(now: datetime) -> Iterator[Row]:
    """Yield who works where."""
    for number, office_id in enumerate(staff(), 1):
        yield {"user_id": number, "office_id": office_id, "since": now - timedelta(days=YEARS_DAYS)}


def member_of(organisation_id: int) -> int:
    """Return the member of an organisation."""
    return len(staff()) + organisation_id


def memberships(size: Size, now: datetime) -> Iterator[Row]:
    """Yield one owner of each organisation."""
    for number in range(1, size.organisations + 1):
        yield {
            "organisation_id": number,
            "user_id": member_of(number),
            "role": MemberRole.OWNER,
            "since": now - timedelta(days=YEARS_DAYS),
        }


def firms(size: Size) -> list[Firm]:
    """Return who is where, and does what: countries and classes of ISIC Rev.4 by the law of Zipf."""
    rng = random_of(size, "firms")
    classes = [sector.code for sector in sectors().values() if sector.level == "class"]
    rng.shuffle(classes)
    works, countries = Zipf(classes), Zipf(list(enumerate(COUNTRIES)))
    found = []
    for number in range(1, size.organisations + 1):
        place, country = countries.draw(rng)
        codes = dict.fromkeys(works.draw(rng) for _ in range(rng.randint(1, 3)))
        found.append(Firm(number, place % OFFICES + 1, country, tuple(codes)))
    return found


def organisations(size: Size, known: Sequence[Firm], now: datetime) -> Iterator[Row]:
    """Yield the organisations."""
    rng = random_of(size, "organisations")
    for firm in known:
        name = f"{_word(rng)} {_word(rng)} {rng.choice(FORMS)}"
        created = ago(rng, now, 0, YEARS_DAYS)
        verified = chance(rng, 0.4)
        yield {
            "id": firm.id,
            "reference": f"ORG-{created.year}-{firm.id:05d}",
            "type": _TYPES.draw(rng),
            "name": name,
            "name_key": name_key(name),
            "country": firm.country,
            "city": _word(rng),
            "email": f"firm{firm.id}@example.org",
            "website": f"https://firm{firm.id}.example.org",
            "founded_year": rng.randint(1950, created.year),
            "employees": rng.choice([*EmployeeBand, None]),
            "turnover": rng.choice([*TurnoverBand, None]),
            "export_percent": rng.choice([None, 0, 20, 50, 80]),
            "languages": ["en"],
            "women_led": rng.choice([True, False, False, None]),
            "youth_led": rng.choice([True, False, None, None]),
            "rural": rng.choice([True, False, None, None]),
            "sectors": list(firm.sectors),
            "products": f"{_word(rng)}, {_word(rng)}",
            "description": " ".join(_word(rng) for _ in range(rng.randint(10, 80))).capitalize(),
            "office_id": firm.office_id,
            "verified_at": created + (now - created) * rng.random() if verified else None,
            "verified_by_id": OFFICER if verified else None,
            "created_at": created,
            "updated_at": created,
        }


def certificates(size: Size, now: datetime) -> Iterator[Row]:
    """Yield up to three certificates of an organisation."""
    rng = random_of(size, "certificates")
    for number in range(1, size.organisations + 1):
        for scheme in rng.sample(CERTIFICATES, rng.randint(0, 3)):
            issued = ago(rng, now, 0, YEARS_DAYS).date()
            yield {
                "organisation_id": number,
                "scheme": scheme,
                "issued_on": issued,
                "expires_on": issued + timedelta(days=YEARS_DAYS),
            }


def benchmarks(size: Size, known: Sequence[Firm], now: datetime) -> Iterator[Row]:
    """Yield what was measured: a third of the organisations, some of them more than once."""
    rng = random_of(size, "benchmarks")
    for firm in known:
        for _ in range(rng.choice((0, 0, 0, 0, 1, 2))):
            at = ago(rng, now, 0, YEARS_DAYS)
            yield {
                "organisation_id": firm.id,
                "office_id": firm.office_id,
                "benchmarked_on": at.date(),
                "against": "Firms of the trade in the region",
                "better_than": rng.randint(0, 100),
                "recorded_by_id": OFFICER,
                "recorded_at": at,
            }


def machines(size: Size) -> Iterator[Row]:
    """Yield up to three groups of machines of an organisation."""
    rng = random_of(size, "machines")
    for number in range(1, size.organisations + 1):
        for machine in rng.sample(MACHINES, rng.randint(0, 3)):
            yield {"organisation_id": number, "type": machine, "quantity": rng.randint(1, 8)}


def _word(rng: Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4))).capitalize()
