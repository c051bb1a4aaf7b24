from __future__ import annotations

import numpy as np
import pytest

from matching.resolver import network
from matching.resolver.features import Rows, Vocabulary, hashed
from matching.resolver.network import Sparse, add_rows, take_rows, train


def test_it_learns_and_is_the_same_each_time() -> None:
    texts = [hashed(text) for text in ("red apple", "red cherry", "blue sea", "blue sky")] * 8
    vocabulary = Vocabulary.of(texts)
    rows = vocabulary.rows(texts)
    targets = np.eye(2, dtype=np.float32)[[0, 0, 1, 1] * 8]
    dense, alike = np.zeros((32, 0), dtype=np.float32), np.ones(32, dtype=np.float32)
    first, again = (train(rows, len(vocabulary), dense, targets, alike) for _ in range(2))
    assert np.array_equal(first.direct.values, again.direct.values)
    assert np.array_equal(first.outward, again.outward)
    logs = first.log_shares(vocabulary.row(hashed("blue apple sky")), dense[0])
    assert np.exp(logs).sum() == pytest.approx(1.0, abs=1e-4)
    assert logs[1] > logs[0]


def test_texts_that_count_for_nothing_teach_nothing() -> None:
    rows = Rows(np.array([0, 1, 2]), np.array([0, 0], dtype=np.int32), np.ones(2, dtype=np.float32))
    targets = np.eye(2, dtype=np.float32)
    dense = np.zeros((2, 0), dtype=np.float32)
    model = train(rows, 1, dense, targets, np.array([1.0, 0.0], dtype=np.float32))
    logs = model.log_shares((np.array([0], dtype=np.int32), np.ones(1, dtype=np.float32)), dense[0])
    assert logs[0] > logs[1]


def test_without_texts_all_classes_are_alike() -> None:
    rows = Rows(np.array([0]), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
    nothing = np.zeros((0, 3), dtype=np.float32)
    model = train(rows, 0, nothing, nothing, np.zeros(0, dtype=np.float32))
    row = (np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
    assert np.exp(model.log_shares(row, np.ones(3, dtype=np.float32))) == pytest.approx([1 / 3] * 3)


def test_a_sparse_matrix_keeps_the_largest_and_multiplies() -> None:
    full = np.array([[1.0, 0.0, -3.0], [0.5, 2.0, 0.0]], dtype=np.float32)
    row = (np.array([0, 1], dtype=np.int32), np.array([1.0, 2.0], dtype=np.float32))
    assert (row @ Sparse.of(full, 10)).tolist() == [2.0, 4.0, -3.0]
    assert (row @ Sparse.of(full, 2)).tolist() == [0.0, 4.0, -3.0]


def test_the_compiled_loops_do_what_they_say() -> None:
    chance = np.random.default_rng(1)
    starts, ids = np.array([0, 2, 2, 3]), np.array([1, 0, 1], dtype=np.int32)
    values = np.array([2.0, 1.0, -1.0], dtype=np.float32)
    full = np.zeros((3, 2), dtype=np.float32)
    full[[0, 0, 2], [1, 0, 1]] = values
    matrix = chance.random((2, 5), dtype=np.float32)
    rows = np.array([2, 0, 1])
    for add, take in ((add_rows, take_rows), (add_rows.py_func, take_rows.py_func)):
        sums = np.ones((3, 5), dtype=np.float32)
        add(starts, ids, values, rows, matrix, sums)
        assert np.allclose(sums, 1 + full[rows] @ matrix)
        changed = matrix.copy()
        take(starts, ids, values, rows, changed, sums)
        assert np.allclose(changed, matrix - full[rows].T @ sums, atol=1e-5)
    assert network.EPOCHS > 1
