"""Permutation of group labels, within strata: labels in, the moves out; and Welch's t under each of them.

The same moves serve every response: sums and sums of squares of all of them are two matrix products.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import BoolArray, FloatArray
from ..rounding import ROUNDING
from .draws import raw_stream, slabs

MOST_ENUMERATED = 2**20
MOST_CELLS = 2**26


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Per permutation: sum and sum of squares of the values that move into the first group, of n and m blocks."""

    total: FloatArray
    squares: FloatArray
    n: int
    m: int

    def difference(self, total: FloatArray | float) -> FloatArray:
        """Mean of the first group minus mean of the second, `total` the sum over both."""
        return self.total / self.n - (total - self.total) / self.m

    def error(self, total: FloatArray | float, squares: FloatArray | float) -> FloatArray:
        """Welch's standard error of that difference."""
        here = (self.squares - self.total**2 / self.n) / (self.n * (self.n - 1))
        there = (squares - self.squares - (total - self.total) ** 2 / self.m) / (self.m * (self.m - 1))
        return np.sqrt(np.maximum(0.0, here + there))


def label_moves(
    labels: BoolArray, strata: ArrayLike | None = None, *, resamples: int = 9999, seed: int = 0
) -> Iterator[BoolArray]:
    """Slabs [rows, N] of permuted labels: all but the data's own where there are at most 2^20, else random ones.

    Labels move within equal entries of `strata` [N] only (restricted exchangeability).
    """
    layers = _layers(labels.size, strata)
    if _enumerable(labels, layers):
        return _enumerated(labels, layers)
    return _random(labels, layers, resamples, seed)


def _layers(n: int, strata: ArrayLike | None) -> list[NDArray[np.int64]]:
    """The places of each stratum."""
    if strata is None:
        return [np.arange(n)]
    named = np.asarray(strata)
    if named.shape != (n,):
        raise ValueError(f"strata: shape {named.shape} for {n} blocks; give one stratum a block, treatment first.")
    return [np.flatnonzero(named == stratum) for stratum in np.unique(named)]


def _enumerable(labels: BoolArray, layers: list[NDArray[np.int64]]) -> bool:
    """Whether all moves are few enough to be listed."""
    moves = math.prod(math.comb(layer.size, int(labels[layer].sum())) for layer in layers)
    return moves <= MOST_ENUMERATED and moves * labels.size <= MOST_CELLS


def permutation_t_pvalues(
    values: FloatArray,
    labels: BoolArray,
    *,
    strata: ArrayLike | None = None,
    resamples: int = 9999,
    seed: int = 0,
) -> tuple[FloatArray, FloatArray]:
    """One-sided p [...] of "mean of True <= mean of False" and of its opposite, for each row of `values` [..., N].

    Welch's t under the permuted labels, shared by all rows (Janssen 1997); p = (1 + count) / (1 + moves), which is the
    exact p where all moves are listed. A permutation without spread or shift counts against both directions.
    """
    centred = values - values.mean(axis=-1, keepdims=True)
    squared, n, m = centred**2, int(labels.sum()), int((~labels).sum())
    total, squares = centred.sum(axis=-1, keepdims=True), squared.sum(axis=-1, keepdims=True)
    own = _moments(centred, squared, labels[None, :], n, m)
    difference, error = own.difference(total), own.error(total, squares)
    slack = ROUNDING * (np.abs(values).max(axis=-1) * np.abs(centred).max(axis=-1))[..., None]
    above, below, moves = np.zeros(values.shape[:-1]), np.zeros(values.shape[:-1]), 0
    for slab in label_moves(labels, strata, resamples=resamples, seed=seed):
        moved = _moments(centred, squared, slab, n, m)
        excess = moved.difference(total) * error - difference * moved.error(total, squares)
        above += (excess >= -slack).sum(axis=-1)
        below += (excess <= slack).sum(axis=-1)
        moves += len(slab)
    return (1 + above) / (1 + moves), (1 + below) / (1 + moves)


def _moments(centred: FloatArray, squared: FloatArray, moves: BoolArray, n: int, m: int) -> Moments:
    picked = moves.T.astype(np.float64)
    return Moments(centred @ picked, squared @ picked, n, m)


def _enumerated(labels: BoolArray, layers: list[NDArray[np.int64]]) -> Iterator[BoolArray]:
    """Every choice in every stratum, combined, but for the data's own."""
    moves = np.zeros((1, labels.size), dtype=np.bool_)
    for layer in layers:
        choices = _choices(layer.size, int(labels[layer].sum()))
        moves = np.repeat(moves, len(choices), axis=0)
        moves[:, layer] = np.tile(choices, (len(moves) // len(choices), 1))
    moves = moves[(moves != labels).any(axis=1)]
    rows = max(1, (1 << 20) // labels.size)
    return (moves[start : start + rows] for start in range(0, len(moves), rows))


def _choices(n: int, k: int) -> BoolArray:
    """All subsets of k of n, as rows of booleans."""
    count = math.comb(n, k)
    places = np.fromiter(chain.from_iterable(combinations(range(n), k)), dtype=np.int64, count=count * k)
    rows = np.zeros((count, n), dtype=np.bool_)
    rows[np.repeat(np.arange(count), k), places] = True
    return rows


def _random(labels: BoolArray, layers: list[NDArray[np.int64]], resamples: int, seed: int) -> Iterator[BoolArray]:
    """Random moves: in each stratum the blocks with the smallest of independent uniform words."""
    stream = raw_stream(seed)
    for rows in slabs(resamples, labels.size):
        moves = np.zeros((rows, labels.size), dtype=np.bool_)
        for layer in layers:
            chosen = int(labels[layer].sum())
            words = stream.random_raw(rows * layer.size).reshape(rows, layer.size)
            places = np.argsort(words, axis=1, kind="stable")[:, :chosen]
            moves[np.arange(rows)[:, None], layer[places]] = True
        yield moves
