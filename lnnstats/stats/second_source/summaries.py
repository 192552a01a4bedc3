"""The second source of published summaries: a reported result and its numbers in, the same from another library out."""

from __future__ import annotations

from ..values import Agreement, Evidence
from .base import agreement, limits, t_and_p


def welch_from_summaries(
    evidence: Evidence,
    mean: float,
    sd: float,
    n: int,
    reference_mean: float,
    reference_sd: float,
    reference_n: int,
    *,
    equal_variances: bool = False,
) -> tuple[Agreement, ...]:
    """t and the one-sided p at 0, by scipy.stats.ttest_ind_from_stats."""
    from scipy import stats

    numbers = (mean, sd, n, reference_mean, reference_sd, reference_n)
    theirs = stats.ttest_ind_from_stats(*numbers, equal_var=equal_variances, alternative="greater")
    return t_and_p("scipy ttest_ind_from_stats", evidence, theirs.statistic, theirs.pvalue)


def t_from_summary(evidence: Evidence, mean: float, sd: float, n: int) -> tuple[Agreement, ...]:
    """The one-sided p at 0 and the 95 % limits, by the t distribution of scipy.stats about the mean."""
    from scipy import stats

    about = stats.t(n - 1, mean, sd / n**0.5)
    p = agreement("scipy t", "p(theta <= 0)", evidence.p_above(0.0), about.cdf(0.0))
    return (p, *limits("scipy t", evidence, *about.interval(0.95)))
