"""The words: published vectors, NumPy's own generator, and independence of slab and shape."""

from __future__ import annotations

import numpy as np
import pytest

from lnnstats.draws import philox

# Random123 1.14, tests/kat_vectors, "philox4x64 10" with counter and key 0.
ZERO = [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]
KEY = (0x9E3779B97F4A7C15, 0xFFFFFFFFFFFFFFFF)


def numpy_words(key: tuple[int, int], block: int, row: int, column: int) -> np.ndarray:
    """The four words at a counter; NumPy counts up before it draws, so it starts one below (mod 2^256)."""
    counter = (column // 4 + (row << 64) + (block << 128) - 1) % 2**256
    return np.random.Philox(counter=counter, key=key[0] + (key[1] << 64)).random_raw(4)


def test_published_vector():
    assert philox.words((0, 0), np.array([0]), 1, 4).ravel().tolist() == ZERO


def test_words_are_those_of_numpys_philox():
    blocks, rows, columns = np.array([0, 3, 2**40]), 3, 10
    found = philox.words(KEY, blocks, rows, columns)
    for b, row, column in np.ndindex(found.shape):
        assert found[b, row, column] == numpy_words(KEY, int(blocks[b]), row, column)[column % 4]


@pytest.mark.parametrize("lanes", [1, 2, 7, 64])
@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (2, 29), (11, 8)])
def test_slabs_leave_no_trace(monkeypatch, lanes, shape):
    blocks = np.array([9, 0, 4])
    whole = philox.words(KEY, blocks, *shape)
    monkeypatch.setattr(philox, "LANES", lanes)
    assert np.array_equal(philox.words(KEY, blocks, *shape), whole)


def test_an_empty_tensor_has_no_words():
    assert philox.words(KEY, np.array([1]), 0, 5).shape == (1, 0, 5)
    assert philox.words(KEY, np.array([], np.int64), 2, 5).shape == (0, 2, 5)


def test_every_bit_is_fair():
    words = philox.words(KEY, np.arange(16), 64, 64)
    ones = np.array([np.count_nonzero(words >> np.uint64(bit) & np.uint64(1)) for bit in range(64)])
    # Binomial(65536, 1/2) has sd 128; a fair bit passes 5 sd with probability 6e-7, and the seed is fixed.
    assert np.all(np.abs(ones - words.size / 2) < 5 * np.sqrt(words.size) / 2)
