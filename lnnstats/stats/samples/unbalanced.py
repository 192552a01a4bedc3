"""Blocks with cells missing: values [n, k] and what is there in; the runs, on the scale of the test, out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import FloatArray, bool_array
from ..rounding import require_squares
from ..scales import on_scale
from ..values import Degenerate

LARGEST = 1e30  # the degrees of freedom of a mixed model take products of its eighth power


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """N runs: values y [N] on the scale of the test, the block of each in 0 ... blocks - 1, and its column."""

    y: FloatArray
    block: NDArray[np.intp]
    column: NDArray[np.intp]
    blocks: int
    absent: int

    @property
    def incomplete(self) -> tuple[str, ...]:
        """A warning if cells are missing."""
        if not self.absent:
            return ()
        share = f"{self.absent} of {self.y.size + self.absent} cells"
        return (f"incomplete: {share} hold no run; unbiased only if what is missing does not depend on its value.",)


def present_runs(values: ArrayLike, present: ArrayLike | None, *, scale: str) -> Runs:
    """The runs of `values` [n, k] where `present` (default: not NaN); blocks without a run are left out.

    Raises UnusableValues for a present NaN, an infinity, a value outside the scale or a size beyond 1e100; Degenerate
    for fewer than two blocks with runs.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2:
        raise ValueError(f"values: expected 2 axes (blocks first), found shape {array.shape}.")
    there = bool_array(~np.isnan(array) if present is None else present, "present", 2)
    if there.shape != array.shape:
        raise ValueError(f"values, present: their shapes are {array.shape} and {there.shape}; give one flag a cell.")
    block, column = np.nonzero(there)
    kept, block = np.unique(block, return_inverse=True)
    if kept.size < 2:
        raise Degenerate("too_few_blocks", f"{kept.size} blocks hold runs; a model of blocks needs at least 2.")
    y = on_scale(array[there], scale, "values", 1)
    require_squares(y, "values", LARGEST)
    return Runs(y, block, column, kept.size, kept.size * array.shape[1] - column.size)


def linked_blocks(runs: Runs, scores: FloatArray) -> int:
    """How many blocks hold runs at two different scores (by column), and so tell something of a slope."""
    high, low = np.full(runs.blocks, -np.inf), np.full(runs.blocks, np.inf)
    np.maximum.at(high, runs.block, scores[runs.column])
    np.minimum.at(low, runs.block, scores[runs.column])
    return int((high > low).sum())
