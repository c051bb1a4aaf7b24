"""The part of the walk after the outcome: both sides are asked how it fares, and answer."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy.orm import joinedload

from marketplace.introductions.models import Agreement, FollowUp, FollowUpAnswer
from marketplace.introductions.states import By
from marketplace.introductions.views.follow_up import follow_up_token
from tests.marketplace.introductions.walk import WHICH, WHO, Walking
from tests.marketplace.visitor import Visitor

TAKEN: Final = (200, 303)
NOT_FOUND: Final = 404


class FollowUpRules(Walking):
    """What becomes of the questions."""

    def questions(self) -> list[FollowUp]:
        """Return the questions with their introductions, oldest first."""
        query = sa.select(FollowUp).options(joinedload(FollowUp.agreement).joinedload(Agreement.introduction))
        return self.read(lambda session: list(session.scalars(query.order_by(FollowUp.id))))

    @precondition(lambda self: self.questions())
    @rule(
        who=WHO,
        which=st.integers(0, 3) | WHICH,
        answer=st.sampled_from(FollowUpAnswer),
        by_mail=st.booleans(),
    )
    def answer(self, who: str, which: int, answer: FollowUpAnswer, by_mail: bool) -> None:  # noqa: FBT001 (Hypothesis gives it by its name)
        """Somebody answers on the page or by the link of a mail; taken is what the side asked says.

        The pages go by the real clock: an answer may bear an earlier day than its question.
        """
        questions = self.questions()
        question = questions[which % len(questions)]
        of = question.introduction
        side = of.proposer_organisation_id if question.side is By.PROPOSER else of.other_organisation_id
        person = self.someone(who, self.person_of(side))
        visitor = Visitor(self.app)
        if by_mail:
            token = follow_up_token(self.work.settings.secret_key, question.id, int(person.user_id or 0))
            address = f"/mail/follow-up/{token}"
        else:
            visitor.enter(person.email)
            address = f"/introductions/{of.reference}/follow-ups/{question.id}"
        status = visitor.post(address, {"answer": answer.value}, follow_redirects=False).status_code
        if question.asked_at is not None and person.edits(side):
            assert status in TAKEN
            self.changed = True
            self.reached[f"answered by {'mail' if by_mail else 'page'}"] += 1
        else:
            assert status == NOT_FOUND
