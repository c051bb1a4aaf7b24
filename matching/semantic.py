"""The seam for a sentence encoder: meaning across words and languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Turns texts into vectors whose cosine says how near their meanings are."""

    @property
    def dimensions(self) -> int:
        """Length of a vector; 0 when the encoder knows nothing."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector for each text: an array of (len(texts), dimensions)."""


class NullEncoder:
    """Knows nothing: the engine then works by words alone."""

    dimensions = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors without dimensions."""
        return np.zeros((len(texts), 0), dtype=np.float32)
