"""From a letter to a mail: headers, a plain part and an HTML part."""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from flask import render_template, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.notifications.models import Delivery
from marketplace.notifications.queries.kinds import KINDS
from marketplace.notifications.views.letters.letter import Letter
from marketplace.policy import Actor
from marketplace.settings import Settings

UNSUBSCRIBE = "unsubscribe"


class _Whole(UnstructuredHeader, BaseHeader):
    """A header on one line, as it is: the library would encode a long address, which no program reads."""

    def fold(self, *, policy: Policy) -> str:
        """Return the line."""
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _Whole)
POLICY = SMTP.clone(cte_type="7bit", header_factory=_headers)


def refusal_token(secret_key: str, user_id: int, kind: str) -> str:
    """Return the word in the address that ends mails of one kind to one person."""
    return str(URLSafeSerializer(secret_key, salt=UNSUBSCRIBE).dumps([user_id, kind]))


def read_refusal(secret_key: str, token: str) -> tuple[int, str] | None:
    """Return the person and the kind that a token names; ``None`` for a false one."""
    try:
        user_id, kind = URLSafeSerializer(secret_key, salt=UNSUBSCRIBE).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    return int(user_id), str(kind)


def envelope(
    letter: Letter, delivery: Delivery, reader: Actor, settings: Settings, now: datetime
) -> EmailMessage:
    """Put a letter into a mail.

    Parameters
    ----------
    delivery
        Gives the recipient and, with the public host, the Message-ID: a second try of the same
        delivery is the same message to every program that sees both.
    """
    refusal = _refusal_address(delivery, settings)
    words = {"letter": letter, "reader_name": reader.name, "refusal": refusal}
    message = EmailMessage(policy=POLICY)
    name, address = parseaddr(settings.mail_from)
    message["From"] = Address(_line(letter.signed) if letter.reply_to else name, addr_spec=address)
    message["To"] = Address(_line(reader.name), addr_spec=delivery.recipient)
    if letter.reply_to:
        message["Reply-To"] = Address(_line(letter.signed), addr_spec=letter.reply_to)
    message["Subject"] = _line(letter.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<delivery-{delivery.id}@{urlsplit(settings.public_url).hostname}>"
    # RFC 3834: vacation programs do not answer it.
    message["Auto-Submitted"] = "auto-generated"
    if refusal:
        # RFC 8058: mail programs show a button that sends one POST.
        message["List-Unsubscribe"] = f"<{refusal}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(render_template("mail/letter.txt", **words), cte="quoted-printable")
    message.add_alternative(
        render_template("mail/letter.html", **words), subtype="html", cte="quoted-printable"
    )
    if letter.calendar:
        message.add_attachment(
            letter.calendar.encode(),
            maintype="text",
            subtype="calendar",
            filename="meeting.ics",
            params={"charset": "utf-8", "method": letter.calendar_method},
        )
    return message


def _refusal_address(delivery: Delivery, settings: Settings) -> str:
    kind = KINDS.get(delivery.kind)
    if delivery.user_id is None or kind is None or not kind.optional:
        return ""
    token = refusal_token(settings.secret_key, delivery.user_id, delivery.kind)
    return url_for("notifications.refusal", token=token, _external=True)


def _line(text: str) -> str:
    """Return text for a header: one line, whatever was typed."""
    return " ".join(text.split())
