"""A whole run: each size in turn, every page several times, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from typing import Any, Final

import sqlalchemy as sa

from exchange.bench.measure import machine
from exchange.bench.pages.browser import Answer, Browser
from exchange.bench.pages.database import PASSWORD, own_database
from exchange.bench.pages.places import Places, places
from exchange.bench.pages.report import Measured, PagesReport, measured, name_of
from exchange.bench.pages.world.draw import Size
from exchange.compose import Exchange, composed
from marketplace.settings import Settings

COUNTED: Final = 2
"""How often a page is asked where only its statements are counted."""

Tell = Callable[[str], None]
Answers = dict[str, list[Answer]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be measured.

    Parameters
    ----------
    rounds
        How often each page is asked at the first size, after once that does not count.
    others
        Ask for the members' pages and the files too.
    jit
        Ask for the desk's pages a second time, with PostgreSQL's compiler switched on.
    limit_ms
        Which no page of the desk may exceed at its 95th percentile; ``None`` for no such limit.
    filled
        Address of a database that an earlier run kept, to be asked in place of the first size.
    """

    sizes: tuple[Size, ...]
    rounds: int
    others: bool
    jit: bool
    keep: bool
    limit_ms: float | None
    filled: str | None


def measure_pages(wish: Wish, server: str, tell: Tell) -> PagesReport:
    """Measure everything.

    Parameters
    ----------
    server
        Address of a PostgreSQL on which databases can be made.
    tell
        Is told what is being done.
    """
    found: list[tuple[Size, Found]] = []
    with TemporaryDirectory(prefix="exchange-bench-") as folder:
        settings = _settings(folder)
        for at, size in enumerate(wish.sizes):
            with ExitStack() as stack:
                if at == 0 and wish.filled:
                    url = wish.filled
                else:
                    tell(f"Filling a database with {size.listings:,} listings …")
                    url = stack.enter_context(own_database(server, size, settings, keep=wish.keep, tell=tell))
                tell("Asking for the pages …")
                found.append((size, _ask_all(replace(settings, database_url=url), wish, first=at == 0)))
    (_size, first), rest = found[0], found[1:]
    return PagesReport(
        machine={**machine(), **first.server},
        sizes=wish.sizes,
        limit_ms=wish.limit_ms,
        desk=_together(first.desk, [one.desk for _, one in rest], first.with_jit),
        others=_together(first.others, [one.others for _, one in rest], {}),
    )


@dataclass(frozen=True, slots=True)
class Found:
    """The answers of one size, by the page's name."""

    server: Mapping[str, str]
    desk: Answers
    with_jit: Answers
    others: Answers


def _settings(folder: str) -> Settings:
    """Return settings of a process that nobody else knows of."""
    return Settings.from_env(
        {
            "EXCHANGE_VAR": folder,
            "EXCHANGE_RATE_LIMITS": "no",
            "EXCHANGE_ENCODER": "no",
            "EXCHANGE_LOG_LEVEL": "ERROR",
        }
    )


def _ask_all(settings: Settings, wish: Wish, *, first: bool) -> Found:
    rounds = wish.rounds if first else COUNTED
    with ExitStack() as stack:
        exchange = stack.enter_context(composed(settings))
        with exchange.database.reading() as session:
            version = session.execute(sa.text("SHOW server_version")).scalar_one()
            asked = places(session, exchange.app)
        exchange.warm_up().join()
        officer = _browser(exchange, asked.officer)
        askers = [officer]
        if wish.jit and first:
            askers.append(_browser(stack.enter_context(_with_jit(settings)), asked.officer))
        desk = _rounds(askers, asked.desk, rounds)
        others: Answers = {}
        if wish.others:
            others = _others(exchange, officer, asked, rounds)
    return Found({"postgresql": version.split()[0]}, desk[0], desk[1] if len(desk) > 1 else {}, others)


def _others(exchange: Exchange, officer: Browser, asked: Places, rounds: int) -> Answers:
    member = _browser(exchange, asked.member)
    return _rounds([member], asked.others, rounds)[0] | _rounds([officer], asked.files, rounds)[0]


def _browser(exchange: Exchange, email: str) -> Browser:
    browser = Browser(exchange.app, exchange.database)
    browser.log_in(email, PASSWORD)
    return browser


@contextmanager
def _with_jit(settings: Settings) -> Iterator[Exchange]:
    """Put the parts together with connections on which the compiler is on, as PostgreSQL's default is."""

    def switch_on(connection: Any, _record: Any) -> None:
        connection.execute("SET jit = on")
        connection.commit()

    with composed(settings) as exchange:
        sa.event.listen(exchange.database.engine, "connect", switch_on)
        yield exchange


def _rounds(askers: Sequence[Browser], addresses: Sequence[str], rounds: int) -> list[Answers]:
    """Ask for all pages in turn, so many times; what is slow for a while is slow for all of them.

    The first time, when caches are empty and templates are read, does not count.
    """
    found: list[Answers] = [{} for _ in askers]
    for at in range(rounds + 1):
        for address in addresses:
            for asker, answers in zip(askers, found, strict=True):
                answer = asker.ask(address)
                if at:
                    answers.setdefault(address, []).append(answer)
    return found


def _together(first: Answers, rest: Sequence[Answers], with_jit: Answers) -> tuple[Measured, ...]:
    """Return each page's figures, of all sizes; references differ, and a small exchange may lack a page."""
    smaller = [(answers, _by_name(answers)) for answers in rest]
    return tuple(
        measured(
            address,
            first[address],
            [
                answers[there[name][at]]
                for answers, there in smaller
                if len(there.get(name, ())) == len(addresses)
            ],
            with_jit.get(address, ()),
        )
        for name, addresses in _by_name(first).items()
        for at, address in enumerate(addresses)
    )


def _by_name(addresses: Iterable[str]) -> dict[str, list[str]]:
    """Return all addresses of one name: those that differ by their references alone."""
    found: dict[str, list[str]] = {}
    for address in addresses:
        found.setdefault(name_of(address), []).append(address)
    return found
