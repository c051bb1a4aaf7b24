"""The blueprint that the other files add their routes to."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

bp = Blueprint("databank", __name__)
Answer = str | Response | tuple[str, int]
ONE: Final = "/desk/databank/<reference>"
LARGEST: Final = 2**31 - 1


def done(reference: str, told: str, anchor: str) -> Response:
    """Lead back to the part of the page where something was done."""
    flash(told, "success")
    return redirect(url_for("databank.record", reference=reference, _anchor=anchor), 303)
