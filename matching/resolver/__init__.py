"""From free text to the classes of ISIC Rev.4."""

from matching.resolver.resolver import SectorResolver
from matching.resolver.titles import Phrase

__all__ = ["Phrase", "SectorResolver"]
