"""Planned contrast: values at k levels of each block and weights in, Evidence on the mean contrast out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..pivots.block_mean import block_mean
from ..samples.planned import block_contrasts, contrast_weights
from ..scales import named_scale, on_scale
from ..values import Evidence


def contrast(
    values: ArrayLike,
    weights: ArrayLike,
    *,
    scale: str = "log",
    method: str = "t",
    resamples: int = 9999,
    seed: int = 0,
) -> Evidence:
    """theta = mean over blocks of sum_j w_j f(values[n, k])_j, the weights scaled to sums 1 and -1 of either sign.

    So theta is a weighted mean of some levels less one of the others, and on a log scale exp(theta) their ratio. Each
    block is its own error term; no sphericity is assumed. `method` "t" or "sign_flip". Weights of a polynomial degree:
    `lnnstats.stats.samples.planned.polynomial_weights`. ValueError where the weights do not sum to zero, UnusableValues
    outside the scale, Degenerate for fewer than two blocks or contrasts that do not vary.
    """
    array = on_scale(values, scale, "values", 2)
    used = contrast_weights(weights, array.shape[1])
    scores, magnitude = block_contrasts(array, used, scale)
    shown = ", ".join(f"{weight:.4g}" for weight in np.asarray(used))
    return block_mean(
        scores,
        magnitude,
        procedure="contrast",
        estimand=f"mean over blocks of the contrast ({shown}) of {named_scale(scale).words}",
        measure=named_scale(scale).measure,
        method=method,
        resamples=resamples,
        seed=seed,
    )
