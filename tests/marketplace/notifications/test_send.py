"""A mail between being planned and being sent: leases, tries, giving up, trying again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from marketplace.db import Database
from marketplace.errors import Forbidden
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from marketplace.notifications.queries.deliveries import due_count, standing
from marketplace.notifications.services import send
from marketplace.notifications.services.events import retry_event
from marketplace.outbox import ATTEMPTS, LEASE, claim, record
from marketplace.policy import Actor
from tests.marketplace.matches.market import NOW, Market
from tests.marketplace.notifications.told import told

MOMENT = timedelta(seconds=1)
ADMIN = Actor(user_id=1, is_admin=True)


@pytest.fixture
def planned(market: Market) -> Database:
    """Give a database in which one mail waits."""
    firm = market.organisation()
    market.member(firm)
    told(market.database, "ListingPublished", listing=market.listing("offer", firm))
    return market.database


def take(database: Database, now: datetime = NOW) -> Delivery | None:
    with database.transaction() as session:
        return send.claim_delivery(session, now)


def taken(database: Database, now: datetime = NOW) -> Delivery:
    delivery = take(database, now)
    assert delivery is not None
    return delivery


def mail(database: Database) -> Delivery:
    with database.reading() as session:
        return session.scalars(sa.select(Delivery).where(Delivery.channel == Channel.MAIL)).one()


def postpone(database: Database, delivery: Delivery, now: datetime) -> None:
    with database.transaction() as session:
        send.postpone_delivery(session, delivery, "451 later", now)


def test_one_worker_at_a_time_has_a_mail(planned: Database) -> None:
    first = taken(planned)
    assert take(planned) is None
    assert take(planned, NOW + send.LEASE - MOMENT) is None
    second = taken(planned, NOW + send.LEASE)
    with planned.transaction() as session:
        assert not send.settle_delivery(session, first, NOW + send.LEASE)
    with planned.transaction() as session:
        assert send.settle_delivery(session, second, NOW + send.LEASE)
    assert (mail(planned).state, mail(planned).sent_at) == (DeliveryState.SENT, NOW + send.LEASE)
    assert take(planned, NOW + timedelta(days=9)) is None


def test_a_mail_that_fails_for_now_comes_back_later_and_later_and_is_then_set_aside(
    planned: Database,
) -> None:
    now = NOW
    for pause in send.BACKOFF:
        postpone(planned, taken(planned, now), now)
        assert take(planned, now + pause - MOMENT) is None
        now += pause
    postpone(planned, taken(planned, now), now)
    assert (mail(planned).state, mail(planned).error) == (DeliveryState.SET_ASIDE, "451 later")
    assert take(planned, now + timedelta(days=9)) is None


def test_a_mail_that_kills_its_process_each_time_is_set_aside(planned: Database) -> None:
    for attempt in range(send.ATTEMPTS):
        taken(planned, NOW + attempt * send.LEASE)
    assert take(planned, NOW + send.ATTEMPTS * send.LEASE) is None
    assert mail(planned).state is DeliveryState.SET_ASIDE
    assert "process ended" in mail(planned).error


def test_a_mail_is_not_blamed_for_a_server_that_is_down(planned: Database) -> None:
    now = NOW
    for _try in range(20):
        with planned.transaction() as session:
            send.await_server(session, taken(planned, now), "connection refused", now)
        now += send.PAUSE
    assert taken(planned, now).attempts == 1


def test_no_mail_is_tried_while_the_server_is_known_to_be_down(market: Market, planned: Database) -> None:
    told(planned, "ListingExpiring", listing=1)
    with planned.transaction() as session:
        send.await_server(session, taken(planned), "connection refused", NOW)
    assert take(planned, NOW + send.PAUSE - MOMENT) is None
    assert take(planned, NOW + send.PAUSE) is not None
    assert taken(planned, NOW + send.PAUSE).attempts == 1


def test_after_days_without_a_server_staff_are_asked(planned: Database) -> None:
    later = NOW + send.OUTAGE + MOMENT
    delivery = taken(planned, later)
    with planned.transaction() as session:
        send.await_server(session, delivery, "connection refused", later)
    assert mail(planned).state is DeliveryState.SET_ASIDE


def test_the_counts_for_the_doctor_and_the_sweep(planned: Database) -> None:
    with planned.reading() as session:
        assert due_count(session, NOW) == 1
        found = standing(session, NOW + MOMENT)
        assert (found.waiting, found.late, found.set_aside) == (1, 1, 0)
        assert standing(session, NOW).late == 0
    delivery = taken(planned)
    with planned.transaction() as session:
        send.refuse_delivery(session, delivery, "550 no such person")
    with planned.reading() as session:
        assert due_count(session, NOW + timedelta(days=1)) == 0
        assert standing(session, NOW).set_aside == 1


def test_an_administrator_has_a_refused_mail_tried_again(planned: Database) -> None:
    delivery = taken(planned)
    with planned.transaction() as session:
        send.refuse_delivery(session, delivery, "550 no such person")
    later = NOW + timedelta(days=30)
    with planned.transaction() as session:
        assert send.retry_deliveries(session, ADMIN, delivery_ids=[delivery.id], now=later) == 1
    again = taken(planned, later)
    assert again.attempts == 1
    # It is not given up at once because it is old.
    with planned.transaction() as session:
        send.await_server(session, again, "connection refused", later)
    assert mail(planned).state is DeliveryState.WAITING


def test_a_mail_that_is_being_sent_is_left_alone(planned: Database) -> None:
    postpone(planned, taken(planned), NOW)
    second = taken(planned, NOW + send.BACKOFF[0])
    with planned.transaction() as session:
        assert send.retry_deliveries(session, ADMIN, delivery_ids=None, now=NOW + send.BACKOFF[0]) == 0
    assert take(planned, NOW + send.BACKOFF[0]) is None
    with planned.transaction() as session:
        assert send.settle_delivery(session, second, NOW)


def test_a_postponed_mail_can_be_tried_at_once(planned: Database) -> None:
    postpone(planned, taken(planned), NOW)
    assert take(planned, NOW + MOMENT) is None
    with planned.transaction() as session:
        assert send.retry_deliveries(session, ADMIN, delivery_ids=None, now=NOW + MOMENT) == 1
    assert taken(planned, NOW + MOMENT).attempts == 2


def test_only_administrators_have_things_tried_again(planned: Database) -> None:
    with pytest.raises(Forbidden), planned.transaction() as session:
        send.retry_deliveries(session, Actor(user_id=2), delivery_ids=None, now=NOW)
    with pytest.raises(Forbidden), planned.transaction() as session:
        retry_event(session, Actor(user_id=2), event_id=1, now=NOW)


def test_an_administrator_has_an_event_carried_out_again(database: Database) -> None:
    with database.transaction() as session:
        record(session, "Nonsense", {}, at=NOW)
    for attempt in range(ATTEMPTS + 1):
        with database.transaction() as session:
            claim(session, NOW + attempt * LEASE, 1)
    with database.transaction() as session:
        assert retry_event(session, ADMIN, event_id=1, now=NOW)
        assert not retry_event(session, ADMIN, event_id=1, now=NOW)
