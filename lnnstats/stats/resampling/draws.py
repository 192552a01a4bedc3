"""Portable random draws: a seed in, indices or coin flips out, from the raw 64-bit words of one Philox stream."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..arrays import BoolArray


def raw_stream(seed: int) -> np.random.Philox:
    """The Philox 4x64 generator (Salmon et al. 2011) with key `seed` in [0, 2^128); only raw words are used."""
    return np.random.Philox(key=seed)


def indices(stream: np.random.Philox, rows: int, n: int) -> NDArray[np.int64]:
    """Uniform indices below n [rows, n], floor(u n) with u the top 53 bits of a word."""
    words = stream.random_raw(rows * n).reshape(rows, n)
    return ((words >> np.uint64(11)) * 2.0**-53 * n).astype(np.int64)


def coins(stream: np.random.Philox, rows: int, n: int) -> BoolArray:
    """Fair coin flips [rows, n], the bits of ceil(n / 64) words for each row."""
    words = stream.random_raw(rows * -(-n // 64)).reshape(rows, -1).astype("<u8")
    return np.unpackbits(words.view(np.uint8), axis=1, count=n, bitorder="little").astype(np.bool_)


def slabs(total: int, width: int, cells: int = 1 << 20) -> list[int]:
    """Row counts that sum to `total`, each slab holding about `cells` cells of rows x width."""
    rows = max(1, cells // width)
    return [rows] * (total // rows) + ([total % rows] if total % rows else [])
