"""Any difference between several levels, by ranks or permutations: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Call, Entry, resampling, resolution
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.aligned_ranks import aligned_ranks
from lnnstats.stats.procedures.friedman import friedman
from lnnstats.stats.procedures.jonckheere import jonckheere
from lnnstats.stats.procedures.kruskal_wallis import kruskal_wallis
from lnnstats.stats.procedures.permutation_f import permutation_f
from lnnstats.stats.procedures.quade import quade
from lnnstats.stats.second_source import ranks as second
from lnnstats.study.values import Hypothesis, Plan


def ranked(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels within blocks, of which only the order counts."""
    shared = {**resolution(hypothesis, plan), "method": hypothesis.test.method}
    return Call((sample.values,), shared, resampling(hypothesis, plan))


def ranked_groups(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Independent groups, of which only the order counts."""
    shared = {**resolution(hypothesis, plan), "method": hypothesis.test.method}
    return Call((sample.groups(),), shared, resampling(hypothesis, plan))


def ordered_groups(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Independent groups in the order of their levels."""
    return Call((sample.groups(),), resolution(hypothesis, plan))


def crossed(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Two factors within blocks, and the effect asked for."""
    return Call((sample.cube(),), {"effect": hypothesis.test.effect, "scale": hypothesis.test.scale})


def permuted(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Levels within blocks, permuted on the scale of the test."""
    own = {"method": hypothesis.test.method, **resampling(hypothesis, plan)}
    return Call((sample.values,), {"scale": hypothesis.test.scale}, own)


TABLE: Mapping[str, Entry] = {
    "friedman": Entry(ranked, friedman, second.friedman),
    "quade": Entry(ranked, quade, second.quade),
    "kruskal_wallis": Entry(ranked_groups, kruskal_wallis, second.kruskal_wallis),
    "jonckheere": Entry(ordered_groups, jonckheere, second.jonckheere),
    "aligned_ranks": Entry(crossed, aligned_ranks, second.aligned_ranks),
    "permutation_f": Entry(permuted, permutation_f, second.permutation_f),
}
