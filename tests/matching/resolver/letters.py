"""What several files of these tests need: a few titles, and an encoder that is quickly made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

ENTRIES: Final = (
    ("Growing of rice", "en", ["0112"]),
    ("Growing of rice and wheat", "en", ["0112", "0111"]),
    ("Growing of wheat", "en", ["0111"]),
    ("Manufacture of footwear", "en", ["1520"]),
    ("Shoe and boot manufacturing", "en", ["1520"]),
    ("Wholesale of clothing and footwear", "en", ["4641"]),
    ("Retail sale of footwear in specialised stores", "en", ["4771"]),
    ("Repair of footwear and leather goods", "en", ["9523"]),
    ("Fabrication de chaussures", "fr", ["1520"]),
)


class LetterEncoder:
    """An encoder of eight dimensions that knows texts by the beginnings of their words."""

    dimensions = 8

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows: how often words fall into each of eight heaps."""
        rows = np.zeros((len(texts), 8), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.casefold().split():
                row[crc32(word[:4].encode()) % 8] += 1
        return np.asarray(rows / np.maximum(1e-9, np.linalg.norm(rows, axis=1, keepdims=True)), np.float32)
