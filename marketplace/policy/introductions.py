"""Who sees an introduction, and who may do what in it: its two sides, and the offices of both.

The predicates ask who somebody is in the introduction; whether it is their turn is asked by the
table in ``introductions/states``, so that who comes too late is told what has happened.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from marketplace.policy.actor import Actor
from marketplace.policy.predicates import is_staff_of

BY_INTEREST: Final = "interest"
PROPOSER: Final = "proposer"
OTHER: Final = "other"


def _works_for(actor: Actor, office_id: int | None) -> bool:
    return actor.is_admin or (actor.office_id is not None and actor.office_id == office_id)


def _takes_part(actor: Actor, thing: Any) -> bool:
    return actor.belongs(thing.proposer_organisation_id) or actor.belongs(thing.other_organisation_id)


def _is_of(actor: Actor, organisation_id: int | None, as_id: int | None) -> bool:
    """Whether the actor is of a side, and of the record that said yes where that was merged since.

    Contacts are opened to those who agreed: a merge of two records gives them to nobody else.
    """
    return actor.belongs(organisation_id) and (as_id is None or as_id in actor.spoke_for)


def first_office(actor: Actor, thing: Any) -> bool:
    """Whether the actor works for the proposer's office and belongs to neither side."""
    return _works_for(actor, thing.proposer_office_id) and not _takes_part(actor, thing)


def second_office(actor: Actor, thing: Any) -> bool:
    """Whether the actor works for the other side's office and belongs to neither side."""
    return _works_for(actor, thing.other_office_id) and not _takes_part(actor, thing)


def broker(actor: Actor, thing: Any) -> bool:
    """Whether the actor works for one of the two offices and belongs to neither side."""
    return first_office(actor, thing) or second_office(actor, thing)


def proposer_sees(actor: Actor, thing: Any) -> bool:
    """Whether the actor belongs to the proposer's side, and this side knows of it.

    What an officer proposes is unknown to both sides until they are asked.
    """
    known = thing.origin == BY_INTEREST or thing.sent_at is not None
    return _is_of(actor, thing.proposer_organisation_id, thing.proposer_as_id) and known


def other_sees(actor: Actor, thing: Any) -> bool:
    """Whether the actor belongs to the other side, and this side has been asked."""
    return _is_of(actor, thing.other_organisation_id, thing.other_as_id) and thing.sent_at is not None


def view(actor: Actor, thing: Any) -> bool:
    """Whether the actor may know of the introduction."""
    return broker(actor, thing) or proposer_sees(actor, thing) or other_sees(actor, thing)


def contacts(actor: Actor, thing: Any) -> bool:
    """Whether the actor may read the contacts of both sides: never before both have accepted."""
    return thing.revealed_at is not None and view(actor, thing)


def answers_as_proposer(actor: Actor, thing: Any) -> bool:
    """Whether the actor answers for the proposer's side; an expression of interest is its yes already."""
    if thing.origin == BY_INTEREST:
        return False
    if thing.proposer_organisation_id is None:
        return first_office(actor, thing)
    return actor.edits(thing.proposer_organisation_id) and proposer_sees(actor, thing)


def answers_as_other(actor: Actor, thing: Any) -> bool:
    """Whether the actor answers for the other side; for a listing without an organisation, its office."""
    if thing.other_organisation_id is None:
        return second_office(actor, thing)
    return actor.edits(thing.other_organisation_id) and other_sees(actor, thing)


def answer(actor: Actor, thing: Any) -> bool:
    """Whether the actor answers for one of the sides that are asked."""
    return answers_as_proposer(actor, thing) or answers_as_other(actor, thing)


def decline(actor: Actor, thing: Any) -> bool:
    """Whether the actor may say no: a side that is asked, and the office whose turn it is."""
    return answer(actor, thing) or broker(actor, thing)


def withdraw(actor: Actor, thing: Any) -> bool:
    """Whether the actor may take the proposal back: whoever made it."""
    if thing.origin == BY_INTEREST:
        return actor.edits(thing.proposer_organisation_id) and proposer_sees(actor, thing)
    return first_office(actor, thing)


def progress(actor: Actor, thing: Any) -> bool:
    """Whether the actor may say what has become of it, and propose times: both sides and both offices."""
    if broker(actor, thing):
        return True
    return (actor.edits(thing.proposer_organisation_id) and proposer_sees(actor, thing)) or (
        actor.edits(thing.other_organisation_id) and other_sees(actor, thing)
    )


def speaks_for_proposer(actor: Actor, thing: Any) -> bool:
    """Whether the actor speaks for the proposer's side; for a listing without an organisation, its office."""
    if thing.proposer_organisation_id is None:
        return first_office(actor, thing)
    return actor.edits(thing.proposer_organisation_id) and proposer_sees(actor, thing)


def meet(actor: Actor, thing: Any) -> bool:
    """Whether the actor accepts times, or calls a meeting off, for one of the sides."""
    return speaks_for_proposer(actor, thing) or answers_as_other(actor, thing)


def read_message(actor: Actor, message: Any) -> bool:
    """Whether the actor may read a message: who knew of the introduction when it was written."""
    thing = message.introduction
    if broker(actor, thing):
        return True
    knew = message.for_all or thing.origin == BY_INTEREST
    return (proposer_sees(actor, thing) and knew) or (other_sees(actor, thing) and message.for_all)


def open_message_files(actor: Actor, message: Any) -> bool:
    """Whether the actor may open what goes with a message, and read how it is called.

    A file says who wrote it, in its head and in what is hidden in it: the other side opens it when
    both have said yes.
    """
    thing = message.introduction
    wrote = (message.written_by == PROPOSER and proposer_sees(actor, thing)) or (
        message.written_by == OTHER and other_sees(actor, thing)
    )
    opened = wrote or broker(actor, thing) or thing.revealed_at is not None
    return opened and read_message(actor, message)


def open_evidence(actor: Actor, agreement: Any) -> bool:
    """Whether the actor may open the evidence of an agreement: both offices, and the side that gave it."""
    thing = agreement.introduction
    if broker(actor, thing):
        return True
    return (agreement.recorded_by == PROPOSER and proposer_sees(actor, thing)) or (
        agreement.recorded_by == OTHER and other_sees(actor, thing)
    )


def answer_follow_up(actor: Actor, question: Any) -> bool:
    """Whether the actor speaks for the side that is asked."""
    speaks = speaks_for_proposer if question.side == PROPOSER else answers_as_other
    return speaks(actor, question.introduction)


def propose(actor: Actor, pair: Any) -> bool:
    """Whether the actor may introduce the two sides of a pair of listings to each other."""
    belongs = actor.belongs(pair.first.organisation_id) or actor.belongs(pair.second.organisation_id)
    return (is_staff_of(actor, pair.first) or is_staff_of(actor, pair.second)) and not belongs


def hand_over(actor: Actor, officer: Any) -> bool:
    """Whether the actor may give away all that an officer has in hand: the officer, or a colleague."""
    return is_staff_of(actor, officer)


def introductions_visible_to(actor: Actor, introduction: Any) -> sa.ColumnElement[bool]:
    """Return the condition in SQL under which ``introduction:view`` holds.

    Parameters
    ----------
    introduction
        The mapped class ``Introduction`` or an alias of it; policy stays below the features.
    """
    mine = sorted(actor.memberships)
    # What is compared with NULL is unknown, and NOT of it too.
    proposes = sa.func.coalesce(introduction.proposer_organisation_id.in_(mine), sa.false())
    answers = sa.func.coalesce(introduction.other_organisation_id.in_(mine), sa.false())
    asked = introduction.sent_at.is_not(None)
    spoke_for = sorted(actor.spoke_for)
    said_yes, answered = (
        sa.or_(of.is_(None), of.in_(spoke_for))
        for of in (introduction.proposer_as_id, introduction.other_as_id)
    )
    return sa.or_(
        sa.and_(brokered_by(actor, introduction), ~proposes, ~answers),
        sa.and_(proposes, said_yes, sa.or_(introduction.origin == BY_INTEREST, asked)),
        sa.and_(answers, answered, asked),
    )


def brokered_by(actor: Actor, introduction: Any) -> sa.ColumnElement[bool]:
    """Return the condition in SQL under which one of the two offices is the actor's."""
    return sa.or_(*offices_of(actor, introduction))


def offices_of(actor: Actor, introduction: Any) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return the conditions in SQL under which the proposer's, and the other side's office is the actor's."""
    if actor.is_admin:
        return sa.true(), sa.true()
    if actor.office_id is None:
        return sa.false(), sa.false()
    return (
        introduction.proposer_office_id == actor.office_id,
        introduction.other_office_id == actor.office_id,
    )
