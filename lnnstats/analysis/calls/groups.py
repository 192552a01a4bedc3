"""Two independent groups of blocks: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Call, Entry, resampling, resolution
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.brunner_munzel import brunner_munzel
from lnnstats.stats.procedures.permutation_t import permutation_t
from lnnstats.stats.procedures.trimmed_t_groups import trimmed_t_groups
from lnnstats.stats.procedures.welch_t import welch_t
from lnnstats.stats.second_source import groups as second
from lnnstats.study.values import Hypothesis, Plan


def welch(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Both groups, on the scale of the test."""
    test = hypothesis.test
    return Call(sample.groups(), {"scale": test.scale, "equal_variances": test.equal_variances})


def trimmed(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Both groups with the share trimmed."""
    return Call(sample.groups(), {"scale": hypothesis.test.scale, "trim": hypothesis.test.trim})


def ranked(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Both groups, of which only the order counts."""
    return Call(sample.groups(), resolution(hypothesis, plan))


def permuted(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Both groups with relabellings of their blocks."""
    return Call(sample.groups(), {"scale": hypothesis.test.scale}, resampling(hypothesis, plan))


TABLE: Mapping[str, Entry] = {
    "welch_t": Entry(welch, welch_t, second.welch_t),
    "trimmed_t_groups": Entry(trimmed, trimmed_t_groups, second.trimmed_t_groups),
    "brunner_munzel": Entry(ranked, brunner_munzel, second.brunner_munzel),
    "permutation_t": Entry(permuted, permutation_t, second.permutation_t),
}
