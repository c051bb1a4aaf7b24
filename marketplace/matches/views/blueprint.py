"""The blueprint that every page of matches hangs on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("matches", __name__)
