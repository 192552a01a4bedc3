"""The second source of models: a reported result and its data in, the same numbers from another library out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import FloatArray
from ..samples.unbalanced import Runs, present_runs
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, quiet

MOST_RUNS, MOST_DENSE = 2_000, 200  # the covariance of all runs is written out, once or at every step


def mixed_trend(
    evidence: Evidence,
    values: ArrayLike,
    scores: ArrayLike,
    *,
    scale: str = "log",
    random: str = "slope",
    df: str = "kenward_roger",
) -> tuple[Agreement, ...]:
    """The slope, and its error where that is not adjusted, by statsmodels MixedLM; it has no degrees of freedom."""
    runs, levels = present_runs(values, None, scale=scale), np.asarray(scores, dtype=np.float64)
    unit = float(levels.std())
    score = ((levels - levels.mean()) / unit)[runs.column]
    origin = levels.mean() / unit if random == "slope_uncorrelated" else 0.0
    x = np.column_stack([np.ones(score.size), score])
    alone = random == "intercept" or any("random intercept only" in check for check in evidence.checks)
    z = x[:, :1] if alone else np.column_stack([np.ones(score.size), score + origin])
    return _compared(evidence, runs, x, z, random != "slope_uncorrelated" or alone, unit, df)


def mixed_pair(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log", df: str = "kenward_roger"
) -> tuple[Agreement, ...]:
    """The difference, and its error where that is not adjusted, by statsmodels MixedLM."""
    runs = present_runs(np.column_stack([np.asarray(treatment), np.asarray(reference)]), None, scale=scale)
    x = np.column_stack([np.ones(runs.y.size), np.array([0.5, -0.5])[runs.column]])
    return _compared(evidence, runs, x, x[:, :1], True, 1.0, df)


def robust_slope(
    evidence: Evidence, values: ArrayLike, scores: ArrayLike, *, scale: str = "log", errors: str = "cr2"
) -> tuple[Agreement, ...]:
    """The slope by statsmodels OLS, and its HC3 error; no library here has CR2."""
    runs, levels = present_runs(values, None, scale=scale), np.asarray(scores, dtype=np.float64)
    if runs.y.size > MOST_VALUES:
        return ()
    unit = float(levels.std())
    x = np.column_stack([np.ones(runs.y.size), ((levels - levels.mean()) / unit)[runs.column]])
    with quiet():
        from statsmodels.api import OLS

        fitted = OLS(runs.y - runs.y.mean(), x).fit(cov_type="HC3")
    found = (agreement("statsmodels OLS", "slope", evidence.estimate, fitted.params[1] / unit),)
    if errors == "cr2":
        return found
    return (*found, agreement("statsmodels OLS", "standard error", evidence.standard_error, fitted.bse[1] / unit))


def _compared(
    evidence: Evidence, runs: Runs, x: FloatArray, z: FloatArray, correlated: bool, unit: float, df: str
) -> tuple[Agreement, ...]:
    """Estimate and error at the library's own REML covariance; nothing where it did not converge or would take long.

    At a singular fit statsmodels raises or claims convergence at random; there scipy minimises the criterion of the
    dense covariance. The error is that of generalised least squares: MixedLM's own comes from a Hessian in which
    coefficients and variances mix, and differs in the third digit. Kenward and Roger's is compared with nothing.
    """
    singular = any(check.startswith(("singular", "unconverged")) for check in evidence.checks)
    if runs.y.size > (MOST_DENSE if singular else MOST_RUNS):
        return ()
    source = "scipy REML, statsmodels GLS" if singular else "statsmodels MixedLM"
    y = (runs.y - runs.y.mean()) / runs.y.std()
    spread = runs.y.std() / unit
    with quiet():
        from statsmodels.api import GLS

        try:
            found = (_dense if singular else _mixed_lm)(y, x, z, runs.block, correlated)
        except (np.linalg.LinAlgError, ValueError):
            return ()
        if found is None:
            return ()
        fitted = GLS(y, x, sigma=np.eye(y.size) + _between(runs.block, z, found)).fit()
    estimate = agreement(source, "estimate", evidence.estimate, fitted.params[1] * spread)
    if df == "kenward_roger" and not any("informative blocks less one" in check for check in evidence.checks):
        return (estimate,)
    return estimate, agreement(source, "standard error", evidence.standard_error, fitted.bse[1] * spread)


def _between(block: NDArray[np.intp], z: FloatArray, relative: FloatArray) -> FloatArray:
    """Z D Z' of all runs [N, N], zero between blocks."""
    return np.where(block[:, None] == block, z @ relative @ z.T, 0.0)


def _mixed_lm(
    y: FloatArray, x: FloatArray, z: FloatArray, block: NDArray[np.intp], correlated: bool
) -> FloatArray | None:
    """The relative covariance of the random effects by MixedLM; None where it did not converge."""
    from statsmodels.regression.mixed_linear_model import MixedLM, MixedLMParams

    free = None if correlated else MixedLMParams.from_components(np.ones(2), np.eye(2))
    fitted = MixedLM(y, x, groups=block, exog_re=z).fit(reml=True, method=["bfgs"], free=free, gtol=1e-8)
    return np.asarray(fitted.cov_re) / fitted.scale if fitted.converged else None


def _dense(y: FloatArray, x: FloatArray, z: FloatArray, block: NDArray[np.intp], correlated: bool) -> FloatArray:
    """The same by Nelder and Mead on the density of the contrasts of y that are free of X, their scale profiled out."""
    from scipy import optimize

    q = z.shape[1]
    contrasts = np.linalg.qr(x, mode="complete")[0][:, x.shape[1] :]
    free = contrasts.T @ y
    places = np.tril_indices(q) if correlated else np.diag_indices(q)

    def relative(theta: FloatArray) -> FloatArray:
        factor = np.zeros((q, q))
        factor[places] = theta
        return factor @ factor.T

    def criterion(theta: FloatArray) -> float:
        covariance = contrasts.T @ (np.eye(y.size) + _between(block, z, relative(theta))) @ contrasts
        root = np.linalg.cholesky(covariance)
        return float(2 * np.log(np.diag(root)).sum() + free.size * np.log(((np.linalg.solve(root, free)) ** 2).sum()))

    starts = [size * np.eye(q)[places] for size in (1.0, 0.3)]
    options = {"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4_000, "maxfev": 4_000}
    tried = [optimize.minimize(criterion, start, method="Nelder-Mead", options=options) for start in starts]
    return relative(min(tried, key=lambda each: float(each.fun)).x)
