"""The engine as an installation has set it up: its reader, its guess of sectors, its index."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from marketplace.search.resolver import KeptResolver
from marketplace.settings import Settings
from matching.index import Index
from matching.reading import Reader
from matching.semantic import Encoder
from matching.thesaurus import Thesaurus, own_thesaurus, read_thesaurus

THESAURI: Final = "thesaurus"
"""Folder below ``var`` where a thesaurus that was read is kept."""


class GuessBySectors:
    """Guesses the sectors of a listing that states none by the titles nearest to its text.

    Parameters
    ----------
    resolver
        As it is now: until it has been built, nothing is guessed.
    """

    def __init__(self, resolver: KeptResolver) -> None:
        self._resolver = resolver

    def shares(self, text: str, language: str) -> Mapping[str, float]:
        """Return ISIC class → share; see :class:`matching.profiles.SectorGuess`."""
        return self._resolver().nearby(text, language)


def thesaurus_of(settings: Settings) -> Thesaurus:
    """Return the office's thesaurus, or the engine's own where the settings name none.

    Raises
    ------
    ValueError
        When the office's thesaurus cannot be read; the message says where.
    """
    if settings.thesaurus:
        return read_thesaurus(settings.thesaurus, settings.var / THESAURI)
    return own_thesaurus()


def make_index(settings: Settings, encoder: Encoder, resolver: KeptResolver) -> Index:
    """Return an empty index that reads and guesses as the settings say; errors as :func:`thesaurus_of`."""
    return Index(Reader(encoder, thesaurus_of(settings)), GuessBySectors(resolver))
