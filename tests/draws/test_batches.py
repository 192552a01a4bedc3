"""Mini-batches: permutations cut into full batches."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.draws.batches import order
from lnnstats.draws.streams import Stream

STREAM = Stream(3, np.arange(50), frozenset({"batches"}))


def test_an_epoch_is_a_permutation_without_its_incomplete_batch():
    found = order(STREAM, 0, 23, 5)
    assert found.shape == (50, 4, 5) and found.dtype == np.int64
    for block in found.reshape(50, 20):
        assert len(set(block.tolist())) == 20 and set(block.tolist()) <= set(range(23))


def test_the_order_does_not_depend_on_the_batch_size():
    assert np.array_equal(order(STREAM, 2, 24, 4).reshape(50, 24), order(STREAM, 2, 24, 24)[:, 0])


def test_epochs_and_blocks_differ():
    first, second = order(STREAM, 0, 30, 30), order(STREAM, 1, 30, 30)
    assert not np.any(np.all(first == second, axis=(1, 2)))
    assert len(np.unique(first[:, 0], axis=0)) == 50


def test_batches_not_drawn_are_block_zeros():
    shared = order(Stream(3, np.arange(50), frozenset({"data"})), 4, 10, 3)
    assert np.array_equal(shared, order(STREAM, 4, 10, 3)[:1])


def test_every_point_is_as_likely_in_every_place():
    # 5 points x 5 places over n permutations: 4/5 of the chi-square of this table has 4^2 degrees of freedom,
    # so 60 is exceeded with probability 5e-7, and the seed is fixed.
    n = 4000
    found = order(Stream(3, np.arange(n), frozenset({"batches"})), 0, 5, 5)[:, 0]
    counts = np.array([np.bincount(found[:, place], minlength=5) for place in range(5)])
    assert np.sum((counts - n / 5) ** 2 / (n / 5)) * 4 / 5 < 60


def test_a_batch_beyond_the_points_is_named():
    with pytest.raises(ValueError, match=r"training\.batch: found 31, allowed 1 to 30"):
        order(STREAM, 0, 30, 31)
