"""A process that works, put together as the roof does it, without a broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exchange.compose import compose
from tests.marketplace.matches.market import Market
from tests.workers.postoffice import PostOffice
from tests.workers.shift import Shift, settings_for


@pytest.fixture
def open_shift(tmp_path: Path) -> Iterator[Callable[..., Shift]]:
    """Give a way to put working processes together, each with connections of its own."""
    opened: list[Shift] = []

    def open_one(database_url: str, **given: str) -> Shift:
        exchange = compose(settings_for(database_url, tmp_path / "var", **given))
        opened.append(Shift(exchange))
        return opened[-1]

    yield open_one
    for shift in opened:
        shift.close()


@pytest.fixture
def smtp() -> Iterator[PostOffice]:
    """Give a real mail server with moods."""
    server = PostOffice()
    server.start()
    yield server
    server.thinking = False
    server.stop()


@pytest.fixture
def shift(open_shift: Callable[..., Shift], database_url: str, smtp: PostOffice) -> Shift:
    """Give one that sends mail to a real server; the test runs on both kinds of database."""
    return open_shift(database_url, smtp_url=smtp.url)


@pytest.fixture
def market(shift: Shift) -> Market:
    """Give an empty market under it."""
    return Market(shift.database)
