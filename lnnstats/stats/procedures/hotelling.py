"""Hotelling's T squared: values at k levels of each block in, Evidence on any difference between the levels out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.omnibus_f import FPivot, f_pivot, omnibus_evidence
from ..resampling.jackknife import jackknife_error
from ..samples.factorial_data import rounding_variance
from ..scales import named_scale, on_scale
from ..values import Degenerate, Effect, Evidence
from ..variance.factor_coding import term_contrasts
from ..variance.variance_effects import SHARE_LEVEL

SPARE_BLOCKS = 10
SINGULAR = 1e-12


def hotelling(values: ArrayLike, *, scale: str = "log") -> Evidence:
    """theta = partial eta squared, T^2 / (T^2 + n - 1), of the factor within blocks; values [n, k]; no sphericity.

    T^2 = n m' S^-1 m on the k - 1 contrasts of each block (Hotelling 1931), whose F = T^2 (n - p) / (p (n - 1)) on
    p = k - 1 and n - p df is exact for normal values of any covariance, at 0 and, with noncentrality
    n mu' Sigma^-1 mu, elsewhere. Wants n > k + 10 blocks, or its power is low: fewer are noted.

    Raises UnusableValues for values outside the scale, Degenerate for n < k or a singular covariance.
    """
    array = on_scale(values, scale, "values", 2)
    n, k = array.shape
    if k < 2:
        raise ValueError(f"values: {k} level; a comparison needs at least 2.")
    if n < k:
        raise Degenerate("too_few_blocks", f"{n} blocks; Hotelling's test of {k} levels needs at least {k}.")
    floor = rounding_variance([array], scale)
    scores = (array - array.mean()) @ term_contrasts((k,), (0,)).T
    _require_full_rank(scores, floor)
    t_squared, p = _t_squared(scores), k - 1
    pivot = f_pivot(t_squared * (n - p) / (p * (n - 1)), p, n - p)
    return omnibus_evidence(
        pivot,
        procedure="hotelling",
        estimand=f"partial eta squared of the level in {named_scale(scale).words}, any covariance",
        n=n,
        standard_error=_eta_error(scores) if n > k else None,
        effects=(_distance(t_squared, n, pivot),),
        checks=_small_check(n, k),
    )


def _t_squared(scores: FloatArray) -> float:
    """n m' S^-1 m of contrasts [n, p]."""
    mean, factor = scores.mean(axis=0), np.linalg.qr(scores - scores.mean(axis=0))[1]
    whitened = np.linalg.solve(factor.T, mean)
    return float(len(scores) * (len(scores) - 1) * whitened @ whitened)


def _require_full_rank(scores: FloatArray, floor: float) -> None:
    """Refuse contrasts of which a combination does not vary beyond rounding."""
    values = np.linalg.svd(scores - scores.mean(axis=0), compute_uv=False) ** 2 / (len(scores) - 1)
    if values[0] <= floor:
        raise Degenerate("zero_variance", "the contrasts between levels are the same in all blocks up to rounding.")
    if values[-1] <= max(floor, SINGULAR * values[0]):
        raise Degenerate("singular", "a contrast between levels is the same in all blocks; its covariance is singular.")


def _eta_error(scores: FloatArray) -> float | None:
    """Jackknife standard error of T^2 / (T^2 + n - 1) = n m' A^-1 m, A = sum x x' with rows x left out in turn.

    T^2 / (n - 1) = n m' (A - n m m')^-1 m, so the share is n m' A^-1 m, and A loses x x' without x (Sherman-Morrison).
    """
    n, total = len(scores), scores.sum(axis=0)
    inverse = np.linalg.inv(scores.T @ scores)
    sums, images = total - scores, scores @ inverse
    leverage = 1 - (images * scores).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        forms = ((sums @ inverse) * sums).sum(axis=1) + (images * sums).sum(axis=1) ** 2 / leverage
        return jackknife_error([forms / (n - 1)])


def _distance(t_squared: float, n: int, pivot: FPivot) -> Effect:
    """Mahalanobis distance of the mean contrasts from zero, sqrt(T^2 / n), limits from the noncentral F."""
    low, high = pivot.noncentrality_interval(SHARE_LEVEL)
    estimate, low, high = (math.sqrt(x / n) for x in (t_squared, low, high))
    return Effect("Mahalanobis distance", estimate, low, high, SHARE_LEVEL, "noncentral F")


def _small_check(n: int, k: int) -> tuple[str, ...]:
    """A warning where few blocks are left for the covariance."""
    if n > k + SPARE_BLOCKS:
        return ()
    return (f"blocks: {n} for {k} levels; fewer than {k + SPARE_BLOCKS + 1} leave Hotelling's test little power.",)
