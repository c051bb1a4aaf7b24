"""What a mail or a notice says."""

from __future__ import annotations

from marketplace.notifications.views.letters.envelope import envelope
from marketplace.notifications.views.letters.letter import Letter
from marketplace.notifications.views.letters.write import write

__all__ = ["Letter", "envelope", "write"]
