"""From values to one number for each block: paired differences and least-squares slopes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, level_scores, same_length
from ..rounding import magnitude
from ..scales import on_scale


def paired_differences(treatment: ArrayLike, reference: ArrayLike, *, scale: str) -> tuple[FloatArray, float]:
    """Differences treatment - reference on `scale` (one per block), and the magnitude of what was subtracted."""
    first = on_scale(treatment, scale, "treatment", 1)
    second = on_scale(reference, scale, "reference", 1)
    same_length(first, second, "treatment, reference")
    return first - second, magnitude(np.concatenate([first, second]), scale)


def slope_weights(scores: FloatArray) -> FloatArray:
    """Least-squares weights w with slope = sum_j w_j y_j: (s - mean s) / sum (s - mean s)^2."""
    centred = scores - scores.mean()
    return centred / (centred @ centred)


def block_slopes(values: ArrayLike, scores: ArrayLike, *, scale: str) -> tuple[FloatArray, float]:
    """Least-squares slope on the scores within each block (rows), and the magnitude of the terms summed."""
    array = on_scale(values, scale, "values", 2)
    weights = slope_weights(level_scores(scores, array.shape[1]))
    return array @ weights, float(np.abs(weights).sum()) * magnitude(array, scale)
