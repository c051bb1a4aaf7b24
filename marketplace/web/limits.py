"""Rate limits: shared through Redis where there is one, kept in the process where it is down."""

from __future__ import annotations

from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(
    get_remote_address,
    strategy="moving-window",
    # When Redis does not answer, each process counts for itself instead of letting all through.
    in_memory_fallback_enabled=True,
    headers_enabled=True,
)

BY_IP = "30 per 15 minutes"
BY_ADDRESS = "8 per 15 minutes"


def typed_address() -> str:
    """Return the e-mail address in the form, in one spelling, as a key to count by."""
    return "address:" + request.form.get("email", "").strip().casefold()[:254]


def posting() -> bool:
    """Whether the request is anything but a POST; looking at a form is not an attempt."""
    return request.method != "POST"


by_ip = limiter.shared_limit(BY_IP, scope="credentials-ip", exempt_when=posting)
by_address = limiter.shared_limit(
    BY_ADDRESS, scope="credentials-address", key_func=typed_address, exempt_when=posting
)
