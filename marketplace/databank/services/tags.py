"""An office's own words for its organisations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from marketplace import audit, policy
from marketplace.databank.models import TAG_LENGTH, OrganisationTag, Tag
from marketplace.errors import Invalid, NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.names import plain
from marketplace.policy import Actor

MOST_WORDS: Final = 10
MOST_OF_ONE: Final = 20
MOST_AT_ONCE: Final = 500


def add_tags(
    session: Session, actor: Actor, references: Collection[str], words: Sequence[str], *, now: datetime
) -> int:
    """Give tags to organisations; what has a tag keeps it.

    Parameters
    ----------
    words
        As typed; such as ``["export ready", "fair 2026"]``.

    Returns
    -------
    int
        How many organisations have got a tag that they did not have.

    Raises
    ------
    Invalid
        For no word, words that are none or too long, and too many of anything.
    NotFound
        Where one of the organisations is not in the actor's databank.
    """
    named = _named(words)
    organisations = _theirs(session, actor, references)
    given: dict[int, list[str]] = defaultdict(list)
    for office_id, members in _by_office(organisations).items():
        tags = _tags(session, office_id, named)
        held = _held(session, [organisation.id for organisation in members])
        for organisation in members:
            new = {tag: key for key, tag in tags.items() if tag not in held[organisation.id]}
            if len(held[organisation.id]) + len(new) > MOST_OF_ONE:
                message = _(
                    "%(name)s has too many tags; at most %(most)s help to find it.",
                    name=organisation.name,
                    most=MOST_OF_ONE,
                )
                raise Invalid("words", message, "too_many")
            for tag, key in new.items():
                if _insert(session, OrganisationTag, _given(organisation.id, tag, actor, now)):
                    given[organisation.id].append(key)
    for organisation_id, keys in given.items():
        _note(session, actor, "databank:tag", organisation_id, keys, now)
    return len(given)


def remove_tags(
    session: Session, actor: Actor, references: Collection[str], words: Sequence[str], *, now: datetime
) -> int:
    """Take tags away from organisations.

    Returns
    -------
    int
        How many organisations had one of them.

    Raises
    ------
    Invalid, NotFound
        As :func:`add_tags`.
    """
    named = _named(words)
    organisations = _theirs(session, actor, references)
    taken: dict[int, list[str]] = defaultdict(list)
    for office_id, members in _by_office(organisations).items():
        of_office = session.execute(
            sa.select(Tag.id, Tag.key).where(Tag.office_id == office_id, Tag.key.in_(named))
        )
        keys = {row.id: row.key for row in of_office}
        rows = session.execute(
            sa.delete(OrganisationTag)
            .where(
                OrganisationTag.organisation_id.in_([organisation.id for organisation in members]),
                OrganisationTag.tag_id.in_(keys),
            )
            .returning(OrganisationTag.organisation_id, OrganisationTag.tag_id)
        )
        for organisation_id, tag_id in rows:
            taken[organisation_id].append(keys[tag_id])
    for organisation_id, removed in taken.items():
        _note(session, actor, "databank:untag", organisation_id, removed, now)
    return len(taken)


def _named(words: Sequence[str]) -> Mapping[str, str]:
    """Return the tags that somebody typed: key → word."""
    found: dict[str, str] = {}
    for typed in words:
        word = " ".join(typed.split())
        if not word:
            continue
        if len(word) > TAG_LENGTH:
            message = _(
                "“%(word)s…” is too long for a tag; at most %(most)s signs.", word=word[:20], most=TAG_LENGTH
            )
            raise Invalid("words", message, "too_long")
        key = plain(word)[:TAG_LENGTH]
        if not key:
            raise Invalid("words", _("“%(word)s” has no letter and no figure.", word=word), "no_word")
        found.setdefault(key, word)
    if not found:
        raise Invalid("words", _("Write a tag, or several with commas between."), "missing")
    if len(found) > MOST_WORDS:
        raise Invalid(
            "words", ngettext("At most %(num)s tag at once.", "At most %(num)s tags at once.", MOST_WORDS)
        )
    return found


def _theirs(session: Session, actor: Actor, references: Collection[str]) -> Sequence[Organisation]:
    wanted = sorted(set(references))
    if not wanted:
        raise Invalid("references", _("Tick the organisations first."), "missing")
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid("references", _("These are too many at once."), "too_many")
    found = session.scalars(
        sa.select(Organisation).where(Organisation.reference.in_(wanted)).order_by(Organisation.id)
    ).all()
    if len(found) < len(wanted):
        raise NotFound
    for organisation in found:
        policy.require(actor, "databank:tag", organisation)
    return found


def _by_office(organisations: Sequence[Organisation]) -> Mapping[int, list[Organisation]]:
    """Return organisations by the office whose words they get."""
    found: dict[int, list[Organisation]] = defaultdict(list)
    for organisation in organisations:
        if organisation.office_id is None:
            message = _(
                "%(name)s belongs to no office, so that nobody’s words fit it.", name=organisation.name
            )
            raise Invalid("words", message, "no_office")
        found[organisation.office_id].append(organisation)
    return found


def _tags(session: Session, office_id: int, named: Mapping[str, str]) -> Mapping[str, int]:
    """Return the keys of an office's tags, which are made where they are missing."""
    for key, word in named.items():
        _insert(session, Tag, {"office_id": office_id, "key": key, "word": word})
    rows = session.execute(sa.select(Tag.key, Tag.id).where(Tag.office_id == office_id, Tag.key.in_(named)))
    return {row.key: row.id for row in rows}


def _held(session: Session, keys: Sequence[int]) -> Mapping[int, set[int]]:
    rows = session.execute(
        sa.select(OrganisationTag.organisation_id, OrganisationTag.tag_id)
        .join(Tag, Tag.id == OrganisationTag.tag_id)
        .join(Organisation, Organisation.id == OrganisationTag.organisation_id)
        .where(OrganisationTag.organisation_id.in_(keys), Tag.office_id == Organisation.office_id)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for organisation_id, tag_id in rows:
        found[organisation_id].add(tag_id)
    return found


def _given(organisation_id: int, tag_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "organisation_id": organisation_id,
        "tag_id": tag_id,
        "added_by_id": actor.user_id,
        "added_at": now,
    }


def _insert(session: Session, table: Any, values: Mapping[str, Any]) -> bool:
    """Write a row unless somebody else has written the same; tell whether it is new."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    key = next(iter(sa.inspect(table).primary_key))
    return (
        session.execute(insert(table).values(**values).on_conflict_do_nothing().returning(key)).first()
        is not None
    )


def _note(
    session: Session, actor: Actor, act: str, organisation_id: int, keys: Sequence[str], now: datetime
) -> None:
    # Of the tags' own: what an organisation may read of itself does not hold its office's words.
    facts = {"organisation": organisation_id, "tags": sorted(keys)}
    audit.note(session, actor.user_id, act, "tag", None, now, facts)
