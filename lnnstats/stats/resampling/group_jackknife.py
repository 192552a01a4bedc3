"""The jackknife of statistics of group means and scatter: groups of blocks in, the standard error over blocks out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..arrays import FloatArray
from .jackknife import jackknife_error

Statistic = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


def group_jackknife(groups: Sequence[FloatArray], statistic: Statistic) -> float | None:
    """Standard error of a statistic by leaving out each block [blocks, p] of each group in turn; None if undefined.

    `statistic` takes the counts [G] that are left, the means [m, G, p] and the scatters (sums of squared distances
    from the group mean) [m, G] of m samples at once, and returns m values.
    """
    if any(len(group) < 2 for group in groups):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        left_out = [statistic(*_without_each(groups, place)) for place in range(len(groups))]
    return jackknife_error(left_out)


def _without_each(groups: Sequence[FloatArray], place: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Counts, means and scatters of all groups, with each block of the group at `place` left out in turn.

    Without x the mean moves by (mean - x) / (n - 1), and the scatter falls by n / (n - 1) |x - mean|^2.
    """
    left = groups[place]
    n, counts = len(left), np.array([float(len(group)) for group in groups])
    means = np.stack([group.mean(axis=0) for group in groups])
    scatters = np.array([((group - mean) ** 2).sum() for group, mean in zip(groups, means, strict=True)])
    centred = left - means[place]
    counts[place] -= 1
    all_means, all_scatters = np.tile(means, (n, 1, 1)), np.tile(scatters, (n, 1))
    all_means[:, place] -= centred / (n - 1)
    all_scatters[:, place] = np.maximum(0.0, all_scatters[:, place] - n / (n - 1) * (centred**2).sum(axis=1))
    return counts, all_means, all_scatters
