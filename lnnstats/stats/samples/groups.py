"""Independent groups: one vector a group in, checked and pooled values, and sums under permuted labels out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ..arrays import FloatArray, float_array
from ..resampling.draws import raw_stream, slabs
from ..resampling.permutation_tail import MOST_MOVES, Scores, merged
from ..resolution import at_resolution
from ..values import Degenerate


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The values of all groups one after another, and the size of each group."""

    pooled: FloatArray
    sizes: NDArray[np.int64]

    @property
    def labels(self) -> NDArray[np.int64]:
        """The group of each pooled value."""
        return np.repeat(np.arange(self.sizes.size), self.sizes)

    def split(self, values: FloatArray) -> list[FloatArray]:
        """A vector aligned with `pooled`, a piece a group."""
        return np.split(values, np.cumsum(self.sizes)[:-1])


def independent_groups(groups: Sequence[ArrayLike], resolution: float | None, what: str) -> Groups:
    """At least two groups of values, floored at `resolution`; Degenerate if one is empty or all values tie."""
    if len(groups) < 2:
        raise ValueError(f"groups: {len(groups)} given; {what} needs at least 2, each a vector of values.")
    arrays = [at_resolution(float_array(group, f"groups[{i}]", 1), resolution) for i, group in enumerate(groups)]
    pooled = np.concatenate(arrays)
    if pooled.size <= len(arrays):
        raise Degenerate("too_few_blocks", f"{pooled.size} values in {len(arrays)} groups; {what} needs more.")
    if pooled.min() == pooled.max():
        raise Degenerate("no_discordance", f"all {pooled.size} values tie ({pooled[0]:.6g}); nothing to order.")
    return Groups(pooled, np.array([array.size for array in arrays]))


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
