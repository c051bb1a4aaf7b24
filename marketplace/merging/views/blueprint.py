"""The blueprint that the other files add their routes to."""

from __future__ import annotations

from typing import Final

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("merging", __name__)
Answer = str | Response | tuple[str, int]
DUPLICATES: Final = "/desk/databank/duplicates"
