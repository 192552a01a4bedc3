"""The noncentral F distribution: F, degrees of freedom and noncentrality in, both tails and noncentrality limits out.

F' = (chi2'_df1(nc) / df1) / (chi2_df2 / df2) is a Poisson(nc / 2) mixture of central F: with x = df1 F / (df1 F + df2),
P(F' <= F) = sum_j Poisson(j; nc / 2) I_x(df1 / 2 + j, df2 / 2), I the regularised incomplete beta function (Johnson,
Kotz & Balakrishnan 1995, section 30.2). Every term is positive, so nothing cancels and no tail is lost.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from ..arrays import FloatArray
from .roots import bracketed_root
from .student import tail

REACH_IN_DEVIATIONS = 13.0
NODES_PER_DEVIATION = 4.0
LARGEST_DIRECT, LARGEST_SPREAD = 1e3, 1e24
TINY = 1e-300


def f_upper_tail(f: ArrayLike, df1: ArrayLike, df2: ArrayLike) -> FloatArray:
    """P(F >= f) of the central F distribution, elementwise; 0 at f = inf and 1 at f = 0."""
    first, second = np.asarray(df1, dtype=np.float64) / 2, np.asarray(df2, dtype=np.float64) / 2
    odds = np.asarray(f, dtype=np.float64) * first / second
    small, large = np.minimum(odds, 1.0), np.maximum(odds, 1.0)
    return np.where(odds < 1, _upper_from_share(small, first, second), _upper_from_rest(large, first, second))


def noncentral_f_lower(f: float, df1: float, df2: float, noncentrality: float) -> float:
    """P(F' <= f), for f in [0, inf] and noncentrality in [0, inf]."""
    if math.isinf(f) or math.isinf(noncentrality):
        return float(math.isinf(f))
    if f == 0:
        return 0.0
    nodes, weights = _poisson_nodes(noncentrality / 2)
    return min(1.0, float(weights @ _beta_prime_upper(df2 / (df1 * f), df2 / 2, df1 / 2 + nodes)))


def noncentral_f_upper(f: float, df1: float, df2: float, noncentrality: float) -> float:
    """P(F' >= f), for f in [0, inf] and noncentrality in [0, inf]; not one minus the lower tail, so small p survive."""
    if math.isinf(f) or math.isinf(noncentrality):
        return float(not math.isinf(f))
    nodes, weights = _poisson_nodes(noncentrality / 2)
    return min(1.0, float(weights @ _beta_prime_upper(df1 * f / df2, df1 / 2 + nodes, df2 / 2)))


def _beta_prime_upper(odds: float, first: FloatArray | float, second: FloatArray | float) -> FloatArray:
    """P(B / (1 - B) >= odds) for B ~ beta(first, second)."""
    return (_upper_from_share if odds < 1 else _upper_from_rest)(odds, first, second)


def _upper_from_share(odds: FloatArray | float, first: FloatArray | float, second: FloatArray | float) -> FloatArray:
    """That from odds / (1 + odds), which keeps all digits of small odds."""
    return np.asarray(special.betaincc(first, second, odds / (1 + odds)))


def _upper_from_rest(odds: FloatArray | float, first: FloatArray | float, second: FloatArray | float) -> FloatArray:
    """That from 1 / (1 + odds), which keeps all digits of large odds."""
    return np.asarray(special.betainc(second, first, 1 / (1 + odds)))


def noncentrality_limits(f: float, df1: float, df2: float, level: float) -> tuple[float, float]:
    """Two-sided limits of the noncentrality of which `f` is one draw (Steiger 2004); an end no value meets is 0."""
    a = tail(level)
    low = noncentrality_at(f, df1, df2, 1 - a) if noncentral_f_upper(f, df1, df2, 0.0) < a else 0.0
    return low, noncentrality_at(f, df1, df2, a)


def noncentrality_at(f: float, df1: float, df2: float, probability: float) -> float:
    """The noncentrality at which P(F' <= f) = `probability`; 0 if it is smaller already there, inf if f = inf."""
    if math.isinf(f):
        return math.inf

    def excess(noncentrality: float) -> float:
        if probability > 0.5:
            return noncentral_f_upper(f, df1, df2, noncentrality) - (1 - probability)
        return probability - noncentral_f_lower(f, df1, df2, noncentrality)

    return 0.0 if excess(0.0) >= 0 else bracketed_root(excess, *_bracket(excess, df1 * (f + 1)))


def _bracket(increasing: Callable[[float], float], start: float) -> tuple[float, float]:
    """An interval with ends a factor of 2 apart where `increasing` (negative at 0) changes sign; at least [0, TINY]."""
    high = start
    while increasing(high) < 0:
        high *= 2
    while high > TINY and increasing(high / 2) > 0:
        high /= 2
    return (high / 2 if high > TINY else 0.0), high


def _poisson_nodes(mean: float) -> tuple[FloatArray, FloatArray]:
    """Nodes j and weights (sum 1) for Poisson(mean) expectations of functions smooth over a standard deviation.

    Every j within reach up to a deviation of 8; beyond, every h-th, h a quarter of the deviation at most: such a sum
    of Gaussian-like terms errs by exp(-2 pi^2 (deviation / h)^2), far below rounding. A mean beyond 1e24 is its own
    only node, for its relative deviation is below 1e-12.
    """
    if mean > LARGEST_SPREAD:
        return np.array([mean]), np.ones(1)
    deviation = math.sqrt(mean)
    step = max(1.0, float(np.floor(deviation / NODES_PER_DEVIATION)))
    reach = REACH_IN_DEVIATIONS * deviation + 40.0
    nodes = np.arange(max(0.0, float(np.floor(mean - reach))), mean + reach, step)
    logs = _log_poisson(nodes, mean)
    weights = np.exp(logs - logs.max())
    return nodes, weights / weights.sum()


def _log_poisson(nodes: FloatArray, mean: float) -> FloatArray:
    """log Poisson(nodes; mean) up to a constant; for large means by Stirling's series, where j log j would cancel."""
    if mean <= LARGEST_DIRECT:
        return np.asarray(special.xlogy(nodes, mean) - special.gammaln(nodes + 1))
    distance = (nodes - mean) / mean
    deviance = mean * (special.xlog1py(1 + distance, distance) - distance)
    return np.asarray(-deviance - np.log(nodes) / 2 - 1 / (12 * nodes) + 1 / (360 * nodes**3))
