"""Effects from a published table: means, standard deviations and group sizes in; estimates and their variances out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, finite_array, same_length
from ..values import UnusableValues


def mean_differences(
    mean_1: ArrayLike, sd_1: ArrayLike, n_1: ArrayLike, mean_2: ArrayLike, sd_2: ArrayLike, n_2: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """y = mean_1 - mean_2 and v = sd_1^2 / n_1 + sd_2^2 / n_2 of k independent comparisons, arrays [k]."""
    (a, s, n), (b, r, m) = _group(mean_1, sd_1, n_1, "1"), _group(mean_2, sd_2, n_2, "2")
    same_length(a, b, "groups 1, 2")
    return a - b, s**2 / n + r**2 / m


def log_mean_ratios(
    mean_1: ArrayLike, sd_1: ArrayLike, n_1: ArrayLike, mean_2: ArrayLike, sd_2: ArrayLike, n_2: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """y = log(mean_1 / mean_2) and v = sd_1^2 / (n_1 mean_1^2) + sd_2^2 / (n_2 mean_2^2), arrays [k].

    The log response ratio of Hedges, Gurevitch & Curtis (1999), Ecology 80:1150: a ratio of arithmetic means. Raises
    UnusableValues for a mean that is not positive.
    """
    (a, s, n), (b, r, m) = _group(mean_1, sd_1, n_1, "1"), _group(mean_2, sd_2, n_2, "2")
    same_length(a, b, "groups 1, 2")
    if (low := int((np.concatenate([a, b]) <= 0).sum())) > 0:
        raise UnusableValues(f"means: {low} are not positive, where a ratio is not defined; use mean_differences.")
    return np.log(a / b), s**2 / (n * a**2) + r**2 / (m * b**2)


def _group(mean: ArrayLike, sd: ArrayLike, n: ArrayLike, which: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The three columns of a group, checked: one length, sd positive, at least two in each group."""
    columns = [finite_array(x, f"{name}_{which}", 1) for x, name in ((mean, "mean"), (sd, "sd"), (n, "n"))]
    same_length(columns[0], columns[1], f"mean_{which}, sd_{which}")
    same_length(columns[0], columns[2], f"mean_{which}, n_{which}")
    if not ((columns[1] > 0).all() and (columns[2] >= 2).all()):
        raise UnusableValues(f"sd_{which}, n_{which}: standard deviations must be positive and groups 2 or more.")
    return columns[0], columns[1], columns[2]
