"""Monte-Carlo standard errors: values over n independent blocks in, the standard error of each summary out.

Blocks run along the last axis [..., n]; leading axes are cells. Each function returns (estimate, error), arrays [...];
with fewer than two blocks an error is NaN. Formulas without a name are those of Morris, White & Crowther (2019), Stat.
Med. 38:2074, table 6, and of Koehler, Brown & Haneuse (2009), Am. Stat. 63:155; where these assume normal values, the
fourth moment stands in.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from .arrays import FloatArray

WithError = tuple[FloatArray, FloatArray]


def mean(values: ArrayLike) -> WithError:
    """Mean; sd / sqrt(n). Of errors estimate - truth it is the bias, of squared errors the mean squared error."""
    x = _blocks(values)
    return x.mean(axis=-1), _sd(x) / np.sqrt(x.shape[-1])


def variance(values: ArrayLike) -> WithError:
    """Variance s^2 (divisor n - 1); sqrt((m4 - (n - 3) / (n - 1) s^4) / n), m4 the fourth central moment."""
    x = _blocks(values)
    n = x.shape[-1]
    square = _sd(x) ** 2
    fourth = ((x - x.mean(axis=-1, keepdims=True)) ** 4).mean(axis=-1)
    share = (n - 3) / (n - 1) if n > 1 else np.nan
    return square, np.sqrt(np.maximum(0.0, fourth - share * square**2) / n)


def deviation(values: ArrayLike) -> WithError:
    """Standard deviation; the error of the variance over 2 s (delta method), zero where nothing varies."""
    square, error = variance(values)
    sd = np.sqrt(square)
    return sd, _ratio(error, 2 * sd)


def root_mean_square(errors: ArrayLike) -> WithError:
    """Root of the mean of squared errors; the error of that mean over twice the root (delta method)."""
    square, error = mean(_blocks(errors) ** 2)
    root = np.sqrt(square)
    return root, _ratio(error, 2 * root)


def proportion(events: ArrayLike) -> WithError:
    """Share p of events (rejections, covered truths, runs that diverged); sqrt(p (1 - p) / n)."""
    x = _blocks(events)
    share = x.mean(axis=-1)
    return share, np.sqrt(share * (1 - share) / x.shape[-1])


def resampled_p(p: ArrayLike, resamples: int) -> FloatArray:
    """The error of a p-value estimated from m resamples: sqrt(p (1 - p) / m)."""
    share = np.asarray(p, dtype=np.float64)
    return np.sqrt(share * (1 - share) / resamples)


def quantile(values: ArrayLike, probability: float) -> WithError:
    """Quantile of Harrell & Davis with the error of Maritz & Jarrett, both without a density estimate.

    An order statistic near (n + 1) p has beta(a, b) probability, a = (n + 1) p, b = (n + 1) (1 - p); with W_i the beta
    mass of ((i - 1) / n, i / n), the estimate is sum W x_(i) (Harrell & Davis 1982, Biometrika 69:635) and its error
    sqrt(sum W x_(i)^2 - (sum W x_(i))^2) (Maritz & Jarrett 1978, J. Am. Stat. Assoc. 73:194), which is exactly what a
    bootstrap of a single order statistic tends to.
    """
    if not 0 < probability < 1:
        raise ValueError(f"probability: {probability!r} is no quantile; give a number between 0 and 1.")
    x = np.sort(_blocks(values), axis=-1)
    n = x.shape[-1]
    ends = special.betainc((n + 1) * probability, (n + 1) * (1 - probability), np.linspace(0.0, 1.0, n + 1))
    weights = np.diff(ends)
    centre = x @ weights
    return centre, np.sqrt(np.maximum(0.0, ((x - centre[..., None]) ** 2) @ weights))


def geometric_mean_ratio(first: ArrayLike, second: ArrayLike) -> WithError:
    """exp of the mean of log first - log second over the same blocks; ratio sd / sqrt(n) (delta method)."""
    centre, error = mean(np.log(_blocks(first)) - np.log(_blocks(second)))
    ratio = np.exp(centre)
    return ratio, ratio * error


def relative_precision(first: ArrayLike, second: ArrayLike) -> WithError:
    """var(second) / var(first) - 1 over the same blocks: how much more precise `first` is; error by jackknife."""

    def gain(pairs: FloatArray) -> FloatArray:
        return _sd(pairs[..., 1, :]) ** 2 / _sd(pairs[..., 0, :]) ** 2 - 1

    return jackknife(gain, np.stack([_blocks(first), _blocks(second)], axis=-2))


def jackknife(statistic: Callable[[FloatArray], FloatArray], values: ArrayLike) -> WithError:
    """Any smooth statistic [..., n] -> [...] of the blocks, sqrt((n - 1) / n sum (T_(-i) - mean)^2) over deletions.

    Tukey's delete-one jackknife (Efron & Stein 1981, Ann. Stat. 9:586); inconsistent for quantiles: see `quantile`.
    """
    x = _blocks(values)
    n = x.shape[-1]
    whole = np.asarray(statistic(x), dtype=np.float64)
    if n < 2:
        return whole, np.full_like(whole, np.nan)
    left = np.stack([statistic(np.delete(x, i, axis=-1)) for i in range(n)], axis=-1)
    return whole, np.sqrt((n - 1) / n * ((left - left.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1))


def _blocks(values: ArrayLike) -> FloatArray:
    """Float values with at least one block along the last axis."""
    x = np.asarray(values, dtype=np.float64)
    if x.ndim == 0 or x.shape[-1] == 0:
        raise ValueError(f"values: shape {x.shape} holds no blocks; give them along the last axis.")
    return x


def _sd(x: FloatArray) -> FloatArray:
    """Standard deviation with divisor n - 1; NaN for one block."""
    if x.shape[-1] < 2:
        return np.full(x.shape[:-1], np.nan)
    return np.std(x, axis=-1, ddof=1)


def _ratio(error: FloatArray, scale: FloatArray) -> FloatArray:
    """error / scale, zero where both are."""
    return np.divide(error, scale, out=np.zeros_like(error), where=scale != 0) + 0.0 * scale
