"""The second source of two independent groups: a reported result and its data in, the same from another library out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..resolution import at_resolution
from ..scales import on_scale
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, t_and_p

MOST_RELABELLED = 10


def welch_t(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log", equal_variances: bool = False
) -> tuple[Agreement, ...]:
    """t, df and the one-sided p at 0, by statsmodels ttest_ind."""
    if np.size(treatment) + np.size(reference) > MOST_VALUES:
        return ()
    from statsmodels.stats.weightstats import ttest_ind

    spread = "pooled" if equal_variances else "unequal"
    t, p, df = ttest_ind(*_scaled(treatment, reference, scale), alternative="larger", usevar=spread)
    return _t_agreements("statsmodels ttest_ind", evidence, t, df, p)


def trimmed_t_groups(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log", trim: float = 0.2
) -> tuple[Agreement, ...]:
    """t, df and the one-sided p at 0, by scipy.stats.ttest_ind with trimming."""
    if np.size(treatment) + np.size(reference) > MOST_VALUES:
        return ()
    from scipy import stats

    first, second = _scaled(treatment, reference, scale)
    theirs = stats.ttest_ind(first, second, equal_var=False, trim=trim, alternative="greater")
    return _t_agreements("scipy ttest_ind", evidence, theirs.statistic, theirs.df, theirs.pvalue)


def brunner_munzel(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, resolution: float | None = None
) -> tuple[Agreement, ...]:
    """The probability from scipy's Mann-Whitney U, and t by scipy.stats.brunnermunzel but for separated groups.

    scipy answers NaN at complete separation, and nothing is asked of it there.
    """
    first, second = (at_resolution(np.asarray(x, dtype=np.float64), resolution) for x in (treatment, reference))
    if first.size + second.size > MOST_VALUES:
        return ()
    from scipy import stats

    share = stats.mannwhitneyu(first, second, method="asymptotic").statistic / (first.size * second.size)
    found = (agreement("scipy mannwhitneyu", "probability", evidence.estimate, share),)
    if evidence.statistic is None:
        return found
    theirs = stats.brunnermunzel(second, first).statistic
    return (*found, agreement("scipy brunnermunzel", "t", evidence.statistic, theirs))


def permutation_t(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log"
) -> tuple[Agreement, ...]:
    """Welch's t by scipy, and the exact p at 0 by scipy.stats.permutation_test for up to 10 blocks in all."""
    first, second = _scaled(treatment, reference, scale)
    if first.size + second.size > MOST_VALUES:
        return ()
    from scipy import stats

    def welch(x: FloatArray, y: FloatArray) -> float:
        return float(stats.ttest_ind(x, y, equal_var=False).statistic)

    found = (agreement("scipy ttest_ind", "t", evidence.statistic, welch(first, second)),)
    if first.size + second.size > MOST_RELABELLED:
        return found
    result = stats.permutation_test((first, second), welch, n_resamples=np.inf, alternative="greater")
    return (*found, agreement("scipy permutation_test", "p(theta <= 0)", evidence.p_above(0.0), result.pvalue))


def _scaled(treatment: ArrayLike, reference: ArrayLike, scale: str) -> tuple[FloatArray, FloatArray]:
    """Both groups on the scale of the test."""
    return on_scale(treatment, scale, "treatment", 1), on_scale(reference, scale, "reference", 1)


def _t_agreements(source: str, evidence: Evidence, t: float, df: float, p: float) -> tuple[Agreement, ...]:
    """t, its degrees of freedom and the one-sided p at 0."""
    return (*t_and_p(source, evidence, t, p), agreement(source, "df", evidence.df, df))
