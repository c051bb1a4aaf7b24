"""Sending mails: claim one, write it, hand it over, settle."""

from __future__ import annotations

import logging
import time
from email.message import EmailMessage
from typing import Final

from flask_babel import force_locale

from marketplace import clock
from marketplace.notifications.models import Delivery
from marketplace.notifications.queries.deliveries import addressee
from marketplace.notifications.services import send
from marketplace.notifications.views import letters
from workers.post import Post, Refused, Unreachable, open_post
from workers.work import Work

BUDGET_SECONDS: Final = 45.0

log = logging.getLogger(__name__)


def deliver(work: Work) -> int:
    """Send mails until none is due, no server answers, or the time is over.

    Returns
    -------
    int
        How many were sent.
    """
    end = time.monotonic() + BUDGET_SECONDS
    sent = 0
    with open_post(work.settings) as post:
        while time.monotonic() < end:
            with work.database.transaction() as session:
                delivery = send.claim_delivery(session, clock.now())
            if delivery is None:
                return sent
            try:
                sent += _deliver_one(work, post, delivery)
            except Unreachable as error:
                # No use in asking for the next one: all of them wait for the server.
                _await_server(work, delivery, error)
                return sent
    work.ring("deliver")
    return sent


def _deliver_one(work: Work, post: Post, delivery: Delivery) -> bool:
    try:
        message = _write(work, delivery)
        if message is not None:
            post.send(message, delivery)
    except Unreachable:
        raise
    except Refused as error:
        log.warning("mail %s to its recipient was refused: %s", delivery.id, error)
        with work.database.transaction() as session:
            send.refuse_delivery(session, delivery, str(error))
        return False
    except Exception as error:
        log.exception("mail %s failed at try %s", delivery.id, delivery.attempts)
        with work.database.transaction() as session:
            send.postpone_delivery(session, delivery, f"{type(error).__name__}: {error}", clock.now())
        return False
    with work.database.transaction() as session:
        if message is None:
            send.drop_delivery(session, delivery, "nothing was left to tell")
            return False
        log.info("mail %s (%s) sent", delivery.id, delivery.kind)
        return send.settle_delivery(session, delivery, clock.now())


def _await_server(work: Work, delivery: Delivery, error: Unreachable) -> None:
    log.warning("no mail server can be reached: %s", error)
    with work.database.transaction() as session:
        send.await_server(session, delivery, str(error), clock.now())


def _write(work: Work, delivery: Delivery) -> EmailMessage | None:
    """Write a mail as things are now; ``None`` where there is nothing left to tell."""
    now = clock.now()
    with work.app.test_request_context(base_url=work.settings.public_url), work.database.reading() as session:
        reader = addressee(session, delivery)
        if reader is None:
            return None
        with force_locale(reader.language):
            letter = letters.write(session, delivery.kind, delivery.ids, reader, now)
            return None if letter is None else letters.envelope(letter, delivery, reader, work.settings, now)
