"""The second source: a reported result and its data in, the same numbers from another library beside them out.

Each function is named after the procedure it checks and takes the Evidence reported (for `kaplan_meier` the curve),
then the arguments of that procedure. It returns one Agreement per number, and none at all beyond 20,000 values, where
the libraries would take minutes, or where the library has no answer (an infinite estimate, say).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import FloatArray
from .procedures.kaplan_meier import SurvivalCurve
from .resolution import at_resolution
from .scales import on_scale
from .values import Agreement, Evidence

MOST_VALUES = 20_000
MOST_FLIPPED = 12
MOST_BLOCKS_PAGE, MOST_LEVELS_PAGE = 20, 6


def paired_t(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log"
) -> tuple[Agreement, ...]:
    """t and the one-sided p at 0, by pingouin.ttest (asked one-sided, so that nothing is halved)."""
    if np.size(treatment) > MOST_VALUES:
        return ()
    result = _pingouin_t(treatment, reference, scale)
    return (
        _agreement("pingouin.ttest", "t", evidence.statistic, result["T"]),
        _agreement("pingouin.ttest", "p(theta <= 0)", evidence.p_above(0.0), result["p_val"]),
    )


def bootstrap_t(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "raw"
) -> tuple[Agreement, ...]:
    """t only, by pingouin.ttest: no library offers the studentised bootstrap."""
    if np.size(treatment) > MOST_VALUES:
        return ()
    return (_agreement("pingouin.ttest", "t", evidence.statistic, _pingouin_t(treatment, reference, scale)["T"]),)


def trend_slope(
    evidence: Evidence, values: ArrayLike, scores: ArrayLike, *, scale: str = "raw"
) -> tuple[Agreement, ...]:
    """Common slope with block effects (within-block regression) and t of the slopes, by statsmodels OLS."""
    array, levels = on_scale(values, scale, "values", 2), np.asarray(scores, dtype=np.float64)
    if array.size > MOST_VALUES:
        return ()
    with _quiet():
        from statsmodels.api import OLS

        centred = np.tile(levels - levels.mean(), array.shape[0])
        common = OLS((array - array.mean(axis=1, keepdims=True)).ravel(), centred).fit().params[0]
        slopes = np.polyfit(levels, array.T, 1)[0]
        t = OLS(slopes, np.ones(slopes.size)).fit().tvalues[0]
    return (
        _agreement("statsmodels OLS", "slope within blocks", evidence.estimate, common),
        _agreement("statsmodels OLS", "t", evidence.statistic, t),
    )


def sign_flip(evidence: Evidence, differences: ArrayLike) -> tuple[Agreement, ...]:
    """The exact p at 0, by scipy.stats.permutation_test with every flip, up to 12 blocks."""
    from scipy import stats

    values = np.asarray(differences, dtype=np.float64)
    if values.size > MOST_FLIPPED:
        return ()
    result = stats.permutation_test(
        (values,), np.mean, permutation_type="samples", alternative="greater", n_resamples=np.inf
    )
    return (_agreement("scipy permutation_test", "p(theta <= 0)", evidence.p_above(0.0), result.pvalue),)


def sign_test(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, resolution: float | None = None
) -> tuple[Agreement, ...]:
    """The one-sided p at 1/2, by scipy.stats.binomtest on the blocks that differ."""
    first, second = (at_resolution(np.asarray(x, dtype=np.float64), resolution) for x in (treatment, reference))
    if first.size > MOST_VALUES:
        return ()
    return _binomtest(evidence, int((first > second).sum()), int((first != second).sum()), 0.5)


def exact_binomial(evidence: Evidence, events: ArrayLike) -> tuple[Agreement, ...]:
    """The one-sided p at the null and the 95% limits, by scipy.stats.binomtest."""
    happened = np.asarray(events, dtype=bool)
    if happened.size > MOST_VALUES:
        return ()
    return _binomtest(evidence, int(happened.sum()), happened.size, evidence.null)


def mcnemar(evidence: Evidence, treatment: ArrayLike, reference: ArrayLike) -> tuple[Agreement, ...]:
    """The two-sided exact p, twice our smaller one, by statsmodels mcnemar."""
    first, second = np.asarray(treatment, dtype=bool), np.asarray(reference, dtype=bool)
    if first.size > MOST_VALUES:
        return ()
    table = [[int((first & second).sum()), int((first & ~second).sum())], [int((~first & second).sum()), 0]]
    with _quiet():
        from statsmodels.stats import contingency_tables

        theirs = contingency_tables.mcnemar(table, exact=True).pvalue
    ours = min(1.0, 2 * min(evidence.p_above(0.0), evidence.p_below(0.0)))
    return (_agreement("statsmodels mcnemar", "two-sided p", ours, theirs),)


def ordered_trend(evidence: Evidence, events: ArrayLike, scores: ArrayLike) -> tuple[Agreement, ...]:
    """The conditional maximum likelihood estimate by statsmodels ConditionalLogit; the mean trend by numpy polyfit."""
    happened, levels = np.asarray(events, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if happened.size > MOST_VALUES or not np.isfinite(evidence.estimate):
        return ()
    if evidence.measure == "risk_difference":
        centred = levels - levels.mean()
        unit = 2 * float(centred @ centred) / float(np.abs(centred).sum())
        trend = float(np.polyfit(levels, happened.T, 1)[0].mean()) * unit
        return (_agreement("numpy polyfit", "risk difference", evidence.estimate, trend),)
    return (_agreement("statsmodels ConditionalLogit", "log odds ratio", evidence.estimate, _clogit(happened, levels)),)


def page(evidence: Evidence, values: ArrayLike, *, resolution: float | None = None) -> tuple[Agreement, ...]:
    """L from pandas ranks; without ties also L of scipy's page_trend_test and, for a small table, its exact p.

    That test ignores ties, so nothing is asked of it where there are any.
    """
    array = at_resolution(np.asarray(values, dtype=np.float64), resolution)
    if array.size > MOST_VALUES:
        return ()
    with _quiet():
        import pandas as pd

        ranks = pd.DataFrame(array).rank(axis=1).to_numpy()
    from_pandas = float(np.tensordot(ranks, np.arange(1, ranks.shape[1] + 1), axes=(1, 0)).sum())
    found = (_agreement("pandas rank", "L", evidence.statistic, from_pandas),)
    untied = (np.sort(ranks, axis=1) == np.arange(1, ranks.shape[1] + 1)).all()
    return found + (_page_trend_test(evidence, ranks) if untied and ranks.shape[1] > 2 else ())


def kaplan_meier(curve: SurvivalCurve, time: ArrayLike, observed: ArrayLike) -> tuple[Agreement, ...]:
    """Last survival value and the median, by statsmodels SurvfuncRight (inf: censored late).

    The median is read off its curve: its own `quantile` asks for survival strictly below one half.
    """
    at, seen = np.asarray(time, dtype=np.float64), np.asarray(observed, dtype=bool)
    if at.size > MOST_VALUES or not curve.times.size:
        return ()
    never = ~np.isfinite(at)
    with _quiet():
        from statsmodels.duration.survfunc import SurvfuncRight

        theirs = SurvfuncRight(np.where(never, curve.times[-1] + 1.0, at), (seen & ~never).astype(int))
    reached = theirs.surv_times[np.round(theirs.surv_prob, 12) <= 0.5]
    place = int(np.searchsorted(theirs.surv_times, curve.times[-1]))
    name = "statsmodels SurvfuncRight"
    return (
        _agreement(name, "survival after the last event", curve.survival[-1], theirs.surv_prob[place]),
        _agreement(name, "median", curve.median, reached[0] if reached.size else np.inf),
    )


def _agreement(source: str, quantity: str, ours: float | None, theirs: Any) -> Agreement:
    """The pair as floats; a number that one side lacks is NaN, and agrees to no digit."""
    return Agreement(source, quantity, *(float("nan") if x is None else float(x) for x in (ours, theirs)))


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the libraries' own deprecation and convergence chatter, here only."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _pingouin_t(treatment: ArrayLike, reference: ArrayLike, scale: str) -> dict[str, float]:
    """The row of pingouin.ttest, alternative "greater", on the scale of the test."""
    with _quiet():
        import pingouin

        first, second = on_scale(treatment, scale, "treatment", 1), on_scale(reference, scale, "reference", 1)
        return pingouin.ttest(first, second, paired=True, alternative="greater").iloc[0].to_dict()


def _binomtest(evidence: Evidence, count: int, n: int, null: float) -> tuple[Agreement, ...]:
    """One-sided p at `null` and both Clopper-Pearson limits by scipy."""
    from scipy import stats

    result = stats.binomtest(count, n, null, alternative="greater")
    theirs = stats.binomtest(count, n).proportion_ci(0.95, method="exact")
    low, high = evidence.interval(0.95)
    return (
        _agreement("scipy binomtest", f"p(theta <= {null:g})", evidence.p_above(null), result.pvalue),
        _agreement("scipy binomtest", "lower 95% limit", low, theirs.low),
        _agreement("scipy binomtest", "upper 95% limit", high, theirs.high),
    )


def _clogit(events: FloatArray, scores: FloatArray) -> float:
    """The coefficient of the score; scores are standardised for the optimiser and scaled back."""
    n, k = events.shape
    unit = float(scores.std())
    with _quiet():
        from statsmodels.discrete.conditional_models import ConditionalLogit

        exog = np.tile((scores - scores.mean()) / unit, n)[:, None]
        model = ConditionalLogit(events.ravel(), exog, groups=np.repeat(np.arange(n), k))
        return float(model.fit(method="newton", disp=0).params[0]) / unit


def _page_trend_test(evidence: Evidence, ranks: NDArray[np.float64]) -> tuple[Agreement, ...]:
    """L, and the exact p where scipy enumerates it quickly."""
    from scipy import stats

    small = ranks.shape[0] <= MOST_BLOCKS_PAGE and ranks.shape[1] <= MOST_LEVELS_PAGE
    result = stats.page_trend_test(ranks, ranked=True, method="exact" if small else "asymptotic")
    found = (_agreement("scipy page_trend_test", "L", evidence.statistic, result.statistic),)
    if not small:
        return found
    return (*found, _agreement("scipy page_trend_test", "p(theta <= 0)", evidence.p_above(0.0), result.pvalue))
