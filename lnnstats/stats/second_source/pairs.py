"""The second source of pairs: a reported result and its data in, the same numbers from another library out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..resolution import at_resolution
from ..scales import named_scale, on_scale
from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement, all_flips, binomtest, quiet, t_and_p

MOST_FLIPPED = 12
MOST_RANKED = 50


def paired_t(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log"
) -> tuple[Agreement, ...]:
    """t and the one-sided p at 0, by pingouin.ttest (asked one-sided, so that nothing is halved)."""
    if np.size(treatment) > MOST_VALUES:
        return ()
    result = _pingouin_t(treatment, reference, scale)
    return t_and_p("pingouin.ttest", evidence, result["T"], result["p_val"])


def bootstrap_t(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "raw"
) -> tuple[Agreement, ...]:
    """t only, by pingouin.ttest: no library offers the studentised bootstrap."""
    if np.size(treatment) > MOST_VALUES:
        return ()
    return (agreement("pingouin.ttest", "t", evidence.statistic, _pingouin_t(treatment, reference, scale)["T"]),)


def sign_flip(evidence: Evidence, differences: ArrayLike) -> tuple[Agreement, ...]:
    """t, and the exact p at 0 by scipy.stats.permutation_test with every flip, up to 12 blocks."""
    from scipy import stats

    values = np.asarray(differences, dtype=np.float64)
    if values.size > MOST_VALUES:
        return ()
    found = (agreement("scipy ttest_1samp", "t", evidence.statistic, stats.ttest_1samp(values, 0.0).statistic),)
    if values.size > MOST_FLIPPED:
        return found
    return (*found, agreement("scipy permutation_test", "p(theta <= 0)", evidence.p_above(0.0), all_flips(values)))


def sign_test(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, resolution: float | None = None
) -> tuple[Agreement, ...]:
    """The one-sided p at 1/2, by scipy.stats.binomtest on the blocks that differ."""
    first, second = (at_resolution(np.asarray(x, dtype=np.float64), resolution) for x in (treatment, reference))
    if first.size > MOST_VALUES:
        return ()
    return binomtest(evidence, int((first > second).sum()), int((first != second).sum()), 0.5)


def trimmed_t(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "log", trim: float = 0.2
) -> tuple[Agreement, ...]:
    """t and the one-sided p at 0, by scipy.stats.ttest_ind, trimmed, against a group of zeros, which adds no error."""
    differences = _differences(treatment, reference, scale)
    if differences.size > MOST_VALUES:
        return ()
    from scipy import stats

    with quiet():
        theirs = stats.ttest_ind(
            differences, np.zeros(differences.size), equal_var=False, trim=trim, alternative="greater"
        )
    return t_and_p("scipy ttest_ind", evidence, theirs.statistic, theirs.pvalue)


def wilcoxon(
    evidence: Evidence,
    treatment: ArrayLike,
    reference: ArrayLike,
    *,
    scale: str = "log",
    resolution: float | None = None,
) -> tuple[Agreement, ...]:
    """W+ by scipy.stats.wilcoxon (Pratt), and the exact p at 0 up to 50 blocks without ties or zeros.

    Its exact p ignores ties, and it ranks values apart that differ by rounding only, so the differences are rounded
    to twelve digits for it, and no p is asked where some tie.
    """
    first, second = (at_resolution(np.asarray(x, dtype=np.float64), resolution) for x in (treatment, reference))
    differences = _differences(first, second, scale)
    if differences.size > MOST_VALUES:
        return ()
    from scipy import stats

    rounded = np.round(differences / np.abs(differences).max(), 12)
    untied = np.unique(np.abs(rounded)).size == rounded.size and rounded.all()
    exact = bool(untied and rounded.size <= MOST_RANKED)
    theirs = stats.wilcoxon(
        rounded, zero_method="pratt", alternative="greater", method="exact" if exact else "asymptotic"
    )
    found = (agreement("scipy wilcoxon", "W+", evidence.statistic, theirs.statistic),)
    return (
        (*found, agreement("scipy wilcoxon", "p(theta <= 0)", evidence.p_above(0.0), theirs.pvalue)) if exact else found
    )


def bootstrap_mean(
    evidence: Evidence, treatment: ArrayLike, reference: ArrayLike, *, scale: str = "raw"
) -> tuple[Agreement, ...]:
    """The standard error only, by scipy.stats.sem: another library's bootstrap draws other resamples."""
    differences = _differences(treatment, reference, scale)
    if differences.size > MOST_VALUES:
        return ()
    from scipy import stats

    return (agreement("scipy sem", "standard error", evidence.standard_error, stats.sem(differences)),)


def ratio_of_means(evidence: Evidence, treatment: ArrayLike, reference: ArrayLike) -> tuple[Agreement, ...]:
    """t at a ratio of 1, and the p of each finite 95% limit, which is .025, by scipy.stats.ttest_1samp."""
    first, second = np.asarray(treatment, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if first.size > MOST_VALUES:
        return ()
    from scipy import stats

    found = [agreement("scipy ttest_1samp", "t", evidence.statistic, stats.ttest_1samp(first - second, 0.0).statistic)]
    for limit, side in zip(evidence.interval(0.95), ("greater", "less"), strict=True):
        if np.isfinite(limit):
            p = stats.ttest_1samp(first - np.exp(limit) * second, 0.0, alternative=side).pvalue
            found.append(agreement("scipy ttest_1samp", f"p at the 95% limit, {side}", 0.025, p))
    return tuple(found)


def paired_quantile(
    evidence: Evidence,
    treatment: ArrayLike,
    reference: ArrayLike,
    *,
    quantile: float = 0.5,
    scale: str = "raw",
    horizon: float | None = None,
) -> tuple[Agreement, ...]:
    """Both quantiles and theta by scipy.stats.mstats.mquantiles: another library's bootstrap draws other resamples."""
    limit = np.inf if horizon is None else horizon
    pair = [np.minimum(np.asarray(x, dtype=np.float64), limit) for x in (treatment, reference)]
    if pair[0].size > MOST_VALUES or not np.isfinite(pair).all():
        return ()
    from scipy import stats

    theirs = np.array([stats.mstats.mquantiles(x, [quantile], alphap=0, betap=0)[0] for x in pair])
    first, second = named_scale(scale).transform(theirs)
    found = zip(evidence.effects, theirs, strict=False)
    return (
        agreement("scipy mquantiles", "difference of quantiles", evidence.estimate, first - second),
        *(agreement("scipy mquantiles", effect.name, effect.estimate, x) for effect, x in found),
    )


def crossed_pair(evidence: Evidence, values: ArrayLike, *, scale: str = "log") -> tuple[Agreement, ...]:
    """t and the one-sided p at 0 from components of variance: mean covariances of rows and of columns by numpy (those
    below 0 taken as 0); scipy's t.
    """
    array = on_scale(values, scale, "values", 3)
    table = array[:, 0] - array[:, 1]
    if array.size > MOST_VALUES:
        return ()
    from scipy import stats

    (n, m), within = table.shape, np.cov(table, rowvar=False)
    block, draw = _mean_covariance(within), _mean_covariance(np.cov(table))
    rest = float(np.trace(within)) / m - block
    by_block, by_draw, by_rest = ((m * block + rest, n - 1), (n * draw + rest, m - 1), (-rest, (n - 1) * (m - 1)))
    terms = [by_block, by_draw, by_rest] if min(block, draw) > 0 else [max(by_block, by_draw)]
    total = sum(square for square, _ in terms)
    df = total**2 / sum(square**2 / own for square, own in terms)
    t = float(table.mean()) / (total / (n * m)) ** 0.5
    return t_and_p("numpy cov, scipy t", evidence, t, stats.t.sf(t, df))


def _mean_covariance(matrix: FloatArray) -> float:
    """The mean of what is off the diagonal."""
    k = len(matrix)
    return float(matrix.sum() - np.trace(matrix)) / (k * (k - 1))


def _differences(treatment: ArrayLike, reference: ArrayLike, scale: str) -> FloatArray:
    """treatment - reference on the scale of the test."""
    return on_scale(treatment, scale, "treatment", 1) - on_scale(reference, scale, "reference", 1)


def _pingouin_t(treatment: ArrayLike, reference: ArrayLike, scale: str) -> dict[str, float]:
    """The row of pingouin.ttest, alternative "greater", on the scale of the test."""
    with quiet():
        import pingouin

        first, second = on_scale(treatment, scale, "treatment", 1), on_scale(reference, scale, "reference", 1)
        return pingouin.ttest(first, second, paired=True, alternative="greater").iloc[0].to_dict()
