"""Beside a t test of a mean over blocks: Bayes factors, named as such. They decide nothing."""

from __future__ import annotations

import math

from lnnstats.analysis.question import bounds
from lnnstats.stats.bayes.effects import interval_null_effect, jzs_effect, paired_observation
from lnnstats.stats.values import Effect, Evidence
from lnnstats.study.values import Hypothesis

LARGEST = 1e5  # beyond, rounding shows in the factor, and soon there is none


def bayes_factors(found: Evidence, hypothesis: Hypothesis) -> tuple[Effect, ...]:
    """BF10 of any difference (JZS); of an equivalence also that of "outside the bounds" against "within". None of a t,
    or of bounds in standard deviations, beyond LARGEST.
    """
    if found.contributions is None or found.df is None or found.statistic is None or found.standard_error is None:
        return ()
    if abs(found.statistic) > LARGEST:
        return ()
    observed = paired_observation(found.statistic, found.n)
    if hypothesis.question != "equivalence":
        return (jzs_effect(observed),)
    sd = found.standard_error * math.sqrt(found.n)
    low, high = (bound / sd for bound in bounds(hypothesis))
    if max(abs(low), abs(high)) > LARGEST:
        return (jzs_effect(observed),)
    return jzs_effect(observed), interval_null_effect(observed, low, high)
