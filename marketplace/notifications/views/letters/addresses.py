"""Full addresses of the pages that letters lead to."""

from __future__ import annotations

from flask import url_for
from itsdangerous import URLSafeSerializer

from marketplace.listings.models import Listing as Row
from marketplace.organisations.models import Invitation
from marketplace.web.context import settings


def _site(path: str) -> str:
    return url_for("pages.landing", _external=True).rstrip("/") + path


def listing(row: Row) -> str:
    """Return the address of a listing's page."""
    return _site(f"/opportunities/{row.reference}")


def editing(row: Row) -> str:
    """Return the address where a listing is changed."""
    return _site(f"/me/listings/{row.reference}")


def matches(row: Row) -> str:
    """Return the address of the page of a listing's matches."""
    return _site(f"/me/listings/{row.reference}/matches")


def invitation(row: Invitation) -> str:
    """Return the address where an invitation is accepted."""
    token = URLSafeSerializer(settings().secret_key, salt="invitation").dumps(row.id)
    return _site(f"/invitations/{token}")
