"""The second source of pooled estimates: a reported result and its data in, the same numbers from elsewhere out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..scales import on_scale
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, quiet


def meta_analysis(
    evidence: Evidence, values: ArrayLike, *, scale: str = "log", adhoc: bool = False
) -> tuple[Agreement, ...]:
    """Mean, error and p at 0 by statsmodels WLS at the REML tau2 that scipy finds in the marginal normal likelihood.

    Weighted least squares with its scale estimated is the method of Hartung, Knapp, Sidik and Jonkman; the ad-hoc form
    has no counterpart there, and only its mean is compared.
    """
    array = on_scale(values, scale, "values", 3)
    if array.size > MOST_VALUES:
        return ()
    differences = array[:, 0] - array[:, 1]
    y, v = differences.mean(axis=0), differences.var(axis=0, ddof=1) / len(differences)
    with quiet():
        from statsmodels.api import WLS

        try:
            fitted = WLS(y, np.ones(y.size), weights=1 / (v + _tau2(y, v))).fit()
        except np.linalg.LinAlgError:
            return ()
    source = "statsmodels WLS, scipy REML"
    found = (agreement(source, "mean", evidence.estimate, fitted.params[0]),)
    if adhoc:
        return found
    two_sided = 2 * min(evidence.p_above(0.0), evidence.p_below(0.0))
    return (
        *found,
        agreement(source, "standard error", evidence.standard_error, fitted.bse[0]),
        agreement(source, "two-sided p", two_sided, fitted.pvalues[0]),
    )


def _tau2(y: FloatArray, v: FloatArray) -> float:
    """REML in matrices: the best of a grid of log tau2 by the density of contrasts K free of the mean, then a root.

    With K orthonormal and C = K'VK the root is that of the score, tr C^-1 - y'K C^-2 K'y.
    """
    from scipy import optimize, stats

    contrasts = np.linalg.qr(np.column_stack([np.ones(y.size), np.eye(y.size)[:, 1:]]))[0][:, 1:]
    free = contrasts.T @ y

    def covariance(log_tau2: float) -> FloatArray:
        return contrasts.T @ np.diag(v + math.exp(log_tau2)) @ contrasts

    def score(log_tau2: float) -> float:
        inverse = np.linalg.inv(covariance(log_tau2))
        return float(np.trace(inverse) - free @ inverse @ inverse @ free)

    unit = math.log(float(np.ptp(y) ** 2 + v.max()))
    grid = unit + np.linspace(-40.0, 5.0, 181)
    best = int(np.argmax([stats.multivariate_normal.logpdf(free, cov=covariance(x)) for x in grid]))
    low, high = grid[max(0, best - 1)], grid[min(grid.size - 1, best + 1)]
    return math.exp(optimize.brentq(score, low, high, xtol=1e-14)) if score(low) < 0 else 0.0
