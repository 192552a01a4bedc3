"""Mid-ranks: values in, ranks (ties share the mean of their places) out; infinities rank at the ends and tie there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..arrays import FloatArray
from ..rounding import ROUNDING


def block_ranks(values: FloatArray) -> FloatArray:
    """Mid-ranks 1..k within each row of `values` [n, k]: values below, plus half of those equal, plus a half."""
    own, other = values[:, :, None], values[:, None, :]
    return (other < own).sum(axis=2) + (1.0 + (other == own).sum(axis=2)) / 2


def mid_ranks(values: FloatArray) -> FloatArray:
    """Mid-ranks 1..N of a vector."""
    ascending = np.sort(values)
    below, within = (np.searchsorted(ascending, values, side=side) for side in ("left", "right"))
    return (below + within + 1) / 2.0


def rounded(values: FloatArray) -> FloatArray:
    """Computed `values` rounded to 1e-12 of the largest finite one, so that equal ones tie whatever their rounding."""
    finite = np.abs(values[np.isfinite(values)])
    unit = ROUNDING * float(finite.max(initial=0.0))
    return np.round(values / unit) * unit if unit > 0 else values


def tie_sizes(values: FloatArray) -> NDArray[np.int64]:
    """How many share each distinct value, in ascending order of value."""
    return np.unique(values, return_counts=True)[1]


def block_tie_check(ranks: FloatArray, how: str = "corrected for them") -> tuple[str, ...]:
    """Says how many rows of ranks [n, k] hold ties, and that the test is `how`."""
    tied = int((np.diff(np.sort(ranks, axis=1), axis=1) == 0).any(axis=1).sum())
    return (f"ties: {tied} of {len(ranks)} blocks hold tied values; the test is {how}.",) if tied else ()


def tie_check(values: FloatArray) -> tuple[str, ...]:
    """Says how many of the pooled values tie with another."""
    sizes = tie_sizes(values)
    tied = int(sizes[sizes > 1].sum())
    return (f"ties: {tied} of {values.size} values tie with another; the test is corrected for them.",) if tied else ()
