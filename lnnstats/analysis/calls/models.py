"""Models of all runs: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lnnstats.analysis.calls.values import Call, Entry, columns, scored
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.mixed_pair import mixed_pair
from lnnstats.stats.procedures.mixed_trend import mixed_trend
from lnnstats.stats.procedures.robust_slope import robust_slope
from lnnstats.stats.second_source import models as second
from lnnstats.stats.values import UnusableValues
from lnnstats.study.values import Hypothesis, Plan


def trend(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """The runs present, with the scores of their levels."""
    test = hypothesis.test
    shared = {"scale": test.scale, "random": test.random, "df": test.df}
    own = {"fallback": test.fallback, "present": sample.present}
    return Call((sample.values, scored(sample, hypothesis)), shared, own)


def pair(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Treatment and reference, NaN where a block has no such run; UnusableValues for a run that has no value."""
    test = hypothesis.test
    if undefined := int((np.isnan(sample.values) & sample.present).sum()):
        raise UnusableValues(f"{undefined} runs have no value of {hypothesis.response}; leave them out of the table.")
    return Call(columns(sample), {"scale": test.scale, "df": test.df}, {"fallback": test.fallback})


def robust(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """The runs present, with the scores of their levels."""
    shared = {"scale": hypothesis.test.scale, "errors": hypothesis.test.errors}
    return Call((sample.values, scored(sample, hypothesis)), shared, {"present": sample.present})


TABLE: Mapping[str, Entry] = {
    "mixed_trend": Entry(trend, mixed_trend, second.mixed_trend),
    "mixed_pair": Entry(pair, mixed_pair, second.mixed_pair),
    "robust_slope": Entry(robust, robust_slope, second.robust_slope),
}
