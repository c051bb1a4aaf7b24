"""Measurable conditions that people state in free text: found, never decided."""

from __future__ import annotations

from matching.stated.context import Force
from matching.stated.proposals import MOST, Proposal, conditions_in

__all__ = ["MOST", "Force", "Proposal", "conditions_in"]
