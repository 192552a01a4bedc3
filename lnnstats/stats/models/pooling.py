"""Random-effects meta-analysis: k independent estimates and their variances in; pooled mean and heterogeneity out.

The model is y_i ~ N(mu, tau2 + v_i), with weights w_i = 1 / (tau2 + v_i).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..arrays import FloatArray
from ..pivots.roots import bracketed_root
from ..pivots.student import Student, tail

GRID = np.concatenate([[0.0], np.geomspace(1e-8, 1e4, 241)])
MOST_DOUBLINGS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """The pooled mean as a Student pivot, tau2 by REML, and `spread`: Knapp and Hartung's factor of the variance."""

    pivot: Student
    tau2: float
    spread: float


def pooled(estimates: FloatArray, variances: FloatArray, *, adhoc: bool = False) -> Pooled:
    """The mean by REML weights, with the error of Hartung-Knapp-Sidik-Jonkman and k - 1 degrees of freedom.

    error^2 = spread / sum w, spread = sum w (y - mu)^2 / (k - 1) (Hartung & Knapp 2001, Stat. Med. 20:3875). With equal
    variances this is the t test of the k estimates, whatever tau2. `adhoc` takes no spread below 1 (Knapp & Hartung
    2003, Stat. Med. 22:2693), and so never beats the common-effect error.
    """
    tau2 = reml_tau2(estimates, variances)
    weights = 1 / (variances + tau2)
    mean = _weighted_mean(estimates, weights)
    spread = float(weights @ (estimates - mean) ** 2) / (estimates.size - 1)
    used = max(1.0, spread) if adhoc else spread
    return Pooled(Student(mean, math.sqrt(used / float(weights.sum())), float(estimates.size - 1)), tau2, spread)


def reml_tau2(estimates: FloatArray, variances: FloatArray) -> float:
    """The tau2 >= 0 of the largest restricted likelihood: the best of a grid, then the root of the score beside it."""
    unit = float(np.ptp(estimates) ** 2 + variances.max())
    grid = unit * GRID
    best = int(np.argmin([_criterion(estimates, variances, tau2) for tau2 in grid]))
    low, high = grid[max(0, best - 1)], grid[min(grid.size - 1, best + 1)]
    if _score(estimates, variances, low) <= 0:
        return float(low)
    return bracketed_root(lambda x: _score(estimates, variances, x * unit), low / unit, high / unit) * unit


def _criterion(estimates: FloatArray, variances: FloatArray, tau2: float) -> float:
    """-2 log restricted likelihood, constants left out (Viechtbauer 2005, J. Educ. Behav. Stat. 30:261)."""
    weights = 1 / (variances + tau2)
    residual = estimates - _weighted_mean(estimates, weights)
    return float(-np.log(weights).sum() + math.log(weights.sum()) + weights @ residual**2)


def _score(estimates: FloatArray, variances: FloatArray, tau2: float) -> float:
    """-d criterion / d tau2."""
    weights = 1 / (variances + tau2)
    residual = estimates - _weighted_mean(estimates, weights)
    return float(weights**2 @ residual**2 - weights.sum() + weights @ weights / weights.sum())


def tau2_limits(estimates: FloatArray, variances: FloatArray, level: float) -> tuple[float, float]:
    """Q-profile limits of tau2: Q(tau2) = sum w (y - mu)^2 set to the chi-square quantiles (Viechtbauer 2007).

    Stat. Med. 26:37. Q falls in tau2, so a limit is zero where Q(0) lies below its quantile already.
    """
    df, a = estimates.size - 1, tail(level)
    unit = float(np.ptp(estimates) ** 2 + variances.max())

    def solved(quantile: float) -> float:
        def excess(x: float) -> float:
            return heterogeneity(estimates, variances, x * unit) - quantile

        if excess(0.0) <= 0:
            return 0.0
        high = next(2.0**power for power in range(MOST_DOUBLINGS) if excess(2.0**power) < 0)
        return bracketed_root(excess, 0.0, high) * unit

    return solved(float(special.chdtri(df, a))), solved(float(special.chdtri(df, 1 - a)))


def heterogeneity(estimates: FloatArray, variances: FloatArray, tau2: float = 0.0) -> float:
    """Cochran's Q generalised to a given tau2: chi-square on k - 1 degrees of freedom if that is the true one."""
    weights = 1 / (variances + tau2)
    return float(weights @ (estimates - _weighted_mean(estimates, weights)) ** 2)


def i_squared(tau2: float, variances: FloatArray) -> float:
    """I2 = tau2 / (tau2 + typical variance): the share of the spread of the estimates that is not sampling error.

    The typical variance is (k - 1) sum w / sum over i != j of w_i w_j, w = 1 / v (Higgins & Thompson 2002, Stat. Med.
    21:1539).
    """
    if math.isinf(tau2):
        return 1.0
    weights = variances.min() / variances
    pairs = 2 * np.triu(np.outer(weights, weights), 1).sum()
    typical = variances.min() * (weights.size - 1) * weights.sum() / pairs
    return float(tau2 / (tau2 + typical))


def prediction_limits(found: Pooled, level: float) -> tuple[float, float]:
    """Limits of the effect in a new stratum: mu +- t_(k-2) sqrt(tau2 + error^2); infinite for k = 2.

    Higgins, Thompson & Spiegelhalter (2009), J. R. Stat. Soc. A 172:137.
    """
    df = found.pivot.df - 1
    if df < 1:
        return -math.inf, math.inf
    reach = -float(special.stdtrit(df, tail(level))) * math.sqrt(found.tau2 + found.pivot.error**2)
    return found.pivot.estimate - reach, found.pivot.estimate + reach


def _weighted_mean(estimates: FloatArray, weights: FloatArray) -> float:
    return float(weights @ estimates / weights.sum())
