"""Two levels within blocks: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Call, Entry, columns, pair, resampling, resolution
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.bootstrap_t import bootstrap_t
from lnnstats.stats.procedures.paired_t import paired_t
from lnnstats.stats.procedures.sign_test import sign_test
from lnnstats.stats.second_source import pairs as second
from lnnstats.study.values import Hypothesis, Plan


def resampled(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair with resamples of its blocks."""
    return Call(columns(sample), {"scale": hypothesis.test.scale}, resampling(hypothesis, plan))


def ranked(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair of which only the order counts."""
    return Call(columns(sample), resolution(hypothesis, plan))


TABLE: Mapping[str, Entry] = {
    "paired_t": Entry(pair, paired_t, second.paired_t),
    "tost": Entry(pair, paired_t, second.paired_t),
    "bootstrap_t": Entry(resampled, bootstrap_t, second.bootstrap_t),
    "sign_test": Entry(ranked, sign_test, second.sign_test),
}
