"""What is learnt from decisions, and who is told of it."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa
from flask import Flask

from marketplace.audit import AuditEntry
from marketplace.errors import Forbidden
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.learning.measured import Measured, measured_from_json
from marketplace.learning.models import KeptCalibration, PairDecision, Verdict
from marketplace.learning.queries.calibrations import calibration, newest_calibration
from marketplace.learning.services.calibrate import calibrate
from marketplace.policy import OPERATOR
from marketplace.search.replica import Replica
from matching.calibrate import Calibration
from matching.types import Kind
from tests.marketplace.introductions.test_side_pages import Site
from tests.marketplace.introductions.world import World
from tests.marketplace.matches.market import rescore
from tests.marketplace.visitor import words

S = IntroductionState


def decide(world: World, count: int, *, of: int = 4) -> None:
    """Write down decisions on introductions: above a score of 60, three of four were accepted; below, one."""
    lot = random.Random(7)
    key = world.reach(S.WITHDRAWN)
    with world.database.transaction() as session:
        one = session.get_one(Introduction, key)
        columns = {
            column.key: getattr(one, column.key)
            for column in sa.inspect(Introduction).column_attrs
            if column.key not in {"id", "reference"}
        }
        for number in range(count):
            accepted = number % of != 0
            row = Introduction(**{**columns, "reference": f"T-{number}", "total": None})
            session.add(row)
            session.flush()
            session.add(
                PairDecision(
                    verdict=Verdict.ACCEPTED if accepted else Verdict.DECLINED,
                    at=world.now,
                    introduction_id=row.id,
                    kind=Kind.SUBCONTRACTING,
                    total=lot.uniform(60, 100) if accepted else lot.uniform(30, 70),
                )
            )


def learn(world: World) -> KeptCalibration:
    with world.database.transaction() as session:
        return calibrate(session, OPERATOR, now=world.now)


def test_nothing_is_said_before_anything_was_learnt(world: World) -> None:
    with world.database.reading() as session:
        assert newest_calibration(session) is None
        assert calibration(session) == Calibration()
    kept = learn(world)
    assert kept.decisions == 0
    assert measured_from_json(kept.measured) == Measured(None, (), ())


def test_what_was_learnt_is_read_again_and_the_newest_speaks(world: World) -> None:
    decide(world, 120)
    learn(world)
    with world.database.reading() as session:
        before = calibration(session)
    said = before.said_of(80, Kind.SUBCONTRACTING)
    assert said is not None
    assert said.kind is Kind.SUBCONTRACTING
    assert said.n >= 20
    with world.database.transaction() as session:
        session.execute(sa.delete(PairDecision))
    learn(world)
    with world.database.reading() as session:
        assert calibration(session) == Calibration()
        assert session.scalar(sa.select(sa.func.count(KeptCalibration.id))) == 2
        newest = newest_calibration(session)
        assert newest is not None
        assert newest.decisions == 0


def test_it_writes_down_what_is_not_yet(world: World) -> None:
    rescore(world.database, Replica(world.database), now=world.now)
    world.reach(S.EXPIRED)
    assert learn(world).decisions == 1


def test_its_quality_is_kept_beside_it(world: World) -> None:
    decide(world, 120)
    kept = learn(world)
    with world.database.reading() as session:
        measured = measured_from_json(session.get_one(KeptCalibration, kept.id).measured)
    assert measured.quality is not None
    assert measured.quality.n == 120
    assert measured.quality.brier < measured.quality.brier_share
    assert sum(one.n for one in measured.learnt) == sum(one.n for one in measured.bare) == 120


def test_only_an_administrator_learns_and_it_is_noted(world: World) -> None:
    with pytest.raises(Forbidden), world.database.transaction() as session:
        calibrate(session, world.first, now=world.now)
    learn(world)
    with world.database.reading() as session:
        acts = list(session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing == "calibration")))
    assert acts == ["learning:calibrate"]


def test_what_a_newer_version_wrote_says_nothing(world: World) -> None:
    decide(world, 60)
    learn(world)
    with world.database.transaction() as session:
        session.execute(sa.update(KeptCalibration).values(fitted='{"format": 99}'))
    with world.database.reading() as session:
        assert calibration(session) == Calibration()


@pytest.fixture
def site(app: Flask) -> Site:
    found = Site(app)
    rescore(found.world.database, Replica(found.world.database), now=found.world.now)
    return found


def test_a_match_says_what_became_of_others_like_it_and_else_nothing(site: Site) -> None:
    place = "/me/listings/OFR-2026-00001/matches"
    maker = site.browser("maker_person")
    assert "introductions like this" not in words(maker.get(place).text)
    told = words(site.browser("first").get("/desk/matches").text)
    assert "of 100" in told
    assert "introductions like this" not in told
    learn(site.world)
    assert "introductions like this" not in words(maker.get(place).text)
    decide(site.world, 120)
    learn(site.world)
    told = words(maker.get(place).text)
    assert "introductions like this," in told
    assert "were accepted." in told
    why = words(maker.get("/me/listings/OFR-2026-00001/why?partner=REQ-2026-00002").text)
    assert "introductions like this," in why
    first = site.browser("first")
    # The first pair was introduced; another one is not.
    site.world.market.listing("request", site.world.buyer, office_id=site.world.second_office)
    rescore(site.world.database, Replica(site.world.database), now=site.world.now)
    assert "introductions like this," in words(first.get("/desk/matches").text)
    key = site.world.express()
    desk = words(site.browser("first").get(f"/desk/introductions/{site.world.get(key).reference}").text)
    assert "introductions like this," in desk


def test_the_page_for_staff(site: Site) -> None:
    first = site.browser("first")
    assert "Nothing has been learnt yet" in words(first.get("/desk/calibration").text)
    learn(site.world)
    assert "Too little was decided" in words(first.get("/desk/calibration").text)
    decide(site.world, 120)
    learn(site.world)
    page = first.get("/desk/calibration").text
    told = words(page)
    assert "from 120 decided introductions" in told
    assert "foretells better than the bare score" in told
    assert "Subcontracting" in told
    assert 'id="learnt-title"' in page
    assert site.browser("maker_person").get("/desk/calibration").status_code == 404


def test_where_the_score_tells_nothing_the_page_says_so(site: Site) -> None:
    decide(site.world, 120)
    lot = random.Random(3)
    with site.world.database.transaction() as session:
        for row in session.scalars(sa.select(PairDecision)):
            row.total = lot.uniform(40, 90)
    learn(site.world)
    told = words(site.browser("first").get("/desk/calibration").text)
    assert "does not yet foretell better than the mean" in told
