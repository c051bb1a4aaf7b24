"""Loading the demo into an empty database, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace import actors, audit, outbox
from marketplace.accounts.models import User
from marketplace.accounts.services.passwords import hashed
from marketplace.accounts.services.register import new_session_key
from marketplace.demo.databank import VERIFIED_DAYS_AGO, fill_databank
from marketplace.demo.introductions import add_introduction, forget_old_news
from marketplace.demo.logins import COLLEAGUES, PEOPLE, DemoPerson
from marketplace.demo.world import Table, world
from marketplace.listings.models import Listing, State, next_change
from marketplace.listings.queries import engine_listings_of
from marketplace.listings.services import read_listing
from marketplace.listings.services.checks import reasons_to_hold
from marketplace.listings.services.current import write_values
from marketplace.listings.services.life import change_state
from marketplace.listings.services.write import PREFIXES
from marketplace.matches.services import score_listings, store_scores
from marketplace.offices.models import Office, OfficeCountry, OfficeKind, Officer
from marketplace.offices.queries import covering_office_id
from marketplace.organisations.models import (
    HeldCertificate,
    Machine,
    MemberRole,
    Membership,
    Organisation,
    OrganisationType,
)
from marketplace.organisations.names import name_key
from marketplace.programmes.models import Enrolment, Programme, ProgrammeOffice
from marketplace.reports.services.close import close_next
from matching.index import Index

# What argon2 never returns: nobody can log in with it.
NO_PASSWORD: Final = "!"  # noqa: S105 (it opens nothing)
JOINED_DAYS_AGO: Final = 120
# Before all that has happened there, the offices were open and their people registered.
OPENED_DAYS_AGO: Final = 440
# No total is as high.
UNREACHED: Final = 101.0
# What is published was with the office for so long before.
REVIEWED_WITHIN: Final = timedelta(days=1.5)
REVIEW: Final = frozenset({State.SUBMITTED, State.RETURNED})


class DemoDataWrong(Exception):
    """The demo's own files hold something that the exchange would refuse."""


@dataclass(slots=True)
class _World:
    session: Session
    now: datetime
    password_hash: str
    offices: dict[str, Office] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    @property
    def opened(self) -> datetime:
        return self.now - timedelta(days=OPENED_DAYS_AGO)

    @property
    def today(self) -> date:
        return self.now.date()


def is_empty(session: Session) -> bool:
    """Tell whether nobody has used this database yet."""
    return (
        session.scalar(sa.select(User.id).limit(1)) is None
        and session.scalar(sa.select(Office.id).limit(1)) is None
    )


def load_demo(session: Session, *, password: str, now: datetime) -> bool:
    """Fill an empty database with offices, people, organisations and listings.

    The listings are matched first, so that each introduction keeps the score and the reasons of its day.
    They are handed to the engine by one event as well, as an import's are; that tells the sides.

    Parameters
    ----------
    password
        Of every person in ``logins.py``.

    Returns
    -------
    bool
        ``False`` where the database is not empty; nothing is changed then.

    Raises
    ------
    DemoDataWrong
        Where the files do not pass the exchange's own checks.
    """
    if not is_empty(session):
        return False
    loaded = _World(session, now, hashed(password))
    tables = world()
    for table in tables["office"]:
        _add_office(loaded, table)
    for person in PEOPLE:
        _add_person(loaded, person)
    for colleague in COLLEAGUES:
        user = _add_user(loaded, colleague.email, colleague.name, password_hash=NO_PASSWORD)
        _employ(loaded, user, colleague.office)
    for table in tables["organisation"]:
        _add_organisation(loaded, table)
    for table in tables["programme"]:
        _add_programme(loaded, table)
    fill_databank(session, loaded.organisations, now)
    listings = [_add_listing(loaded, table) for table in (*tables["listing"], *tables["past"])]
    _match(loaded, listings)
    by_title = {listing.title: listing for listing in listings}
    for table in tables["introduction"]:
        add_introduction(session, table, by_title, loaded.organisations, now)
    for table in tables["past"]:
        interest = table["interest"] | {"other": table["title"]}
        add_introduction(session, interest, by_title, loaded.organisations, now)
        _close(loaded, by_title[table["title"]], table["closed_days"])
    forget_old_news(session, now)
    opened = [listing.id for listing in listings if listing.state is State.PUBLISHED]
    outbox.record(session, "ListingsImported", {"listings": opened}, at=now, key="demo")
    audit.note(session, None, "demo:load", "demo", None, now, {"listings": len(listings)})
    while close_next(session, now=now) is not None:
        pass
    return True


def _close(loaded: _World, listing: Listing, days: int) -> None:
    """Let its author close a listing."""
    author = actors.actor_of(loaded.session, loaded.session.get_one(User, listing.created_by_id))
    at = loaded.now - timedelta(days=days)
    change_state(loaded.session, author, str(listing.reference), "close", now=at)


def _match(loaded: _World, listings: Sequence[Listing]) -> None:
    """Store the matches of the listings, and tell nobody: the event that follows does.

    The index is one of its own that knows words and the thesaurus alone, so that the demo is the same
    everywhere; the one that serves sees the listings only when they are written.
    """
    session, index = loaded.session, Index()
    session.flush()
    opened = [listing.id for listing in listings if listing.state is State.PUBLISHED]
    index.put_many(engine_listings_of(session, opened).values())
    scored = score_listings(session, index, opened, loaded.today)
    store_scores(session, scored, now=loaded.now, threshold=UNREACHED, mails_per_listing=0)


def _add_programme(loaded: _World, table: Table) -> None:
    """Add a programme; its companies were enrolled on the day on which it began."""
    begun = loaded.now - timedelta(days=table["starts_days_ago"])
    programme = Programme(
        code=table["code"],
        name=table["name"],
        aim=table["aim"],
        countries=table["countries"],
        sectors=table["sectors"],
        office_id=loaded.offices[table["office"]].id,
        starts_on=begun.date(),
        created_at=begun,
        partners=[ProgrammeOffice(office_id=loaded.offices[code].id) for code in table["partners"]],
    )
    loaded.session.add(programme)
    loaded.session.flush()
    for key in table["organisations"]:
        organisation = loaded.organisations[key]
        loaded.session.add(Enrolment(programme_id=programme.id, organisation_id=organisation.id, since=begun))


def _add_office(loaded: _World, table: Table) -> None:
    kind = OfficeKind(table["kind"])
    office = Office(
        **{
            name: table[name]
            for name in ("code", "name", "country", "city", "time_zone", "publishes_verified_at_once")
        },
        kind=kind,
        email=f"{table['code'].lower()}@example.org",
        created_at=loaded.opened,
        countries=[OfficeCountry(country=country, kind=kind) for country in table["countries"]],
    )
    loaded.session.add(office)
    loaded.session.flush()
    loaded.offices[office.code] = office


def _add_user(loaded: _World, email: str, name: str, *, password_hash: str, is_admin: bool = False) -> User:
    user = User(
        email=email,
        name=name,
        password_hash=password_hash,
        is_admin=is_admin,
        session_key=new_session_key(),
        verified_at=loaded.opened,
        created_at=loaded.opened,
    )
    loaded.session.add(user)
    loaded.session.flush()
    return user


def _add_person(loaded: _World, person: DemoPerson) -> None:
    user = _add_user(
        loaded, person.email, person.name, password_hash=loaded.password_hash, is_admin=person.is_admin
    )
    if person.office:
        _employ(loaded, user, person.office)
    if person.organisation:
        loaded.people[person.organisation] = user


def _employ(loaded: _World, user: User, code: str) -> None:
    loaded.session.add(Officer(user_id=user.id, office_id=loaded.offices[code].id, since=loaded.opened))


def _add_organisation(loaded: _World, table: Table) -> None:
    session, now = loaded.session, loaded.now
    key = table["key"]
    plain = {name: value for name, value in table.items() if name not in _HANDLED}
    organisation = Organisation(
        **plain,
        type=OrganisationType(table.get("type", "enterprise")),
        name_key=name_key(table["name"]),
        email=f"office.{key}@example.org",
        phone="+00 000 0000",
        office_id=covering_office_id(session, table["country"]),
        created_at=now - timedelta(days=table.get("joined_days", JOINED_DAYS_AGO)),
        updated_at=now,
        certificates=[_certificate(loaded, row) for row in table.get("certificates", ())],
        machines=[
            Machine(**{name: _number(value) for name, value in row.items()})
            for row in table.get("machines", ())
        ],
    )
    session.add(organisation)
    session.flush()
    organisation.reference = f"ORG-{now.year}-{organisation.id:05d}"
    owner = loaded.people.get(key) or _add_user(
        loaded, f"{key}@example.org", f"{organisation.city} Demo", password_hash=NO_PASSWORD
    )
    session.add(
        Membership(
            organisation_id=organisation.id,
            user_id=owner.id,
            role=MemberRole.OWNER,
            since=organisation.created_at,
        )
    )
    loaded.organisations[key] = organisation
    loaded.people[key] = owner


_HANDLED: Final = frozenset({"key", "type", "verified", "certificates", "machines", "joined_days"})


def _certificate(loaded: _World, row: Mapping[str, Any]) -> HeldCertificate:
    checked = loaded.now - timedelta(days=VERIFIED_DAYS_AGO) if row.get("verified") else None
    return HeldCertificate(
        **{name: value for name, value in row.items() if name != "verified"}, verified_at=checked
    )


def _number(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value


def _add_listing(loaded: _World, table: Table) -> Listing:
    session, now = loaded.session, loaded.now
    organisation = loaded.organisations[table["org"]]
    raw = {name: value for name, value in table.items() if name not in _APART}
    raw |= {
        "details": table.get("facts", {}),
        "requirements": table.get("asks", ()),
        "country": organisation.country,
    }
    written = now - timedelta(days=table["days"])
    # What is over was read on the day on which it was written.
    day = written.date() if "closed_days" in table else loaded.today
    if "deadline" in table:
        raw["response_deadline"] = day + timedelta(days=table["deadline"])
    if "valid_days" in table:
        raw["valid_until"] = day + timedelta(days=table["valid_days"])
    values, problems = read_listing(raw, day)
    if values is None or problems:
        said = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        raise DemoDataWrong(f"{table['title']}: {said}")
    state = State(table.get("state", "published"))
    sent = written if state in REVIEW else written - REVIEWED_WITHIN
    listing = Listing(
        side=values.side,
        kind=values.kind,
        state=state,
        organisation=organisation,
        office_id=organisation.office_id,
        created_by_id=loaded.people[table["org"]].id,
        title=values.title,
        country=values.country,
        valid_until=values.valid_until,
        returned_because=table.get("returned_because", ""),
        submitted_at=sent if state in REVIEW | {State.PUBLISHED} else None,
        published_at=written if state is State.PUBLISHED else None,
        created_at=sent,
        updated_at=written,
    )
    session.add(listing)
    session.flush()
    listing.reference = f"{PREFIXES[values.side]}-{now.year}-{listing.id:05d}"
    write_values(listing, values)
    listing.held_because = reasons_to_hold(values, organisation)
    listing.change = next_change(session)
    session.flush()
    return listing


_APART: Final = frozenset(
    {
        "org", "state", "days", "deadline", "valid_days", "facts", "asks", "returned_because",
        "closed_days", "interest",
    }
)  # fmt: skip
