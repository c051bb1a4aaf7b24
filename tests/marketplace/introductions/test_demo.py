"""The demo's introductions: one in every state, and mail only of what is still open."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa

from marketplace import actors, clock
from marketplace.accounts.models import User
from marketplace.db import Database
from marketplace.demo.services import load_demo
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.matches.models import Match
from marketplace.merging.queries.pairs import alike_of_office
from marketplace.offices.models import Office
from marketplace.offices.queries import staff_of
from marketplace.organisations.models import Organisation
from marketplace.outbox import Event


def test_there_is_one_in_every_state(database: Database) -> None:
    with database.transaction() as session:
        assert load_demo(session, password="a password for the demo", now=clock.now())
    with database.reading() as session:
        rows = session.scalars(sa.select(Introduction)).all()
        # Nobody asks for what is not published yet.
        for row in rows:
            for listing in filter(None, (row.other_listing, row.proposer_listing)):
                assert listing.published_at is not None
                assert listing.published_at <= row.proposed_at, listing.title
        open_events = session.scalars(
            sa.select(Event).where(Event.kind.startswith("Introduction"), Event.done_at.is_(None))
        ).all()
    assert {row.state for row in rows} == set(IntroductionState)
    assert set(Counter(event.ids["introduction"] for event in open_events).values()) == {1}
    # Listings are matched first: what is decided keeps the score and the reasons of its day.
    of_two = [row for row in rows if row.proposer_listing_id is not None]
    explained = [row for row in of_two if row.total is not None and row.explanation is not None]
    assert len(explained) > len(of_two) / 2
    assert {row.state for row in explained} >= {
        IntroductionState.AGREED,
        IntroductionState.FAILED,
        IntroductionState.DECLINED,
        IntroductionState.EXPIRED,
    }
    assert all(row.due_at is None or row.due_at > clock.now() for row in rows)


def test_nobody_is_told_of_a_match_before_the_worker_has_looked(database: Database) -> None:
    with database.transaction() as session:
        load_demo(session, password="a password for the demo", now=clock.now())
    with database.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Match.id)))
        assert session.scalar(sa.select(sa.func.count(Event.id)).where(Event.kind == "MatchFound")) == 0


def test_each_office_has_work_to_give_away_and_the_tried_ones_have_every_outcome(database: Database) -> None:
    now = clock.now()
    with database.transaction() as session:
        load_demo(session, password="a password for the demo", now=now)
    with database.reading() as session:
        offices = {office.code: office.id for office in session.scalars(sa.select(Office))}
        staff = {code: staff_of(session, key) for code, key in offices.items()}
        assert all(staff.values())
        for code in ("SPX-ACC", "ITPO-BON"):
            assert len(staff[code]) == 2, code
            of_office = sa.or_(
                Introduction.proposer_office_id == offices[code],
                Introduction.other_office_id == offices[code],
            )
            states = set(session.scalars(sa.select(Introduction.state).where(of_office)))
            together = {IntroductionState.ACCEPTED, IntroductionState.MEETING_HELD, IntroductionState.AGREED}
            assert states >= together, code
        # The officer whom one can be has it in hand, not the colleague.
        hands = set(session.scalars(sa.select(Introduction.proposer_officer_id).distinct())) - {None}
        names = set(session.scalars(sa.select(User.name).where(User.id.in_(hands))))
        assert names >= {"Samuel Demo", "Ines Demo"}
        assert not names & {"Efua Demo", "Jonas Demo"}
        samuel = session.scalars(sa.select(User).where(User.email == "spx@example.org")).one()
        pairs = alike_of_office(session, actors.actor_of(session, samuel))
        twins = {
            session.get_one(Organisation, key).name for pair in pairs for key in (pair.first, pair.second)
        }
        assert len(pairs) == 1
        assert twins == {"Lagos Polymer Products", "Lagos Polymer Products Ltd."}
