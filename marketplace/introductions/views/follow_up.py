"""Answering from the mail how a partnership fares: no login, one click."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from marketplace import actors, clock
from marketplace.errors import NotFound
from marketplace.introductions.models import FollowUp, FollowUpAnswer
from marketplace.introductions.queries.outcomes import follow_up_by_id
from marketplace.introductions.services.follow_up import answer_follow_up
from marketplace.introductions.views.blueprint import bp
from marketplace.policy import Actor
from marketplace.web.access import public
from marketplace.web.context import reading, settings, transaction

SALT = "follow-up"


def follow_up_token(secret_key: str, number: int, user_id: int) -> str:
    """Return the word in the address by which one person answers one question."""
    return str(URLSafeSerializer(secret_key, salt=SALT).dumps([number, user_id]))


def _named(session: Session, token: str) -> tuple[FollowUp, Actor]:
    """Return the question and the person that a token names, with permissions as they are now."""
    try:
        number, user_id = URLSafeSerializer(settings().secret_key, salt=SALT).loads(token)
    except (BadSignature, TypeError, ValueError):
        raise NotFound from None
    who = actors.actor_by_id(session, int(user_id))
    if who is None:
        raise NotFound
    return follow_up_by_id(session, who, int(number)), who


@bp.get("/mail/follow-up/<token>")
@public
def follow_up(token: str) -> str:
    """Show the question, the answer that the link chose, and a button for each.

    Programs that look into mails follow links and press no buttons: a link answers nothing.
    """
    word = request.args.get("answer", "")
    chosen = FollowUpAnswer(word) if word in set(FollowUpAnswer) else None
    with reading() as session:
        question, _who = _named(session, token)
        return _page(question, token, chosen=chosen)


@bp.post("/mail/follow-up/<token>")
@public
def follow_up_answer(token: str) -> Any:
    """Take the answer."""
    word = request.form.get("answer", "")
    with transaction() as session:
        question, who = _named(session, token)
        if word not in set(FollowUpAnswer):
            raise NotFound
        answer_follow_up(session, who, question, FollowUpAnswer(word), now=clock.now())
        return _page(question, token, answered=True)


def _page(
    question: FollowUp, token: str, *, chosen: FollowUpAnswer | None = None, answered: bool = False
) -> str:
    return render_template(
        "introductions/follow_up.html",
        question=question,
        title=question.introduction.other_listing.title,
        reference=question.introduction.reference,
        answers=tuple(FollowUpAnswer),
        token=token,
        answered=answered,
        chosen=chosen,
    )
