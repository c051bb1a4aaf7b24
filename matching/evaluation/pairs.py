"""How well a similarity tells phrases that say the same from those that only look alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.files import lines_of
from matching.forms import prepare
from matching.likeness import likeness
from matching.semantic import Encoder
from matching.thesaurus import Thesaurus

KEPT: Final = 0.95
"""Share of the true pairs that are kept where the false ones are counted."""
COLUMNS: Final = 3
"""Phrase, phrase, 1 or 0."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two phrases, and whether they say the same."""

    a: str
    b: str
    same: bool

    @property
    def half(self) -> int:
        """0 or 1, by the phrases alone: tune on one, report the other."""
        return crc32(f"{self.a}\t{self.b}".encode()) % 2


def read_pairs(path: Path) -> list[Pair]:
    """Return the pairs of a file in UTF-8: phrase, tab, phrase, tab, 1 or 0; blank lines are passed over.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When it is not UTF-8, a line is not what it should be, or all labels are the same; the message
        says where.
    """
    found = []
    for number, line in lines_of(path):
        parts = line.split("\t")
        if len(parts) != COLUMNS or parts[2].strip() not in {"0", "1"}:
            raise ValueError(f"{path.name}, line {number}: not phrase, tab, phrase, tab, 1 or 0.")
        found.append(Pair(parts[0], parts[1], parts[2].strip() == "1"))
    if {pair.same for pair in found} != {True, False}:
        raise ValueError(f"{path.name}: it needs a pair labelled 1 and a pair labelled 0.")
    return found


def similarities(pairs: Sequence[Pair], encoder: Encoder, thesaurus: Thesaurus) -> list[float]:
    """Return how alike the phrases of each pair are, 0 to 1; their languages are taken as unknown."""
    first = encoder.encode([pair.a for pair in pairs])
    second = encoder.encode([pair.b for pair in pairs])
    meanings = (first * second).sum(axis=1).tolist()
    return [
        likeness(prepare(pair.a, "", thesaurus), prepare(pair.b, "", thesaurus), meaning).value
        for pair, meaning in zip(pairs, meanings, strict=True)
    ]


def area(values: Sequence[float], same: Sequence[bool]) -> float:
    """Return the area under the ROC curve: how often a true pair stands above a false one.

    Parameters
    ----------
    values
        Similarity of each pair.
    same
        Its label; both labels must occur.

    Returns
    -------
    float
        0 to 1; a true and a false pair of one value count half (Mann and Whitney, 1947).
    """
    true, false = _split(values, same)
    false = np.sort(false)
    below, upto = np.searchsorted(false, true, "left"), np.searchsorted(false, true, "right")
    return float((below + upto).sum() / (2 * len(true) * len(false)))


def false_kept(values: Sequence[float], same: Sequence[bool], kept: float = KEPT) -> float:
    """Return the share of false pairs at or above the value that keeps a share of the true ones."""
    true, false = _split(values, same)
    least = np.sort(true)[::-1][max(0, int(np.ceil(kept * len(true))) - 1)]
    return float((false >= least).mean())


def _split(values: Sequence[float], same: Sequence[bool]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    scored, true = np.array(values, dtype=np.float64), np.array(same, dtype=bool)
    return scored[true], scored[~true]
