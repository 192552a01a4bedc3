"""The second source of times: a reported result and its data in, the same numbers from another library out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arrays import BoolArray, FloatArray
from ..samples.survival_curve import SurvivalCurve
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, quiet, t_and_p


def kaplan_meier(curve: SurvivalCurve, time: ArrayLike, observed: ArrayLike) -> tuple[Agreement, ...]:
    """Last survival value and the median, by statsmodels SurvfuncRight (inf: censored late).

    The median is read off its curve: its own `quantile` asks for survival strictly below one half.
    """
    at, seen = np.asarray(time, dtype=np.float64), np.asarray(observed, dtype=bool)
    if at.size > MOST_VALUES or not curve.times.size:
        return ()
    never = ~np.isfinite(at)
    with quiet():
        from statsmodels.duration.survfunc import SurvfuncRight

        theirs = SurvfuncRight(np.where(never, curve.times[-1] + 1.0, at), (seen & ~never).astype(int))
    reached = theirs.surv_times[np.round(theirs.surv_prob, 12) <= 0.5]
    place = int(np.searchsorted(theirs.surv_times, curve.times[-1]))
    name = "statsmodels SurvfuncRight"
    return (
        agreement(name, "survival after the last event", curve.survival[-1], theirs.surv_prob[place]),
        agreement(name, "median", curve.median, reached[0] if reached.size else np.inf),
    )


def restricted_mean(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, horizon: float
) -> tuple[Agreement, ...]:
    """t and the one-sided p at 0, by scipy.stats.ttest_rel on min(T, horizon)."""
    first, second = (np.minimum(np.asarray(x, dtype=np.float64), horizon) for x in (treatment, reference))
    if first.size > MOST_VALUES:
        return ()
    from scipy import stats

    result = stats.ttest_rel(first, second, alternative="greater")
    return t_and_p("scipy ttest_rel", evidence, result.statistic, result.pvalue)


def restricted_mean_groups(
    evidence: Evidence,
    treatment: ArrayLike,
    reference: ArrayLike,
    treatment_observed: ArrayLike,
    reference_observed: ArrayLike,
    *,
    horizon: float | None = None,
) -> tuple[Agreement, ...]:
    """The difference of areas, by lifelines restricted_mean_survival_time; none without a declared horizon."""
    if np.size(treatment) + np.size(reference) > MOST_VALUES or horizon is None:
        return ()
    curves = _lifelines_curves(treatment, reference, treatment_observed, reference_observed)
    with quiet():
        from lifelines.utils import restricted_mean_survival_time

        first, second = (float(restricted_mean_survival_time(curve, t=horizon)) for curve in curves)
    return (agreement("lifelines", "difference in restricted mean", evidence.estimate, first - second),)


def median_time(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, horizon: float
) -> tuple[Agreement, ...]:
    """The one-sided p at 0, by scipy.stats.binomtest over all blocks, ties against."""
    first, second = (np.minimum(np.asarray(x, dtype=np.float64), horizon) for x in (treatment, reference))
    if first.size > MOST_VALUES:
        return ()
    from scipy import stats

    theirs = stats.binomtest(int((first > second).sum()), first.size, 0.5, "greater").pvalue
    return (agreement("scipy binomtest", "p(theta <= 0)", evidence.p_above(0.0), theirs),)


def median_time_groups(
    evidence: Evidence,
    treatment: ArrayLike,
    reference: ArrayLike,
    treatment_observed: ArrayLike,
    reference_observed: ArrayLike,
    *,
    scale: str = "raw",
) -> tuple[Agreement, ...]:
    """Both medians, read off the curves of lifelines (its own median lets rounding decide where a curve is at 1/2)."""
    if np.size(treatment) + np.size(reference) > MOST_VALUES:
        return ()
    curves = _lifelines_curves(treatment, reference, treatment_observed, reference_observed)
    return tuple(
        agreement("lifelines KaplanMeierFitter", effect.name, effect.estimate, _median(curve))
        for effect, curve in zip(evidence.effects, curves, strict=True)
    )


def _median(curve: Any) -> float:
    """The first time at which survival, rounded to twelve digits, is at or below one half."""
    survival = curve.survival_function_.iloc[:, 0]
    reached = survival.index[np.round(survival.to_numpy(), 12) <= 0.5]
    return float(reached[0]) if len(reached) else np.inf


def log_rank(evidence: Evidence, *groups: tuple[ArrayLike, ArrayLike]) -> tuple[Agreement, ...]:
    """Chi-square, by statsmodels survdiff."""
    times = [np.asarray(t, dtype=np.float64) for t, _ in groups]
    seen = np.concatenate([np.asarray(o, dtype=bool) for _, o in groups])
    which = np.repeat(np.arange(len(groups)), [t.size for t in times])
    return _survdiff(evidence, np.concatenate(times), seen, which, None)


def stratified_log_rank(evidence: Evidence, times: ArrayLike, observed: ArrayLike) -> tuple[Agreement, ...]:
    """Chi-square, by statsmodels survdiff with the blocks as strata."""
    at, seen = np.asarray(times, dtype=np.float64), np.asarray(observed, dtype=bool)
    blocks, levels = np.indices(at.shape)
    return _survdiff(evidence, at.ravel(), seen.ravel(), levels.ravel(), blocks.ravel())


def cox(
    evidence: Evidence,
    treatment: ArrayLike,
    reference: ArrayLike,
    treatment_observed: ArrayLike,
    reference_observed: ArrayLike,
) -> tuple[Agreement, ...]:
    """The log hazard ratio and its error, by statsmodels PHReg with Efron's ties; none where it is infinite."""
    at, seen, treated = _stacked(treatment, reference, treatment_observed, reference_observed)
    if at.size > MOST_VALUES or not np.isfinite(evidence.estimate):
        return ()
    with quiet():
        from statsmodels.duration.hazard_regression import PHReg

        fit = PHReg(at, treated.astype(float)[:, None], status=seen.astype(int), ties="efron").fit()
    return (
        agreement("statsmodels PHReg", "log hazard ratio", evidence.estimate, fit.params[0]),
        agreement("statsmodels PHReg", "standard error", evidence.standard_error, fit.bse[0]),
    )


def stratified_cox(
    evidence: Evidence,
    treatment: ArrayLike,
    reference: ArrayLike,
    treatment_observed: ArrayLike,
    reference_observed: ArrayLike,
) -> tuple[Agreement, ...]:
    """The log hazard ratio, by statsmodels PHReg with blocks as strata; none with ties, which it treats otherwise."""
    at, seen, treated = _stacked(treatment, reference, treatment_observed, reference_observed)
    n = at.size // 2
    tied = (at[:n] == at[n:]) & seen[:n] & seen[n:]
    if at.size > MOST_VALUES or not np.isfinite(evidence.estimate) or tied.any():
        return ()
    with quiet():
        from statsmodels.duration.hazard_regression import PHReg

        strata = np.tile(np.arange(n), 2)
        fit = PHReg(at, treated.astype(float)[:, None], status=seen.astype(int), strata=strata).fit()
    return (agreement("statsmodels PHReg", "log hazard ratio", evidence.estimate, fit.params[0]),)


def aft(
    evidence: Evidence,
    treatment: ArrayLike,
    reference: ArrayLike,
    treatment_observed: ArrayLike,
    reference_observed: ArrayLike,
    *,
    distribution: str = "lognormal",
) -> tuple[Agreement, ...]:
    """The log time ratio, by the fitter of lifelines, whose gradients take it to some six digits."""
    at, seen, treated = _stacked(treatment, reference, treatment_observed, reference_observed)
    return _lifelines_aft(evidence, at, seen, treated.astype(float), distribution)


def aft_trend(
    evidence: Evidence, times: ArrayLike, observed: ArrayLike, scores: ArrayLike, *, distribution: str = "lognormal"
) -> tuple[Agreement, ...]:
    """The log time ratio per unit of score, by the fitter of lifelines; for uncensored normal logs by numpy polyfit."""
    at, levels = np.asarray(times, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    seen = np.asarray(observed, dtype=bool)
    if distribution == "lognormal" and seen.all():
        slope = np.polyfit(levels, np.log(at).mean(axis=0), 1)[0]
        return (agreement("numpy polyfit", "log time ratio", evidence.estimate, slope),)
    return _lifelines_aft(evidence, at.ravel(), seen.ravel(), np.tile(levels, len(at)), distribution)


def growth_law(evidence: Evidence, times: ArrayLike, levels: ArrayLike, *, horizon: float) -> tuple[Agreement, ...]:
    """R² and slope of both straight lines by scipy.stats.linregress; the index from its two correlations."""
    at, k = np.minimum(np.asarray(times, dtype=np.float64), horizon), np.asarray(levels, dtype=np.float64)
    if at.size > MOST_VALUES:
        return ()
    from scipy import stats

    y = np.median(np.log(at), axis=0)
    straight, power = stats.linregress(k, y), stats.linregress(np.log(k), y)
    r, s, alike = straight.rvalue, power.rvalue, stats.pearsonr(k, np.log(k)).statistic
    theirs = ((r - s) / (1 - alike) / ((r + s) / (1 + alike)), r**2, s**2, np.exp(straight.slope), power.slope)
    found = zip(evidence.effects, theirs, strict=True)
    return tuple(agreement("scipy linregress", effect.name, effect.estimate, x) for effect, x in found)


def _lifelines_aft(
    evidence: Evidence, at: FloatArray, seen: BoolArray, x: FloatArray, distribution: str
) -> tuple[Agreement, ...]:
    """The coefficient of x in log T, by the fitter of lifelines."""
    if at.size > MOST_VALUES:
        return ()
    with quiet():
        import lifelines
        import pandas as pd

        fitters = {
            "lognormal": (lifelines.LogNormalAFTFitter, "mu_"),
            "weibull": (lifelines.WeibullAFTFitter, "lambda_"),
            "loglogistic": (lifelines.LogLogisticAFTFitter, "alpha_"),
        }
        fitter, location = fitters[distribution]
        table = pd.DataFrame({"time": at, "seen": seen.astype(int), "x": x})
        fit = fitter().fit(table, "time", "seen", fit_options={"ftol": 1e-16})
    return (agreement("lifelines", "log time ratio", evidence.estimate, fit.params_[location, "x"]),)


def _survdiff(
    evidence: Evidence, at: FloatArray, seen: BoolArray, which: NDArray[np.int64], strata: NDArray[np.int64] | None
) -> tuple[Agreement, ...]:
    """Chi-square of the log-rank test; ours is squared where it is signed."""
    if at.size > MOST_VALUES:
        return ()
    with quiet():
        from statsmodels.duration.survfunc import survdiff

        theirs = survdiff(_finite(at), (seen & np.isfinite(at)).astype(int), which, strata=strata)[0]
    ours = evidence.statistic if evidence.statistic_name == "chi-square" else (evidence.statistic or 0.0) ** 2
    return (agreement("statsmodels survdiff", "chi-square", ours, theirs),)


def _stacked(
    treatment: ArrayLike, reference: ArrayLike, treatment_observed: ArrayLike, reference_observed: ArrayLike
) -> tuple[FloatArray, BoolArray, BoolArray]:
    """Finite times of both groups, whether each was observed, and which are under treatment."""
    at = np.concatenate([np.asarray(x, dtype=np.float64) for x in (treatment, reference)])
    seen = np.concatenate([np.asarray(x, dtype=bool) for x in (treatment_observed, reference_observed)])
    return _finite(at), seen & np.isfinite(at), np.arange(at.size) < np.size(treatment)


def _finite(at: FloatArray) -> FloatArray:
    """Times with "never" put after every other."""
    never = ~np.isfinite(at)
    return np.where(never, at[~never].max(initial=0.0) + 1.0, at)


def _lifelines_curves(
    treatment: ArrayLike, reference: ArrayLike, treatment_observed: ArrayLike, reference_observed: ArrayLike
) -> tuple[Any, Any]:
    """The Kaplan-Meier fits of lifelines, treatment first."""
    at, seen, treated = _stacked(treatment, reference, treatment_observed, reference_observed)
    with quiet():
        from lifelines import KaplanMeierFitter

        first, second = (KaplanMeierFitter().fit(at[group], seen[group]) for group in (treated, ~treated))
    return first, second
