"""A mail server for the tests: real SMTP on the loopback interface."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.services import free_port


@dataclass(slots=True)
class MailServer:
    """A real SMTP server on the loopback interface that keeps what it is given.

    Attributes
    ----------
    messages
        What was accepted, in order; ``X-Peer-From`` and ``X-Peer-To`` hold the envelope.
    refusal
        While set, such as ``"451 try later"``, the answer to every message.
    """

    messages: list[EmailMessage] = field(default_factory=list)
    refusal: str = ""
    port: int = 0
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        """The address for ``EXCHANGE_SMTP_URL``."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd calls it so)
        """Keep a message, or refuse it."""
        if self.refusal:
            return self.refusal
        content = envelope.original_content or b""
        message = message_from_bytes(content, _class=EmailMessage, policy=policy.SMTP)
        message["X-Peer-From"] = envelope.mail_from or ""
        message["X-Peer-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 OK"

    def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self.port = self.port or free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Go away, as a mail server sometimes does."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def wait_for(self, count: int, seconds: float = 10) -> list[EmailMessage]:
        """Wait until so many messages came; gives them all, fewer if the time ran out."""
        end = time.monotonic() + seconds
        while len(self.messages) < count and time.monotonic() < end:
            time.sleep(0.02)
        return list(self.messages)
