"""The blueprint that the other files add their routes to."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from marketplace.files import FileStore
from marketplace.web.context import settings

bp = Blueprint("intake", __name__)
Answer = str | Response | tuple[str, int]
ROOT: Final = "/desk/databank/imports"
ONE: Final = f"{ROOT}/<int(max=2147483647):number>"


def file_store() -> FileStore:
    """Return where uploaded files are."""
    return FileStore(settings().var / "files")


def to_import(number: int) -> Response:
    """Lead to the page of an import."""
    return redirect(url_for("intake.show", number=number), 303)


def typed_version() -> int:
    """Return the version that came with a form; 0, which no import has, for what is none."""
    word = request.form.get("version", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < len("2147483647") else 0
