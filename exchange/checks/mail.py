"""The mail server, or the folder where mail is kept."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from typing import Final

from exchange.checks.check import Check, broken, doubtful, fine
from marketplace import clock, outbox
from marketplace.db import Database
from marketplace.notifications.queries import deliveries, kept
from marketplace.settings import Settings
from workers.post import ServerPost, Unreachable

LATE: Final = timedelta(minutes=15)


def post(settings: Settings) -> Check:
    """Look whether a mail would be taken."""
    if not settings.smtp_url:
        place = kept.folder(settings.var)
        try:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            return broken("mail", str(error), f"Let the exchange's user write to {place}.")
        found = f"kept in {place}; nothing is sent"
        if settings.production:
            return doubtful("mail", found, "Set EXCHANGE_SMTP_URL, so that people get their mail.")
        return fine("mail", found)
    server = ServerPost(settings.smtp_url)
    try:
        return fine("mail", f"the server answers: {server.check()}")
    except Unreachable as error:
        return broken(
            "mail",
            str(error),
            "Check EXCHANGE_SMTP_URL: host, port, user and password. Mail waits meanwhile.",
        )
    finally:
        server.close()


def backlog(database: Database) -> list[Check]:
    """Look whether anything waits for too long, or for a person."""
    now = clock.now()
    with database.reading() as session:
        standing = deliveries.standing(session, now - LATE)
        waiting, aside = outbox.waiting(session, now - LATE), len(outbox.set_aside(session))
    checks = [fine("waiting", f"{standing.waiting} mails wait")]
    if standing.late or waiting:
        found = f"{standing.late} mails and {waiting} events wait for more than {LATE.seconds // 60} minutes"
        checks = [
            doubtful(
                "waiting", found, "Is a worker running, and does the mail server answer? See /admin/mail."
            )
        ]
    if standing.set_aside or aside:
        found = f"{standing.set_aside} mails and {aside} events"
        checks.append(doubtful("set aside", found, "Look at /admin/mail: it says why, and tries them again."))
    else:
        checks.append(fine("set aside", "nothing"))
    return checks
