"""The blueprint that the other files add their routes to."""

from __future__ import annotations

from flask import Blueprint

from marketplace.accounts.queries import normal_email
from marketplace.web import limits

bp = Blueprint("accounts", __name__)
by_address = limits.by_address(normal_email)
