"""Permutations of the labels of k independent groups: pooled scores and group sizes in, the sums of the groups out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..arrays import FloatArray
from .draws import raw_stream, slabs
from .permutation_tail import MOST_MOVES, Scores, merged


def log_labellings(sizes: NDArray[np.int64]) -> float:
    """log of N! / product of (group size)!."""
    return float(special.gammaln(sizes.sum() + 1) - special.gammaln(sizes + 1).sum())


def group_sums(scores: NDArray[np.int64], sizes: NDArray[np.int64]) -> tuple[Scores, FloatArray] | None:
    """Every distinct vector of group sums of whole `scores` with its probability; None beyond 2^20 moves.

    The values are dealt one by one; a state is how many each group holds and what they sum to, and the next value goes
    to a group with the share of the places still open that are its own.
    """
    g = sizes.size
    states, mass, moves = np.zeros((1, 2 * g), dtype=np.int64), np.ones(1), 0
    for dealt, score in enumerate(scores):
        open_places = sizes - states[:, :g]
        state, group = np.nonzero(open_places)
        moves += state.size
        if moves > MOST_MOVES:
            return None
        after, row = states[state], np.arange(state.size)
        after[row, group] += 1
        after[row, g + group] += score
        states, mass = merged(after, mass[state] * open_places[state, group] / (scores.size - dealt))
    return states[:, g:], mass


def drawn_group_sums(scores: FloatArray, sizes: NDArray[np.int64], resamples: int, seed: int) -> FloatArray:
    """The group sums [resamples, groups] of `scores` under random labellings."""
    stream, starts = raw_stream(seed), np.concatenate([[0], np.cumsum(sizes)[:-1]])
    parts = []
    for rows in slabs(resamples, scores.size):
        order = np.argsort(stream.random_raw(rows * scores.size).reshape(rows, -1), axis=1)
        parts.append(np.add.reduceat(scores[order], starts, axis=1))
    return np.concatenate(parts)
