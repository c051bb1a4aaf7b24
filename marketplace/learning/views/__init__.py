"""How far scores can be trusted, and the sentence that a match says by it."""

from marketplace.learning.views.page import bp

__all__ = ["bp"]
