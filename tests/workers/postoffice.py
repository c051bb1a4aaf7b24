"""A mail server with moods."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiosmtpd.smtp import Envelope

from tests.mailserver import MailServer


@dataclass(slots=True)
class PostOffice(MailServer):
    """A real mail server that may refuse one recipient, or think for long.

    Attributes
    ----------
    unknown
        Recipients that it does not know.
    sender_refusal
        While set, the answer to every sender.
    thinking
        While true, it takes a message and says nothing; ``asked`` counts those.
    """

    unknown: set[str] = field(default_factory=set)
    sender_refusal: str = ""
    thinking: bool = False
    asked: int = 0

    async def handle_MAIL(  # noqa: N802 (aiosmtpd calls it so)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a sender, or not."""
        if self.sender_refusal:
            return self.sender_refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 (aiosmtpd calls it so)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a recipient, or not."""
        if address in self.unknown:
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802 (as above)
        """Keep a message, when it has been thought about."""
        if self.thinking:
            self.asked += 1
            await self._think()
            # Whoever asked has gone meanwhile; what was not answered was not taken.
            return "451 4.3.0 too late"
        return await MailServer.handle_DATA(self, server, session, envelope)

    async def _think(self) -> None:
        while self.thinking:  # noqa: ASYNC110 (another thread ends it)
            await asyncio.sleep(0.02)
