"""Mails go out once, whatever the server does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.notifications.models import Channel, Delivery, DeliveryState
from marketplace.notifications.queries import kept
from marketplace.notifications.services.send import ATTEMPTS
from tests.marketplace.matches.market import Market
from tests.services import free_port
from tests.workers.postoffice import PostOffice
from tests.workers.shift import Shift
from workers.deliver import deliver
from workers.relay import relay


@pytest.fixture
def published(shift: Shift, market: Market) -> Shift:
    """Give a shift in which one mail waits: a listing was published."""
    market.now = clock.now()
    firm = market.organisation()
    market.member(firm)
    shift.happen("ListingPublished", listing=market.listing("offer", firm))
    relay(shift.work)
    return shift


def mail(shift: Shift) -> Delivery:
    with shift.database.reading() as session:
        return session.scalars(sa.select(Delivery).where(Delivery.channel == Channel.MAIL)).one()


def test_a_mail_reaches_the_server_once(published: Shift, smtp: PostOffice) -> None:
    assert deliver(published.work) == 1
    assert deliver(published.work) == 0
    assert mail(published).state is DeliveryState.SENT
    (message,) = smtp.messages
    assert message["X-Peer-To"] == "person1@example.org"
    assert message["X-Peer-From"] == "exchange@example.org"
    assert message["Message-ID"] == f"<delivery-{mail(published).id}@127.0.0.1>"
    assert str(message["List-Unsubscribe"]).startswith("<http://127.0.0.1:8000/unsubscribe/")


def test_several_workers_at_once_send_each_mail_once(
    published: Shift, market: Market, open_shift: Callable[..., Shift], database_url: str, smtp: PostOffice
) -> None:
    firm = market.organisation()
    with market.together():
        for _number in range(15):
            market.member(firm)
    published.happen("ListingPublished", listing=market.listing("offer", firm))
    relay(published.work)
    others = [open_shift(database_url, smtp_url=smtp.url) for _number in range(2)]
    threads = [threading.Thread(target=deliver, args=(shift.work,)) for shift in (published, *others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(smtp.messages) == 16
    assert len({message["Message-ID"] for message in smtp.messages}) == 16


def test_a_server_that_is_down_costs_no_try_and_the_mail_goes_out_when_it_is_up(
    published: Shift, smtp: PostOffice
) -> None:
    smtp.stop()
    for _try in range(ATTEMPTS + 2):
        assert deliver(published.work) == 0
        published.time_passes()
    assert mail(published).state is DeliveryState.WAITING
    assert mail(published).attempts == 0
    assert "refused" in mail(published).error.lower()
    smtp.start()
    assert deliver(published.work) == 1
    assert len(smtp.messages) == 1


def test_a_refusal_for_now_is_tried_five_times_and_then_set_aside(published: Shift, smtp: PostOffice) -> None:
    smtp.refusal = "451 4.7.1 greylisted, try later"
    for attempt in range(1, ATTEMPTS + 1):
        assert deliver(published.work) == 0
        assert mail(published).attempts == attempt
        # Not before its pause is over.
        assert deliver(published.work) == 0
        assert mail(published).attempts == attempt
        published.time_passes()
    assert mail(published).state is DeliveryState.SET_ASIDE
    assert "greylisted" in mail(published).error


def test_a_refusal_for_now_that_ends_is_forgotten(published: Shift, smtp: PostOffice) -> None:
    smtp.refusal = "451 4.7.1 greylisted, try later"
    deliver(published.work)
    smtp.refusal = ""
    published.time_passes()
    assert deliver(published.work) == 1
    assert (mail(published).error, len(smtp.messages)) == ("", 1)


def test_a_refusal_for_ever_is_set_aside_at_once(published: Shift, smtp: PostOffice) -> None:
    smtp.refusal = "550 5.1.1 no such person"
    assert deliver(published.work) == 0
    assert mail(published).state is DeliveryState.SET_ASIDE
    assert "550" in mail(published).error
    assert "no such person" in mail(published).error


def test_one_refused_mail_does_not_hold_up_the_others(
    published: Shift, market: Market, smtp: PostOffice
) -> None:
    firm = market.organisation()
    market.member(firm)
    published.happen("ListingPublished", listing=market.listing("offer", firm))
    relay(published.work)
    smtp.unknown.add("person1@example.org")
    assert deliver(published.work) == 1
    assert [message["X-Peer-To"] for message in smtp.messages] == ["person2@example.org"]


def test_a_sender_that_the_server_does_not_like_is_no_fault_of_the_mail(
    published: Shift, smtp: PostOffice
) -> None:
    smtp.sender_refusal = "553 5.7.1 not your address"
    assert deliver(published.work) == 0
    assert (mail(published).state, mail(published).attempts) == (DeliveryState.WAITING, 0)
    assert "not your address" in mail(published).error


def test_a_mail_that_cannot_be_written_is_set_aside_after_five_tries(
    published: Shift, smtp: PostOffice
) -> None:
    with published.database.transaction() as session:
        session.execute(sa.update(Delivery).values(recipient="no address at all"))
    for _attempt in range(ATTEMPTS):
        deliver(published.work)
        published.time_passes()
    assert mail(published).state is DeliveryState.SET_ASIDE
    assert smtp.messages == []


def test_what_is_over_is_dropped_and_not_sent(published: Shift, market: Market, smtp: PostOffice) -> None:
    market.change(1, state="closed")
    assert deliver(published.work) == 0
    assert mail(published).state is DeliveryState.DROPPED
    assert smtp.messages == []


def test_whoever_was_suspended_meanwhile_gets_nothing(published: Shift, smtp: PostOffice) -> None:
    with published.database.transaction() as session:
        session.execute(sa.update(User).values(suspended_at=clock.now()))
    assert deliver(published.work) == 0
    assert mail(published).state is DeliveryState.DROPPED
    assert smtp.messages == []


def test_without_a_server_mails_are_kept_as_files(
    open_shift: Callable[..., Shift], sqlite_database_url: str, tmp_path: Path
) -> None:
    shift = open_shift(sqlite_database_url)
    market = Market(shift.database, now=clock.now())
    firm = market.organisation()
    market.member(firm)
    shift.happen("ListingPublished", listing=market.listing("offer", firm))
    assert shift.all_done() == (1, 1)
    (found,), total = kept.kept(tmp_path / "var", offset=0, limit=5)
    assert (total, found.to, found.subject) == (
        1,
        "Ama <person1@example.org>",
        "Published: Turned shafts of stainless steel",
    )
    # A second try, as after a crash before the settling, writes the same file again.
    with shift.database.transaction() as session:
        again = sa.update(Delivery).where(Delivery.channel == Channel.MAIL)
        session.execute(again.values(state=DeliveryState.WAITING, due_at=clock.now()))
    assert deliver(shift.work) == 1
    assert [path.suffix for path in (tmp_path / "var" / "mail").iterdir()] == [".eml"]


def test_a_port_where_nobody_listens_is_told_in_words(
    open_shift: Callable[..., Shift], sqlite_database_url: str
) -> None:
    shift = open_shift(sqlite_database_url, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    market = Market(shift.database, now=clock.now())
    firm = market.organisation()
    market.member(firm)
    shift.happen("ListingPublished", listing=market.listing("offer", firm))
    assert shift.all_done() == (1, 0)
    assert "refused" in mail(shift).error.lower()
