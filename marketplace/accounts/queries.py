"""What is read of people and of the links in their mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from marketplace.accounts.models import Link, Purpose, User
from marketplace.audit import AuditEntry, also_known_as

# RFC 5321: a path of 256 characters, of which two are its angle brackets.
LONGEST_ADDRESS = 254


def normal_email(text: str) -> str:
    """Return an e-mail address in the one spelling in which it is stored and looked up.

    Upper and lower case are the same person everywhere in practice; a domain with letters beyond
    ASCII is written as its punycode, which every mail server takes.

    Returns
    -------
    str
        ``""`` for what is no address.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return ""
    address = (found.ascii_email or "").casefold()
    return address if len(address) <= LONGEST_ADDRESS else ""


def user_by_email(session: Session, email: str) -> User | None:
    """Return the person with an address, in whatever spelling it is given."""
    normal = normal_email(email)
    return session.scalar(sa.select(User).where(User.email == normal)) if normal else None


def users_found(session: Session, text: str, *, limit: int, offset: int) -> tuple[Sequence[User], int]:
    """Return people whose name or address holds a text, newest first, and how many there are.

    Parameters
    ----------
    text
        ``""`` for everybody.
    limit, offset
        The part of the list that is wanted.
    """
    condition: sa.ColumnElement[bool] = sa.true()
    if text:
        pattern = f"%{escaped(text)}%"
        condition = sa.or_(
            User.email.like(pattern.lower(), escape="\\"),
            *(
                User.name.ilike(f"%{escaped(form)}%", escape="\\")
                for form in {text, text.title(), text.lower()}
            ),
        )
    total = session.scalar(sa.select(sa.func.count()).select_from(User).where(condition)) or 0
    rows = session.scalars(
        sa.select(User).where(condition).order_by(User.id.desc()).limit(limit).offset(offset)
    )
    return list(rows), total


def escaped(text: str) -> str:
    r"""Return text for use inside a LIKE pattern with ``\`` as its escape."""
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def link_token(secret_key: str, link_id: int, purpose: Purpose) -> str:
    """Return the word that stands for a link in an address; it is signed, and stored nowhere."""
    return str(URLSafeSerializer(secret_key, salt=purpose.value).dumps(link_id))


def link_of_token(session: Session, secret_key: str, token: str, purpose: Purpose) -> Link | None:
    """Return the link a token stands for, used and expired ones too; ``None`` for a false token."""
    try:
        number = URLSafeSerializer(secret_key, salt=purpose.value).loads(token)
    except BadSignature:
        return None
    link = session.get(Link, number) if isinstance(number, int) else None
    return link if link is not None and link.purpose is purpose else None


def still_open(link: Link, now: datetime) -> bool:
    """Tell whether a link could be used at a moment."""
    return link.used_at is None and link.expires_at > now


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of the record, with the name of whoever did it; ``""`` for the system."""

    at: datetime
    who: str
    act: str
    thing: str
    thing_id: int | None
    facts: dict[str, Any]


def acts_on(
    session: Session, thing: str, thing_id: int | None, *, limit: int, offset: int
) -> tuple[Sequence[Act], int]:
    """Return what was done, newest first, and how much there is.

    Parameters
    ----------
    thing
        A kind of thing, such as ``listing``; ``""`` for all.
    thing_id
        One of them; ``None`` for all.
    limit, offset
        The part of the list that is wanted.
    """
    conditions = []
    if thing:
        conditions.append(AuditEntry.thing == thing)
    if thing_id is not None:
        # What concerned a duplicate concerns the organisation that it was merged into.
        ids = also_known_as(session, thing_id) if thing == "organisation" else {thing_id}
        conditions.append(AuditEntry.thing_id.in_(sorted(ids)))
    total = session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(*conditions)) or 0
    rows = session.execute(
        sa.select(AuditEntry, User.name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(*conditions)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        Act(entry.at, name or "", entry.act, entry.thing, entry.thing_id, entry.facts) for entry, name in rows
    ], total


def things_acted_on(session: Session) -> Sequence[str]:
    """Return the kinds of thing that the record speaks of."""
    return list(session.scalars(sa.select(AuditEntry.thing).distinct().order_by(AuditEntry.thing)))
