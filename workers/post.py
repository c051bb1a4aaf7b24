"""Handing mails over: to a mail server, or into files where none is set."""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from marketplace.notifications.models import Delivery
from marketplace.notifications.queries import kept
from marketplace.settings import Settings

# For connecting and for each answer.  A mail needs some six answers: see send.LEASE.
TIMEOUT_SECONDS: Final = 10.0
PERMANENT: Final = range(500, 600)
PORTS: Final = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class Refused(Exception):
    """The server will never take this mail."""


class Unreachable(Exception):
    """No server could be asked; the mail is not to blame."""


class Post(Protocol):
    """Where mails are handed over."""

    def send(self, message: EmailMessage, delivery: Delivery) -> None:
        """Hand a mail over; returns when it is safe with the other side."""
        ...


@contextmanager
def open_post(settings: Settings) -> Iterator[Post]:
    """Give the post of an installation; a connection to a server is made when first needed."""
    if not settings.smtp_url:
        yield FilePost(settings.var)
        return
    post = ServerPost(settings.smtp_url)
    try:
        yield post
    finally:
        post.close()


class FilePost:
    """Keeps each mail as a file of its own; a second try writes the same file.

    Parameters
    ----------
    var
        The installation's folder.
    """

    def __init__(self, var: Path) -> None:
        self._folder = kept.folder(var)

    def send(self, message: EmailMessage, delivery: Delivery) -> None:
        """Write the file: whole, or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".unfinished")
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(self._folder / kept.file_name(delivery.id))


class ServerPost:
    """Hands mails to an SMTP server, several over one connection.

    Parameters
    ----------
    url
        ``smtp://``, ``smtps://`` or ``smtp+starttls://``, with ``user:password@`` where needed.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._server: smtplib.SMTP | None = None

    def check(self) -> str:
        """Connect, and return how the server names itself.

        Raises
        ------
        Unreachable
            Where it does not answer as a mail server should.
        """
        server = self._connected()
        try:
            server.ehlo_or_helo_if_needed()
            code, words = server.noop()
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(_words(error)) from error
        if code in PERMANENT:
            raise Unreachable(words.decode("utf-8", "replace"))
        greeting = server.ehlo_resp or server.helo_resp or b""
        return greeting.decode("utf-8", "replace").splitlines()[0] if greeting else ""

    def send(self, message: EmailMessage, _delivery: Delivery) -> None:
        """Hand a mail over.

        Raises
        ------
        Refused
            Where the server says that it never will take it.
        Unreachable
            Where no server answers, or it does not take mail from us at all.
        smtplib.SMTPException, OSError
            Where it is worth trying later.
        """
        server = self._connected()
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            self._fail(code, words, error)
        except smtplib.SMTPSenderRefused as error:
            # Our own address is not liked: that concerns the settings, and every mail.
            self.close()
            raise Unreachable(_words(error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(_words(error)) from error
        except smtplib.SMTPResponseException as error:
            self._fail(error.smtp_code, error.smtp_error, error)
        except (OSError, smtplib.SMTPException):
            # The connection may be anywhere in the conversation.
            self.close()
            raise

    def close(self) -> None:
        """Say goodbye, if anybody still listens."""
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server.close()
            self._server = None

    def _fail(self, code: int, words: bytes | str, error: smtplib.SMTPException) -> None:
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        # The server may have hung up after its refusal.
        self.close()
        if code in PERMANENT:
            raise Refused(f"{code} {text}") from error
        raise error

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._connect()
            except (OSError, smtplib.SMTPException) as error:
                raise Unreachable(_words(error)) from error
        return self._server

    def _connect(self) -> smtplib.SMTP:
        host, port = self._url.hostname or "localhost", self._url.port or PORTS[self._url.scheme]
        context = ssl.create_default_context()
        if self._url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        try:
            if self._url.scheme == "smtp+starttls":
                server.starttls(context=context)
            if self._url.username:
                server.login(unquote(self._url.username), unquote(self._url.password or ""))
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    return str(error) or type(error).__name__
