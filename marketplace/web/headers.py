"""Headers of every answer."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from marketplace.web.context import actor, settings

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def protect(response: Response) -> Response:
    """Set the security headers, and keep personal pages out of shared caches."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if settings().secure_cookies:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and actor().signed_in:
        headers.setdefault("Cache-Control", "no-store")
    return response
