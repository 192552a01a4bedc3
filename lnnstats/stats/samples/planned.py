"""Planned contrasts: declared weights or a polynomial degree in, weights over the levels out; the blocks' scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, finite_array, level_scores
from ..rounding import magnitude
from ..values import UnusableValues

ZERO_SUM = 1e-9


def contrast_weights(weights: ArrayLike, levels: int) -> FloatArray:
    """`weights` [k] scaled so that the positive ones sum to 1 and the negative ones to -1; they must sum to zero."""
    array = zero_sum(weights, levels, "levels")
    return (array - array.mean()) / np.maximum(array - array.mean(), 0.0).sum()


def zero_sum(weights: ArrayLike, count: int, what: str) -> FloatArray:
    """`weights` [count] as they are, one for each of the levels (or groups); ValueError unless they are a contrast."""
    array = finite_array(weights, "weights", 1)
    if array.size != count:
        raise ValueError(f"weights: {array.size} weights for {count} {what}; give one weight for each.")
    size = float(np.abs(array).sum())
    if size == 0 or abs(float(array.sum())) > ZERO_SUM * size:
        raise ValueError(f"weights: {array.tolist()} sum to {array.sum():g}; a contrast sums to zero and is not all 0.")
    return array


def polynomial_weights(scores: ArrayLike, degree: int) -> FloatArray:
    """The orthogonal polynomial of that degree in the scores [k], as `contrast_weights`, its last coefficient positive.

    The part of s^degree orthogonal to all lower powers, by QR of the powers of the standardised scores.
    """
    values = np.asarray(scores, dtype=np.float64)
    array = level_scores(values, values.size)
    if not 1 <= degree < np.unique(array).size:
        different = np.unique(array).size
        raise UnusableValues(f"degree: {degree} with {different} different scores; give 1 to {different - 1}.")
    powers = np.vander((array - array.mean()) / array.std(), degree + 1, increasing=True)
    q, r = np.linalg.qr(powers)
    return contrast_weights(q[:, degree] * np.sign(r[degree, degree]), array.size)


def block_contrasts(transformed: FloatArray, weights: FloatArray, scale: str) -> tuple[FloatArray, float]:
    """sum_j w_j y_j of each block of values already on `scale` [n, k], and the magnitude of the terms summed."""
    return transformed @ weights, float(np.abs(weights).sum()) * magnitude(transformed, scale)
