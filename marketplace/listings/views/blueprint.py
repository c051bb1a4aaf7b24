"""The blueprint that every page of listings hangs on."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("listings", __name__)
