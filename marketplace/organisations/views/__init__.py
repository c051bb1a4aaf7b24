"""The pages of organisations: one's own, and the directory."""

from __future__ import annotations

from marketplace.organisations.views import (
    certificates,
    colleagues,
    directory,
    machines,
    profile,
    standing,
    start,
)
from marketplace.organisations.views.blueprint import bp

__all__ = [
    "bp",
    "certificates",
    "colleagues",
    "directory",
    "machines",
    "profile",
    "standing",
    "start",
]
