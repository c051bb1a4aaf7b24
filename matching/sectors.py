"""Sectors: the tree of ISIC Rev.4, how near two sectors are, and sectors for free text."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from matching.isic import LANGUAGES, Sector, ancestors, is_sector, sector_title, sectors
from matching.resolver import SectorResolver

__all__ = [
    "LANGUAGES",
    "Sector",
    "SectorResolver",
    "ancestors",
    "is_sector",
    "nearest_pair",
    "sector_similarity",
    "sector_title",
    "sectors",
]

# How much of a partnership's ground two sectors share (chosen 2026-11-22).
SAME_SECTOR: Final = 1.0
WITHIN_SECTOR: Final = 0.9
"""One is the division or group in which the other lies."""
SAME_GROUP: Final = 0.75
SAME_DIVISION: Final = 0.5
SAME_SECTION: Final = 0.15

_SHARED: Final = {"section": SAME_SECTION, "division": SAME_DIVISION, "group": SAME_GROUP}


@lru_cache(maxsize=200_000)
def sector_similarity(a: str, b: str) -> float:
    """Return how near two sectors of any level are.

    Parameters
    ----------
    a, b
        Codes; an unknown code is near nothing.

    Returns
    -------
    float
        1 for the same; :data:`WITHIN_SECTOR` where one holds the other (a section:
        :data:`SAME_SECTION`); else by the narrowest level that holds both. Symmetrical.
    """
    above_a, above_b = ancestors(a), ancestors(b)
    if not above_a or not above_b:
        return 0.0
    if a == b:
        return SAME_SECTOR
    shared = next((code for code in above_a if code in above_b), "")
    level = sectors()[shared].level if shared else ""
    if shared in {a, b} and level != "section":
        return WITHIN_SECTOR
    return _SHARED.get(level, 0.0)


def nearest_pair(asked: tuple[str, ...], offered: tuple[str, ...]) -> tuple[str, str, float] | None:
    """Return the two nearest sectors and their similarity; ``None`` if a side has none that exist."""
    best: tuple[str, str, float] | None = None
    for a in asked:
        for b in offered:
            near = sector_similarity(a, b)
            if is_sector(a) and is_sector(b) and (best is None or near > best[2]):
                best = (a, b, near)
    return best
