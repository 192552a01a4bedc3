"""In: a key, block numbers, a row and a column count. Out: 64-bit random words, functions of key and position alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

Key = tuple[int, int]
Lanes = tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]

WORDS = 4  # words of one Philox4x64 block
LANES = 16384  # Philox blocks computed at once: 128 KiB an array, so that a slab's dozen arrays stay in cache

# Philox4x64-10: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
_ROUNDS = 10
_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_HALF, _LOW = np.uint64(32), np.uint64(0xFFFFFFFF)


def words(key: Key, blocks: NDArray[np.int64], rows: int, columns: int) -> NDArray[np.uint64]:
    """Words [B, rows, columns]: word `column % 4` of Philox4x64-10 at counter (column // 4, row, block, 0) under `key`.

    An element depends on its own block, row and column only, never on the sizes or on the other blocks asked for.
    """
    out = np.empty((len(blocks), rows, columns), np.uint64)
    lines = out.reshape(len(blocks) * rows, columns)
    for line, group in _slabs(len(lines), -(-columns // WORDS)):
        block, row = np.divmod(np.arange(line.start, line.stop), rows)
        slab = np.stack(_philox(key, _counter(group, row, blocks[block])), axis=-1)
        target = lines[line, group.start * WORDS : group.stop * WORDS]
        target[...] = slab.reshape(len(slab), -1)[:, : target.shape[1]]
    return out


def _counter(group: slice, row: NDArray[np.int64], block: NDArray[np.int64]) -> Lanes:
    """The four counter words of lines x groups, each [lines, groups]."""
    parts = (np.arange(group.start, group.stop), row[:, None], block[:, None], np.zeros(1, np.int64))
    x0, x1, x2, x3 = (part.astype(np.uint64) for part in np.broadcast_arrays(*parts))
    return x0, x1, x2, x3


def _slabs(lines: int, groups: int) -> Iterator[tuple[slice, slice]]:
    """Rectangles of at most LANES Philox blocks that tile lines x groups."""
    wide = min(LANES, max(groups, 1))
    high = LANES // wide
    for top, left in product(range(0, lines, high), range(0, groups, wide)):
        yield slice(top, min(top + high, lines)), slice(left, min(left + wide, groups))


def _philox(key: Key, counter: Lanes) -> Lanes:
    x0, x1, x2, x3 = counter
    for number in range(_ROUNDS):
        k0, k1 = (np.uint64((part + number * weyl) % 2**64) for part, weyl in zip(key, _WEYL, strict=True))
        high0, low0 = _multiply(_MULTIPLIERS[0], x0)
        high1, low1 = _multiply(_MULTIPLIERS[1], x2)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
    return x0, x1, x2, x3


def _multiply(constant: int, x: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """High and low 64 bits of constant * x, from 32-bit halves (Warren, "Hacker's Delight", 8-2)."""
    c_high, c_low = np.uint64(constant >> 32), np.uint64(constant & 0xFFFFFFFF)
    high, low = x >> _HALF, x & _LOW
    carry = low * c_low
    carry >>= _HALF
    carry += high * c_low
    low *= c_high
    low += carry & _LOW
    low >>= _HALF
    high *= c_high
    carry >>= _HALF
    high += carry
    high += low
    return high, x * np.uint64(constant)
