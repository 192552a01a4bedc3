"""Interaction: two levels of one factor by two or more of another in, Evidence on their double difference out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import level_scores
from ..pivots.block_mean import block_mean
from ..samples.contrasts import slope_weights
from ..samples.planned import block_contrasts, contrast_weights
from ..scales import named_scale, on_scale
from ..values import Evidence


def interaction(
    values: ArrayLike,
    scores: ArrayLike | None = None,
    *,
    scale: str = "log",
    method: str = "t",
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = mean over blocks of D(first level) - D(second level) of f(values [n, 2, m]): one number a block.

    Without `scores` m = 2 and D is the difference of the second factor's first level and its second: on a log scale
    exp(theta) is a ratio of ratios. With `scores` [m] D is the least-squares slope on them, theta the difference of two
    slopes. `method` "t", or "sign_flip" for symmetric double differences. Raises UnusableValues outside the scale,
    Degenerate for fewer than two blocks or double differences that do not vary.
    """
    array = on_scale(values, scale, "values", 3)
    if array.shape[1] != 2 or (scores is None and array.shape[2] != 2):
        wanted = "[n, 2, 2]" if scores is None else "[n, 2, m]"
        raise ValueError(f"values: expected shape {wanted}, two levels of the first factor, found {array.shape}.")
    m = array.shape[2]
    inner = contrast_weights([1.0, -1.0], 2) if scores is None else slope_weights(level_scores(scores, m))
    doubled, magnitude = block_contrasts(array.reshape(len(array), 2 * m), np.concatenate([inner, -inner]), scale)
    what = "difference of the differences" if scores is None else "difference of the slopes per unit of score"
    return block_mean(
        doubled,
        magnitude,
        procedure="interaction",
        estimand=f"mean over blocks of the {what} in {named_scale(scale).words}, first level minus second",
        measure=named_scale(scale).measure,
        method=method,
        resamples=resamples,
        seed=seed,
    )
