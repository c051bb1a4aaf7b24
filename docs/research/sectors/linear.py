"""A linear model from texts to classes: softmax regression, trained in a fixed order.

Plain stochastic gradient descent on the cross-entropy with a rate that falls to 0.  The rows have
nearly one length and the steps are few, so that stopping early takes the place of a penalty:
penalties of 3e-6 to 1e-5 per step made no difference on English phrases, and adaptive rates
(AdaGrad) fitted the training texts too closely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.features import Floats, Ids, Rows

BATCH: Final = 64
RATE: Final = 10.0
"""First step's length, for rows of length 1 to 4."""
BIAS_RATE: Final = 0.1
"""The same for the classes' own offsets, as a share of :data:`RATE`."""
EPOCHS: Final = 6
KEPT_WEIGHTS: Final = 2_000_000
"""Weights of features that are kept, the largest: 8 MB."""
_GOLDEN: Final = 2_654_435_761
"""Knuth's multiplicative hash: a fixed order without neighbours that belong together."""


@dataclass(frozen=True, eq=False)
class Linear:
    """Weights from features, sparse, and from dense columns to classes.

    Parameters
    ----------
    starts, classes, weights
        For each feature the classes it speaks for or against, and how strongly, end to end.
    dense
        (dense columns, classes).
    offsets
        One for each class.
    """

    starts: NDArray[np.int64]
    classes: NDArray[np.uint16]
    weights: NDArray[np.float16]
    dense: Floats
    offsets: Floats

    def log_shares(self, ids: Ids, values: Floats, dense: Floats) -> Floats:
        """Return the logarithm of the probability of each class for one text.

        Parameters
        ----------
        ids, values
            Its features.
        dense
            Its dense columns.
        """
        logits = self.offsets + dense @ self.dense
        begins, counts = self.starts[ids], np.diff(self.starts)[ids]
        at = spans(begins, counts)
        if len(at):
            terms = self.weights[at].astype(np.float32) * np.repeat(values, counts)
            logits = logits + np.bincount(self.classes[at], terms, minlength=len(logits))
        logits = logits - logits.max()
        return np.asarray(logits - np.log(np.exp(logits).sum()), dtype=np.float32)


def spans(begins: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions begin, begin + 1, … of several spans, end to end."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=np.int64) + np.repeat(begins - ends + counts, counts)


@dataclass(frozen=True, eq=False)
class _Batch:
    """Texts of one step: their numbers, the features they hold, and a matrix over these."""

    texts: NDArray[np.int64]
    features: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Floats

    def matrix(self) -> Floats:
        made = np.zeros((len(self.texts), len(self.features)), dtype=np.float32)
        made[self.rows, self.columns] = self.values
        return made


def train(
    sparse: Rows, features: int, dense: Floats, targets: Floats, *,
    weights: Floats | None = None, epochs: int = EPOCHS, kept: int = KEPT_WEIGHTS,
) -> Linear:  # fmt: skip
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
        How much each text counts, mean about 1; ``None`` for all alike.
    epochs
        Times that each text is seen.
    kept
        Weights of features to keep.

    Returns
    -------
    Linear
    """
    classes = targets.shape[1]
    lexical = np.zeros((features, classes), dtype=np.float32)
    deep = np.zeros((dense.shape[1], classes), dtype=np.float32)
    offsets = np.zeros(classes, dtype=np.float32)
    counts = np.ones(len(sparse), dtype=np.float32) if weights is None else weights
    batches = _batches(sparse)
    steps = epochs * len(batches)
    for step in range(steps):
        epoch, position = divmod(step, len(batches))
        batch = batches[position if epoch % 2 == 0 else -1 - position]
        matrix, below = batch.matrix(), dense[batch.texts]
        held = lexical[batch.features]
        error = _shares(matrix @ held + below @ deep + offsets) - targets[batch.texts]
        error *= counts[batch.texts, None]
        rate = np.float32(RATE * (1.0 - step / steps) / len(batch.texts))
        lexical[batch.features] = held - rate * (matrix.T @ error)
        deep -= rate * (below.T @ error)
        offsets -= np.float32(BIAS_RATE) * rate * error.sum(axis=0)
    return _pruned(lexical, deep, offsets, kept)


def _batches(sparse: Rows) -> list[_Batch]:
    """Return the texts in batches of a fixed order."""
    numbers = np.arange(len(sparse), dtype=np.int64)
    order = np.argsort((numbers * _GOLDEN) % 2**32, kind="stable")
    counts = np.diff(sparse.starts)
    made = []
    for begin in range(0, len(order), BATCH):
        texts = order[begin : begin + BATCH]
        at = spans(sparse.starts[texts], counts[texts])
        features, columns = np.unique(sparse.ids[at], return_inverse=True)
        rows = np.repeat(np.arange(len(texts), dtype=np.int64), counts[texts])
        made.append(_Batch(texts, features.astype(np.int64), rows, columns, sparse.values[at]))
    return made


def _shares(logits: Floats) -> Floats:
    """Return the softmax of each row."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def _pruned(lexical: Floats, deep: Floats, offsets: Floats, kept: int) -> Linear:
    """Return a model with the largest weights only."""
    sizes = np.abs(lexical)
    least = 0.0
    if kept < sizes.size:
        least = float(np.partition(sizes, sizes.size - kept, axis=None)[sizes.size - kept])
    rows, columns = np.nonzero((sizes >= least) & (sizes > 0))
    starts = np.searchsorted(rows, np.arange(len(lexical) + 1))
    return Linear(
        starts.astype(np.int64),
        columns.astype(np.uint16),
        lexical[rows, columns].astype(np.float16),
        deep,
        offsets,
    )
