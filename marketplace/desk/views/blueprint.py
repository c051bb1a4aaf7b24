"""The blueprint that the other files add their routes to."""

from __future__ import annotations

from typing import Final

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("desk", __name__)
Answer = str | Response | tuple[str, int]
PIPELINE: Final = "pipeline"
