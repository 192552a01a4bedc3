"""Two levels within blocks: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Call, Entry, columns, pair, resampling, resolution
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.bootstrap_mean import bootstrap_mean
from lnnstats.stats.procedures.bootstrap_t import bootstrap_t
from lnnstats.stats.procedures.crossed_pair import crossed_pair
from lnnstats.stats.procedures.paired_quantile import paired_quantile
from lnnstats.stats.procedures.paired_t import paired_t
from lnnstats.stats.procedures.ratio_of_means import ratio_of_means
from lnnstats.stats.procedures.sign_flip import sign_flip
from lnnstats.stats.procedures.sign_test import sign_test
from lnnstats.stats.procedures.trimmed_t import trimmed_t
from lnnstats.stats.procedures.wilcoxon import wilcoxon
from lnnstats.stats.samples.contrasts import paired_differences
from lnnstats.stats.scales import named_scale
from lnnstats.stats.second_source import pairs as second
from lnnstats.study.horizon import horizon
from lnnstats.study.values import Hypothesis, Plan


def resampled(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair with resamples of its blocks."""
    return Call(columns(sample), {"scale": hypothesis.test.scale}, resampling(hypothesis, plan))


def ranked(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair of which only the order counts."""
    return Call(columns(sample), resolution(hypothesis, plan))


def flipped(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """The differences of a pair, whose signs are flipped."""
    scale = hypothesis.test.scale
    differences, _ = paired_differences(*columns(sample), scale=scale)
    return Call((differences,), own={"measure": named_scale(scale).measure, **resampling(hypothesis, plan)})


def trimmed(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair with the share trimmed."""
    return Call(columns(sample), {"scale": hypothesis.test.scale, "trim": hypothesis.test.trim})


def signed_ranks(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair whose differences are ranked, on the scale of the test."""
    return Call(columns(sample), {"scale": hypothesis.test.scale, **resolution(hypothesis, plan)})


def bootstrapped(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair with resamples of its blocks and the kind of limits."""
    own = {"method": hypothesis.test.method, **resampling(hypothesis, plan)}
    return Call(columns(sample), {"scale": hypothesis.test.scale}, own)


def unscaled(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair as measured."""
    return Call(columns(sample))


def quantiles(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair with the quantile to compare, and the horizon of a time."""
    test, limit = hypothesis.test, horizon(plan, hypothesis.response)
    shared = {"quantile": test.quantile, "scale": test.scale, "horizon": None if limit is None else float(limit)}
    return Call(columns(sample), shared, {"names": sample.levels, **resampling(hypothesis, plan)})


def crossed(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair by the draws of a random factor."""
    return Call((sample.cube(),), {"scale": hypothesis.test.scale})


TABLE: Mapping[str, Entry] = {
    "paired_t": Entry(pair, paired_t, second.paired_t),
    "tost": Entry(pair, paired_t, second.paired_t),
    "bootstrap_t": Entry(resampled, bootstrap_t, second.bootstrap_t),
    "sign_test": Entry(ranked, sign_test, second.sign_test),
    "sign_flip": Entry(flipped, sign_flip, second.sign_flip),
    "trimmed_t": Entry(trimmed, trimmed_t, second.trimmed_t),
    "wilcoxon": Entry(signed_ranks, wilcoxon, second.wilcoxon),
    "bootstrap_mean": Entry(bootstrapped, bootstrap_mean, second.bootstrap_mean),
    "ratio_of_means": Entry(unscaled, ratio_of_means, second.ratio_of_means),
    "paired_quantile": Entry(quantiles, paired_quantile, second.paired_quantile),
    "crossed_pair": Entry(crossed, crossed_pair, second.crossed_pair),
}
