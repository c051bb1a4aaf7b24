"""The tasks that workers know: without arguments, each can run twice and be killed anywhere."""

from __future__ import annotations

from celery import Celery

from marketplace import clock, outbox
from marketplace.intake.services.turns import waiting_imports
from marketplace.introductions.services.follow_up import ask_follow_ups
from marketplace.introductions.services.time import keep_time
from marketplace.learning.services.nightly import calibrate_nightly
from marketplace.listings.services import expire_listings
from marketplace.notifications.queries.deliveries import due_count
from marketplace.organisations.services.verification import end_lapsed_checks
from marketplace.policy import OPERATOR
from marketplace.reports.services.close import close_next
from workers import bring_in, deliver, relay
from workers.broker import BRING_IN_SECONDS
from workers.work import Work


def register(celery: Celery, work: Work) -> None:
    """Teach a Celery application its tasks."""

    @celery.task(name="relay", shared=False)
    def run_relay() -> None:
        relay.relay(work)

    @celery.task(name="deliver", shared=False)
    def run_deliver() -> None:
        deliver.deliver(work)

    # It is longer than others where a large file is tried, or read again up to where it stood.  What Redis
    # gives to another worker meanwhile finds the import held, and does nothing.
    @celery.task(
        name="bring_in", shared=False, time_limit=BRING_IN_SECONDS, soft_time_limit=BRING_IN_SECONDS - 10
    )
    def run_bring_in() -> None:
        bring_in.bring_in(work)

    @celery.task(name="sweep", shared=False)
    def run_sweep() -> None:
        sweep(work)

    @celery.task(name="expire", shared=False)
    def run_expire() -> None:
        expire(work)

    @celery.task(name="keep_time", shared=False)
    def run_keep_time() -> None:
        keep_introductions_time(work)

    @celery.task(name="calibrate", shared=False)
    def run_calibrate() -> None:
        calibrate(work)

    @celery.task(name="close_quarters", shared=False)
    def run_close_quarters() -> None:
        close_quarters(work)


def sweep(work: Work) -> None:
    """Ring for whatever waits and was not announced, or whose worker died."""
    now = clock.now()
    with work.database.reading() as session:
        events, mails = outbox.waiting(session, now), due_count(session, now)
        imports = waiting_imports(session, now)
    if events:
        work.ring("relay")
    if mails:
        work.ring("deliver")
    if imports:
        work.ring("bring_in")


def keep_introductions_time(work: Work) -> int:
    """End the introductions that nobody has answered in time, remind of those that wait, and follow up.

    Returns
    -------
    int
        How many ended, were reminded of, or were followed up.
    """
    total = 0
    while True:
        with work.database.transaction() as session:
            swept = keep_time(session, now=clock.now())
            asked = ask_follow_ups(session, now=clock.now())
        total += swept.expired + swept.reminded + asked
        if not swept.expired and not swept.reminded and not asked:
            return total


def expire(work: Work) -> int:
    """End the listings and the checks whose last day has passed; tell the owners of listings that end soon.

    Returns
    -------
    int
        How many listings or verifications ended, or owners were told.
    """
    total = 0
    while True:
        with work.database.transaction() as session:
            swept = expire_listings(session, now=clock.now())
            lapsed = end_lapsed_checks(session, now=clock.now())
        total += swept.expired + swept.notices + lapsed
        if not swept.expired and not swept.notices and not lapsed:
            return total


def calibrate(work: Work) -> bool:
    """Learn what scores have meant, once a night.

    Returns
    -------
    bool
        Whether it was this night's turn still.
    """
    with work.database.transaction() as session:
        return calibrate_nightly(session, OPERATOR, now=clock.now()) is not None


def close_quarters(work: Work) -> int:
    """Close the quarters that are over, the oldest first, each in a transaction of its own.

    Returns
    -------
    int
        How many were closed.
    """
    total = 0
    while True:
        with work.database.transaction() as session:
            closed = close_next(session, now=clock.now())
        if closed is None:
            return total
        total += 1
