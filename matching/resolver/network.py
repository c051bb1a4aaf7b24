"""A model from texts to classes: softmax regression with one hidden layer beside it.

Plain stochastic gradient descent on the cross-entropy, with a rate that falls to 0, in a fixed
order.  The steps are few, so that stopping early takes the place of a penalty: penalties of 3e-6 to
1e-5 per step made no difference on English phrases, and adaptive rates (AdaGrad) fitted the
training texts too closely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.resolver.features import Floats, Ids, Rows

BATCH: Final = 64
RATE: Final = 10.0
"""First step's length, for rows of length 1 to 4."""
HIDDEN_RATE: Final = 0.3
"""The same for the hidden layer, as a share of :data:`RATE`."""
BIAS_RATE: Final = 0.1
"""The same for the offsets."""
EPOCHS: Final = 6
HIDDEN: Final = 256
"""Units of the hidden layer."""
KEPT_WEIGHTS: Final = 1_500_000
"""Weights from features to classes that are kept, the largest: 6 MB."""
KEPT_INWARD: Final = 1_000_000
"""Weights from features to hidden units that are kept: 4 MB."""
SEED: Final = 20_261_126


@dataclass(frozen=True, eq=False)
class Sparse:
    """A matrix most of whose elements are 0.

    Parameters
    ----------
    starts
        Where each row begins, and the end of the last.
    columns, values
        What stands in the rows, end to end.
    width
        Columns.
    """

    starts: NDArray[np.int64]
    columns: NDArray[np.uint16]
    values: NDArray[np.float16]
    width: int

    @classmethod
    def of(cls, full: Floats, kept: int) -> Sparse:
        """Return a matrix with its largest elements only."""
        sizes = np.abs(full)
        least = 0.0
        if kept < sizes.size:
            least = float(np.partition(sizes, sizes.size - kept, axis=None)[sizes.size - kept])
        rows, columns = np.nonzero((sizes >= least) & (sizes > 0))
        starts = np.searchsorted(rows, np.arange(len(full) + 1))
        values = full[rows, columns].astype(np.float16)
        return cls(starts.astype(np.int64), columns.astype(np.uint16), values, full.shape[1])

    def __rmatmul__(self, row: tuple[Ids, Floats]) -> Floats:
        """Return the product of a sparse row, (ids, values), and this."""
        ids, values = row
        begins = self.starts[ids]
        counts = self.starts[ids + 1] - begins
        at = spans(begins, counts)
        terms = self.values[at].astype(np.float32) * np.repeat(values, counts)
        return np.bincount(self.columns[at], terms, minlength=self.width).astype(np.float32)


def spans(begins: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions begin, begin + 1, … of several spans, end to end."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=np.int64) + np.repeat(begins - ends + counts, counts)


@dataclass(frozen=True, eq=False)
class Network:
    """Weights from features, sparse, and from dense columns to classes and to hidden units.

    Parameters
    ----------
    direct, inward
        (features, classes) and (features, hidden units).
    dense, dense_inward
        The same from dense columns.
    outward
        (hidden units, classes).
    offsets, hidden_offsets
        One for each class and unit.
    """

    direct: Sparse
    inward: Sparse
    dense: Floats
    dense_inward: Floats
    outward: Floats
    offsets: Floats
    hidden_offsets: Floats

    def log_shares(self, row: tuple[Ids, Floats], dense: Floats) -> Floats:
        """Return the logarithm of the probability of each class for one text.

        Parameters
        ----------
        row
            Its features: ids and values.
        dense
            Its dense columns.
        """
        hidden = np.maximum(row @ self.inward + dense @ self.dense_inward + self.hidden_offsets, 0.0)
        logits = row @ self.direct + dense @ self.dense + hidden @ self.outward + self.offsets
        logits = logits - logits.max()
        return np.asarray(logits - np.log(np.exp(logits).sum()), dtype=np.float32)


def train(sparse: Rows, features: int, dense: Floats, targets: Floats, weights: Floats) -> Network:
    """Return a model fitted to texts; the same texts in the same order give the same model.

    Parameters
    ----------
    sparse
        The texts' features.
    features
        How many features there are.
    dense
        (texts, dense columns).
    targets
        (texts, classes), rows adding up to 1.
    weights
        How much each text counts, mean about 1.
    """
    chance = np.random.default_rng(SEED)
    classes, width = targets.shape[1], dense.shape[1]
    direct = np.zeros((features, classes), dtype=np.float32)
    inward = np.zeros((features, HIDDEN), dtype=np.float32)
    deep = np.zeros((width, classes), dtype=np.float32)
    spread = 1.0 / np.sqrt(max(1, width))
    deep_inward = (chance.standard_normal((width, HIDDEN)) * spread).astype(np.float32)
    outward = np.zeros((HIDDEN, classes), dtype=np.float32)
    offsets, hidden_offsets = np.zeros(classes, dtype=np.float32), np.zeros(HIDDEN, dtype=np.float32)
    steps, step = EPOCHS * -(-len(sparse) // BATCH), 0
    for _ in range(EPOCHS):
        order = chance.permutation(len(sparse))
        for begin in range(0, len(order), BATCH):
            texts = order[begin : begin + BATCH]
            rate = np.float32(RATE * (1.0 - step / steps) / len(texts))
            hidden_rate = rate * np.float32(HIDDEN_RATE)
            below = dense[texts]
            sums = below @ deep_inward + hidden_offsets
            add_rows(sparse.starts, sparse.ids, sparse.values, texts, inward, sums)
            hidden = np.maximum(sums, 0.0)
            logits = below @ deep + hidden @ outward + offsets
            add_rows(sparse.starts, sparse.ids, sparse.values, texts, direct, logits)
            error = (_shares(logits) - targets[texts]) * weights[texts, None]
            back = (error @ outward.T) * (sums > 0)
            take_rows(sparse.starts, sparse.ids, sparse.values, texts, direct, error * rate)
            take_rows(sparse.starts, sparse.ids, sparse.values, texts, inward, back * hidden_rate)
            outward -= hidden_rate * (hidden.T @ error)
            deep -= rate * (below.T @ error)
            deep_inward -= hidden_rate * (below.T @ back)
            offsets -= np.float32(BIAS_RATE) * rate * error.sum(axis=0)
            hidden_offsets -= np.float32(BIAS_RATE) * hidden_rate * back.sum(axis=0)
            step += 1
    return Network(
        Sparse.of(direct, KEPT_WEIGHTS), Sparse.of(inward, KEPT_INWARD),
        deep, deep_inward, outward, offsets, hidden_offsets,
    )  # fmt: skip


def _shares(logits: Floats) -> Floats:
    """Return the softmax of each row."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def add_rows(
    starts: NDArray[np.int64], ids: Ids, values: Floats, rows: NDArray[np.int64], matrix: Floats, sums: Floats
) -> None:
    """Add to each row of sums the product of a sparse row and a matrix."""
    for place in range(len(rows)):
        for at in range(starts[rows[place]], starts[rows[place] + 1]):
            feature, value = ids[at], values[at]
            for column in range(matrix.shape[1]):
                sums[place, column] += value * matrix[feature, column]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def take_rows(
    starts: NDArray[np.int64],
    ids: Ids,
    values: Floats,
    rows: NDArray[np.int64],
    matrix: Floats,
    steps: Floats,
) -> None:
    """Take from a matrix the product of sparse rows, each a column, and their steps."""
    for place in range(len(rows)):
        for at in range(starts[rows[place]], starts[rows[place] + 1]):
            feature, value = ids[at], values[at]
            for column in range(matrix.shape[1]):
                matrix[feature, column] -= value * steps[place, column]
