"""Beside a t test of a mean over blocks: Bayes factors, named as such. They decide nothing."""

from __future__ import annotations

import math

from lnnstats.analysis.question import bounds
from lnnstats.stats.bayes.effects import interval_null_effect, jzs_effect, paired_observation
from lnnstats.stats.values import Effect, Evidence
from lnnstats.study.values import Hypothesis


def bayes_factors(found: Evidence, hypothesis: Hypothesis) -> tuple[Effect, ...]:
    """BF10 of any difference (JZS); of an equivalence also that of "outside the bounds" against "within"."""
    if found.contributions is None or found.df is None or found.statistic is None or found.standard_error is None:
        return ()
    observed = paired_observation(found.statistic, found.n)
    if hypothesis.question != "equivalence":
        return (jzs_effect(observed),)
    sd = found.standard_error * math.sqrt(found.n)
    low, high = bounds(hypothesis)
    return jzs_effect(observed), interval_null_effect(observed, low / sd, high / sd)
