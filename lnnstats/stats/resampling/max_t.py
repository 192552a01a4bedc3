"""Many contrasts at once: block values [n, m] and thresholds in, p-values that hold for all of them together out.

One flip of a block's sign is applied to all its contrasts, so their correlation is kept (joint symmetry). With the sums
of squares fixed under flips, t is an increasing function of u = sum_i d_i / sqrt(n sum_i d_i^2), the same for every
contrast; the maximum of u orders the flips as the maximum of t does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, finite_array
from ..pivots.student import tail
from ..rounding import ROUNDING
from ..values import Degenerate
from .flips import Flips

MOST_ENUMERATED_FOR_LIMITS = 13
BISECTIONS = 60
WIDEST = 1e4


@dataclass(frozen=True, slots=True, eq=False)
class MaxT:
    """Adjusted one-sided p of H0: theta_j <= threshold_j for m contrasts; arrays [m].

    `single_step` compares each t with the maximum over all m; `step_down` (never larger) with the maximum over those
    not yet rejected (Westfall & Young 1993; Romano & Wolf 2005). `attainable`: the smallest p the flips can give.
    """

    statistics: FloatArray
    single_step: FloatArray
    step_down: FloatArray
    attainable: float


def max_t(contrasts: ArrayLike, thresholds: ArrayLike = 0.0, *, resamples: int = 9999, seed: int = 0) -> MaxT:
    """Max-T p-values of m contrasts, one value a block each [n, m], against thresholds (one, or one a contrast).

    Strong control of the familywise error under joint symmetry of the blocks' contrasts about their centres; for
    H0: theta_j >= threshold_j negate both. All 2^n flips up to n = 20, else `resamples` random ones. A contrast that
    equals its threshold in every block has t = 0 and p = 1; one constant beyond it t = inf. UnusableValues for NaN or
    infinities, Degenerate without blocks.
    """
    shifted = _shifted(contrasts, thresholds)
    n, m = shifted.shape
    u = _cosines(shifted.sum(axis=0), shifted)
    order, flips = np.argsort(-u, kind="stable"), Flips(n, resamples, seed)
    single, nested = np.zeros(m), np.zeros(m)
    for sums in flips.sums(shifted):
        drawn = _cosines(sums, shifted)[:, order]
        successive = np.maximum.accumulate(drawn[:, ::-1], axis=1)[:, ::-1]
        single += (successive[:, :1] >= u[order] - ROUNDING).sum(axis=0)
        nested += (successive >= u[order] - ROUNDING).sum(axis=0)
    back = np.argsort(order)
    step_down = np.maximum.accumulate(flips.p_values(nested))
    return MaxT(_t(u, n), flips.p_values(single)[back], step_down[back], flips.attainable)


def max_t_limits(
    contrasts: ArrayLike, level: float, *, resamples: int = 9999, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Simultaneous two-sided limits [m], [m] of the centres: mean_j -+ c_j standard errors, each side inverted alone.

    The lower limits are mean - c s with the largest c at which the single-step test of the thresholds mean - c s does
    not reject at (1 - level) / 2: all m are held at the same distance from the data, where the largest t is c itself.
    Infinite where the flips cannot give so small a p. All flips up to n = 13, else `resamples` random ones.
    """
    values = finite_array(contrasts, "contrasts", 2)
    if len(values) < 2:
        raise Degenerate("too_few_blocks", f"{len(values)} block; an interval of a mean needs at least 2.")
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))
    flips = Flips(len(values), resamples, seed, MOST_ENUMERATED_FOR_LIMITS)
    a, centred = tail(level), values - mean
    low = mean - _critical(centred, error, a, flips) * error
    return low, mean + _critical(-centred, error, a, flips) * error


def _critical(centred: FloatArray, error: FloatArray, a: float, flips: Flips) -> float:
    """The c from which on the max-T test of contrasts `centred` + c `error` gives p <= a, by bisection."""
    if flips.attainable > a * (1 + ROUNDING):
        return np.inf
    turned, sizes = (np.concatenate(parts) for parts in zip(*flips.subsets(centred), strict=True))
    sums, totals = centred.sum(axis=0) - 2.0 * turned, (len(centred) - 2.0 * sizes)[:, None]
    low, high = 0.0, WIDEST
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        rejected = _global_p(sums + middle * totals * error, centred + middle * error, flips) <= a * (1 + ROUNDING)
        low, high = (low, middle) if rejected else (middle, high)
    return high


def _global_p(sums: FloatArray, shifted: FloatArray, flips: Flips) -> float:
    """p of the largest statistic among all flips' largest."""
    observed = _cosines(shifted.sum(axis=0), shifted).max()
    reached = (_cosines(sums, shifted).max(axis=1) >= observed - ROUNDING).sum()
    return float(flips.p_values(np.array(reached, dtype=float)))


def _shifted(contrasts: ArrayLike, thresholds: ArrayLike) -> FloatArray:
    """The contrasts less their thresholds."""
    array, levels = finite_array(contrasts, "contrasts", 2), np.asarray(thresholds, dtype=np.float64)
    if levels.ndim > 1 or (levels.ndim == 1 and levels.size != array.shape[1]) or not np.isfinite(levels).all():
        raise ValueError(f"thresholds: {levels.tolist()} for {array.shape[1]} contrasts; give one, or one for each.")
    return array - levels


def _cosines(sums: FloatArray, shifted: FloatArray) -> FloatArray:
    """u = sum / sqrt(n sum of squares), 0 where all values are 0."""
    sizes = np.sqrt(len(shifted) * (shifted**2).sum(axis=0))
    return np.divide(sums, sizes, out=np.zeros_like(sums), where=sizes > 0)


def _t(u: FloatArray, n: int) -> FloatArray:
    """t = u sqrt((n - 1) / (1 - u^2)), infinite at u = -+1."""
    with np.errstate(divide="ignore"):
        rest = np.maximum(0.0, 1.0 - u**2)
        finite = u * np.sqrt((n - 1) / np.where(rest > ROUNDING, rest, 1.0))
        return np.where(rest > ROUNDING, finite, np.copysign(np.inf, u))
