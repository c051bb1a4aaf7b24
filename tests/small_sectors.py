"""A resolver of sectors over our own trade phrases: made in a second, where all titles take minutes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from marketplace.search.resolver import KeptResolver
from matching.resolver import Phrase, SectorResolver
from matching.resolver.titles import own_titles, taught_titles
from matching.semantic import Encoder, NullEncoder, SentenceEncoder


def build_small(encoder: Encoder, phrases: Sequence[Phrase]) -> SectorResolver:
    """Build it over our own list and an office's phrases."""
    return SectorResolver.of([*own_titles(), *taught_titles(phrases)], encoder)


def keep_small(var: Path, *, encoder: bool = True) -> KeptResolver:
    """Put it where an installation looks for it, which then has nothing to build.

    Parameters
    ----------
    encoder
        Whether the installation's setting of the encoder is on.
    """
    kept = KeptResolver(var, SentenceEncoder() if encoder else NullEncoder(), build_small)
    kept.wait()
    return kept
