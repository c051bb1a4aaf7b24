"""Rate limits: shared through Redis where there is one, kept in the process where it is down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

BY_IP = "30 per 15 minutes"
BY_ADDRESS = "8 per 15 minutes"
# A Redis that hangs must not hold up a login longer than this.
PATIENCE_SECONDS = 1

limiter = Limiter(
    get_remote_address,
    strategy="moving-window",
    # When Redis does not answer, each process counts for itself instead of letting all through.
    in_memory_fallback_enabled=True,
    headers_enabled=True,
    storage_options={"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS},
)

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def only_looking() -> bool:
    """Tell whether the request is no POST; looking at a form is not an attempt."""
    return request.method != "POST"


by_ip: Decorator = limiter.shared_limit(BY_IP, scope="credentials-ip", exempt_when=only_looking)


def by_address(spelling: Callable[[str], str]) -> Decorator:
    """Return a limit on attempts with one e-mail address, whoever makes them.

    Parameters
    ----------
    spelling
        Brings an address into the one form in which it is stored, so that other spellings of it
        are no further attempts.  ``""`` for what is no address: those are counted by IP.
    """

    def key() -> str:
        typed = spelling(request.form.get("email", ""))
        return f"address:{typed}" if typed else f"ip:{get_remote_address()}"

    return limiter.shared_limit(
        BY_ADDRESS, scope="credentials-address", key_func=key, exempt_when=only_looking
    )
