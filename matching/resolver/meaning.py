"""Sentence vectors made fit for comparing short phrases: without what all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from matching.normalise import clean
from matching.resolver.features import Floats
from matching.semantic import Encoder

DIMENSIONS: Final = 508
"""Kept of 512."""
NEAR_DIMENSIONS: Final = 256
"""The first of them, by which neighbours are found: 256 find as well as all, in half the file."""
COMMON: Final = 2
"""First components taken off, in which all industries are alike; the encoder has taken off two."""
ENCODED_CHARS: Final = 600
"""Characters of a text that are encoded."""


@dataclass(frozen=True, eq=False)
class Projection:
    """The mean of the encoder's vectors of industries, and the directions in which they differ.

    Parameters
    ----------
    mean
        (encoder's dimensions,)
    axes
        (encoder's dimensions, kept dimensions); orthonormal, the strongest first.
    """

    mean: Floats
    axes: Floats

    @classmethod
    def of(cls, vectors: Floats) -> Projection:
        """Return the projection for vectors, by their principal components.

        The first :data:`COMMON` components are left out, the next :data:`DIMENSIONS` kept.
        """
        width = vectors.shape[1]
        mean = vectors.mean(axis=0) if len(vectors) else np.zeros(width, dtype=np.float32)
        axes = _components(vectors - mean) if len(vectors) else np.eye(width)
        chosen = axes[:, COMMON : COMMON + DIMENSIONS]
        return cls(mean.astype(np.float32), np.ascontiguousarray(chosen, dtype=np.float32))

    def __call__(self, vectors: Floats) -> Floats:
        """Return unit rows in the kept dimensions; a vector like the mean gives zeros."""
        if not self.axes.size:
            return np.zeros((len(vectors), self.axes.shape[1]), dtype=np.float32)
        return _unit((vectors - self.mean) @ self.axes)


def _components(centred: Floats) -> NDArray[Any]:
    """Return the principal components as columns, the strongest first."""
    # eigh sorts ascending.
    return np.asarray(np.linalg.eigh(centred.T @ centred)[1][:, ::-1]) if centred.size else np.zeros((0, 0))


def shortened(rows: Floats) -> Floats:
    """Return unit rows in the first :data:`NEAR_DIMENSIONS` dimensions."""
    return _unit(rows[..., :NEAR_DIMENSIONS])


def _unit(rows: NDArray[Any]) -> Floats:
    """Return rows of length 1; zeros stay."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.float32(1e-9)), dtype=np.float32)


def encoded(encoder: Encoder, texts: Sequence[str]) -> Floats:
    """Return the encoder's vectors for texts of any length."""
    return encoder.encode([" ".join(clean(text, ENCODED_CHARS).split()) for text in texts])
