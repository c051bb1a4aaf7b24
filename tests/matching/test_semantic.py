"""The encoder that knows nothing."""

from __future__ import annotations

from matching.index import Index
from matching.semantic import NullEncoder


def test_it_gives_vectors_without_dimensions() -> None:
    encoder = NullEncoder()
    assert encoder.encode(["CNC milling", ""]).shape == (2, encoder.dimensions) == (2, 0)


def test_an_index_works_with_it() -> None:
    assert len(Index(NullEncoder())) == 0
