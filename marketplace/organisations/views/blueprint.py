"""The blueprint that the other files add their routes to."""

from __future__ import annotations

from flask import Blueprint

from marketplace.files import FileStore
from marketplace.web.context import settings

bp = Blueprint("organisations", __name__)
OWN = "/me/organisation/<reference>"


def file_store() -> FileStore:
    """Return where uploaded files are."""
    return FileStore(settings().var / "files")
