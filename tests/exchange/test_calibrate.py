"""exchange calibrate, on an installation of its own."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import sqlalchemy as sa

from marketplace.db import Database
from marketplace.introductions.models import Introduction
from marketplace.introductions.states import IntroductionState
from marketplace.learning.models import KeptCalibration, PairDecision, Verdict
from matching.types import Kind
from tests.exchange.shell import Shell
from tests.marketplace.introductions.world import World

S = IntroductionState
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def database(shell: Shell) -> Database:
    return Database(f"sqlite:///{shell.place / 'var' / 'exchange.sqlite'}")


def decide(world: World, count: int) -> None:
    """Write down introductions: the higher the score, the more of them were accepted."""
    lot = random.Random(5)
    key = world.reach(S.WITHDRAWN)
    with world.database.transaction() as session:
        one = session.get_one(Introduction, key)
        columns = {
            column.key: getattr(one, column.key)
            for column in sa.inspect(Introduction).column_attrs
            if column.key not in {"id", "reference"}
        }
        for _number in range(count):
            row = Introduction(**columns)
            session.add(row)
            session.flush()
            total = lot.uniform(40, 100)
            verdict = Verdict.ACCEPTED if lot.uniform(0, 100) < total else Verdict.EXPIRED
            session.add(
                PairDecision(
                    verdict=verdict, at=NOW, introduction_id=row.id, kind=Kind.SUBCONTRACTING, total=total
                )
            )


def kept(shell: Shell) -> int:
    found = database(shell)
    with found.reading() as session:
        count = session.scalar(sa.select(sa.func.count(KeptCalibration.id))) or 0
    found.dispose()
    return count


def test_learning_from_the_command_line(shell: Shell) -> None:
    assert shell("migrate").code == 0
    nothing = shell("calibrate")
    assert nothing.code == 0
    assert "Decided introductions: 0" in nothing.out
    assert "nothing to learn from yet" in nothing.out
    opened = database(shell)
    world = World(opened)
    decide(world, 60)
    few = shell("calibrate")
    assert "Decided introductions: 60" in few.out
    assert "No kind has the 100 decisions" in few.out
    decide(world, 90)
    opened.dispose()
    tried = shell("calibrate", "--dry-run")
    assert "Decided introductions: 150" in tried.out
    assert "Nothing was kept." in tried.out
    assert kept(shell) == 2
    many = shell("calibrate")
    assert many.code == 0
    assert kept(shell) == 3
    for words in ("all kinds", "subcontracting", "On decisions that were not learnt from", "always the mean"):
        assert words in many.out
    assert "Stated, and what came of it" in many.out
    assert tried.out.replace("Nothing was kept.\n", "") == many.out
    opened.dispose()
