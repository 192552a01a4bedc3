"""Ordered binary responses within blocks: level scores in, their integer lattice and counts of subset sums out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..arrays import FloatArray

LARGEST_LATTICE = 4096
LATTICE_TOLERANCE = 1e-9


def score_lattice(scores: FloatArray) -> tuple[float, NDArray[np.int64]]:
    """The step and integers l >= 0 with scores = min + step l; an error if no common step fits within 1e-9."""
    offsets = scores - scores.min()
    positive = np.unique(offsets[offsets > 0])
    parts = np.arange(1, LARGEST_LATTICE + 1)
    multiples = positive[:, None] / (positive[0] / parts)
    near = np.abs(multiples - np.round(multiples)) <= LATTICE_TOLERANCE * np.maximum(1.0, multiples)
    fits = np.flatnonzero(near.all(axis=0) & (multiples[-1] <= LARGEST_LATTICE))
    if not fits.size:
        raise ValueError(
            f"scores: {scores.tolist()} are not multiples of one step (at most {LARGEST_LATTICE} steps, within 1e-9), "
            "so the exact conditional test has no lattice; use ranks, or scores rounded to a common step."
        )
    step = float(positive[0] / parts[fits[0]])
    return step, np.round(offsets / step).astype(np.int64)


def subset_sums(lattice: NDArray[np.int64]) -> FloatArray:
    """counts[m, y]: how many subsets of m levels have lattice sum y; shape [k + 1, sum of lattice + 1]."""
    counts = np.zeros((lattice.size + 1, int(lattice.sum()) + 1))
    counts[0, 0] = 1.0
    for value in lattice:
        reach = counts.shape[1] - int(value)
        counts[1:, int(value) :] += counts[:-1, :reach].copy()
    return counts
