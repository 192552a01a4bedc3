"""Ordered levels within blocks: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Call, Entry, resolution, scored
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.page import page
from lnnstats.stats.procedures.theil_sen import theil_sen
from lnnstats.stats.procedures.trend_slope import trend_slope
from lnnstats.stats.second_source import trends as second
from lnnstats.study.values import Hypothesis, Plan


def ranked(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels in their order, of which only the ranks count."""
    return Call((sample.values,), resolution(hypothesis, plan))


def slope(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels with their scores, on the scale of the test; where both are logs the slope is an exponent."""
    own = {"exponent": hypothesis.test.judged_in == ("exponent",)}
    return Call((sample.values, scored(sample, hypothesis)), {"scale": hypothesis.test.scale}, own)


TABLE: Mapping[str, Entry] = {
    "page": Entry(ranked, page, second.page),
    "trend_slope": Entry(slope, trend_slope, second.trend_slope),
    "theil_sen": Entry(slope, theil_sen, second.theil_sen),
}
