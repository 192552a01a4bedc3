"""Estimates pooled over strata: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Call, Entry
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.meta_analysis import meta_analysis
from lnnstats.stats.second_source import pooled as second
from lnnstats.study.values import Hypothesis, Plan


def strata(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Treatment and reference of every block in every stratum."""
    return Call((sample.cube(),), {"scale": hypothesis.test.scale, "adhoc": hypothesis.test.adhoc})


TABLE: Mapping[str, Entry] = {"meta_analysis": Entry(strata, meta_analysis, second.meta_analysis)}
