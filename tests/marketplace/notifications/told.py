"""Short ways to record events and to read what people are told of them."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from flask import Flask

from marketplace import outbox
from marketplace.db import Database
from marketplace.listings.models import Listing
from marketplace.matches.models import Match
from marketplace.matches.services import score_listings
from marketplace.matches.stored import score_as_json
from marketplace.notifications.models import Channel, Delivery
from marketplace.notifications.queries.deliveries import addressee
from marketplace.notifications.services.tell import plan
from marketplace.notifications.views import letters
from marketplace.notifications.views.letters import Letter
from marketplace.offices.models import Officer
from marketplace.outbox import Event
from marketplace.search.replica import Replica
from marketplace.web.context import EXTENSION, Parts
from tests.marketplace.matches.market import NOW, TODAY, Market

LATER = NOW + timedelta(minutes=1)


def happen(database: Database, kind: str, **ids: Any) -> int:
    """Record an event; returns its number."""
    with database.transaction() as session:
        outbox.record(session, kind, ids, at=NOW)
        return session.scalars(sa.select(Event.id).order_by(Event.id.desc()).limit(1)).one()


def tell(database: Database, event_id: int) -> int:
    """Plan whom an event is told to; returns how many mails are new."""
    with database.transaction() as session:
        return plan(session, session.get_one(Event, event_id), NOW)


def told(database: Database, kind: str, **ids: Any) -> set[tuple[str, str]]:
    """Record an event, and return who is told of it: recipient and channel."""
    tell(database, happen(database, kind, **ids))
    with database.reading() as session:
        rows = session.scalars(sa.select(Delivery).where(Delivery.kind == kind))
        return {(row.recipient, row.channel.value) for row in rows}


def officer(market: Market, office_id: int, **given: Any) -> Any:
    """Add a person on the staff of an office."""
    person = market.person(**given)
    with market.open() as session:
        session.add(Officer(user_id=person.user_id, office_id=office_id, since=NOW))
    return person


def matched(market: Market, request_id: int, offer_id: int) -> dict[str, Any]:
    """Store a match of two listings as the engine finds it; returns the ids of its event for the offer."""
    index = Replica(market.database, today=lambda: TODAY).refresh()
    with market.open() as session:
        scored = score_listings(session, index, [request_id], TODAY)
    score = next(score for score in scored.partners[request_id] if score.offer_id == offer_id)
    with market.open() as session:
        session.add(
            Match(
                request_id=request_id,
                offer_id=offer_id,
                total=score.total,
                explanation=score_as_json(score),
                found_at=NOW,
                scored_at=NOW,
            )
        )
    return {"request": request_id, "offer": offer_id, "side": "offer", "listing": offer_id}


def parts_of(app: Flask) -> Parts:
    """Return what an application was put together from."""
    parts: Parts = app.extensions[EXTENSION]
    return parts


def read_mail(app: Flask, delivery_id: int) -> tuple[Letter, EmailMessage] | None:
    """Write the mail of a delivery, as the worker does."""
    parts = parts_of(app)
    with (
        app.test_request_context(base_url=parts.settings.public_url),
        parts.database.reading() as session,
    ):
        delivery = session.get_one(Delivery, delivery_id)
        reader = addressee(session, delivery)
        if reader is None:
            return None
        letter = letters.write(session, delivery.kind, delivery.ids, reader, LATER)
        if letter is None:
            return None
        return letter, letters.envelope(letter, delivery, reader, parts.settings, LATER)


def mails_of(app: Flask, kind: str, **ids: Any) -> list[tuple[Letter, EmailMessage] | None]:
    """Record an event, and return the mails that tell of it, by recipient; ``None`` for one dropped."""
    database = parts_of(app).database
    event_id = happen(database, kind, **ids)
    tell(database, event_id)
    with database.reading() as session:
        found = session.scalars(
            sa.select(Delivery.id)
            .where(Delivery.event_id == event_id, Delivery.channel == Channel.MAIL)
            .order_by(Delivery.recipient)
        ).all()
    return [read_mail(app, delivery_id) for delivery_id in found]


def only_mail(app: Flask, kind: str, **ids: Any) -> tuple[Letter, EmailMessage]:
    """Record an event, and return the one mail that tells of it."""
    found = mails_of(app, kind, **ids)
    assert len(found) == 1
    assert found[0] is not None
    return found[0]


def part(message: EmailMessage, kind: str) -> str:
    """Return the plain or the HTML part."""
    body = message.get_body((kind,))
    assert isinstance(body, EmailMessage)
    return str(body.get_content())


def change_listing(market: Market, listing_id: int, **given: Any) -> None:
    """Change columns of a listing."""
    with market.open() as session:
        row = session.get_one(Listing, listing_id)
        for name, value in given.items():
            setattr(row, name, value)
