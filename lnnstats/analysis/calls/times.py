"""Times: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Arrays, Call, Entry, columns, resampling, scored, scores
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.aft import aft, paired_aft
from lnnstats.stats.procedures.aft_trend import aft_trend
from lnnstats.stats.procedures.cox import cox, stratified_cox
from lnnstats.stats.procedures.growth_law import growth_law
from lnnstats.stats.procedures.log_rank import log_rank, stratified_log_rank
from lnnstats.stats.procedures.median_time import median_time, median_time_groups
from lnnstats.stats.procedures.restricted_mean import restricted_mean, restricted_mean_groups
from lnnstats.stats.second_source import times as second
from lnnstats.stats.values import UnusableValues
from lnnstats.study.horizon import horizon
from lnnstats.study.values import Hypothesis, Plan


def followed_pair(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Times of treatment and reference within blocks, known up to the horizon."""
    return Call(columns(sample), {"horizon": _limit(hypothesis, plan)})


def censored_pair(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Times of treatment and reference within blocks, and which of them were observed."""
    _limit(hypothesis, plan)
    return Call((*columns(sample), sample.observed[:, 0], sample.observed[:, 1]))


def censored_groups(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Times of two independent groups, and which of them were observed."""
    _limit(hypothesis, plan)
    return Call((*sample.groups(), *_seen(sample)))


def restricted_groups(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """As `censored_groups`, with the time up to which means are taken: `until`, else the horizon."""
    limit, until = _limit(hypothesis, plan), hypothesis.test.until
    return Call((*sample.groups(), *_seen(sample)), {"horizon": limit if until is None else min(until, limit)})


def scaled_groups(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """As `censored_groups`, with the scale of the contrast."""
    return Call(censored_groups(sample, hypothesis, plan).arrays, {"scale": hypothesis.test.scale})


def modelled_pair(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """As `censored_pair`, with the distribution of the times."""
    return Call(censored_pair(sample, hypothesis, plan).arrays, {"distribution": hypothesis.test.distribution})


def modelled_groups(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """As `censored_groups`, with the distribution of the times."""
    return Call(censored_groups(sample, hypothesis, plan).arrays, {"distribution": hypothesis.test.distribution})


def censored_levels(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Times of all levels within blocks, and which of them were observed."""
    _limit(hypothesis, plan)
    return Call((sample.values, sample.observed))


def modelled_trend(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """As `censored_levels`, with the scores of the levels; where these are logs the slope is an exponent."""
    arrays = (*censored_levels(sample, hypothesis, plan).arrays, scored(sample, hypothesis))
    own = {"exponent": hypothesis.test.judged_in == ("exponent",)}
    return Call(arrays, {"distribution": hypothesis.test.distribution}, own)


def followed_levels(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Times of all levels within blocks, known up to the horizon, and the levels as numbers."""
    own = {"names": sample.levels, **resampling(hypothesis, plan)}
    return Call((sample.values, scores(sample.levels, "level")), {"horizon": _limit(hypothesis, plan)}, own)


def level_groups(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Times and which were observed, a pair of arrays for each independent group."""
    _limit(hypothesis, plan)
    return Call(tuple(zip(sample.groups(), _seen(sample), strict=True)))


def _limit(hypothesis: Hypothesis, plan: Plan) -> float:
    """The horizon of the response, which must be a time."""
    limit = horizon(plan, hypothesis.response)
    if limit is None:
        raise UnusableValues(f"{hypothesis.response} is no time: {hypothesis.test.kind} needs one with a horizon")
    return float(limit)


def _seen(sample: Sample) -> Arrays:
    """Which runs of each group were observed."""
    return tuple(sample.observed[sample.present[:, j], j] for j in range(sample.values.shape[1]))


TABLE: Mapping[str, Entry] = {
    "restricted_mean": Entry(followed_pair, restricted_mean, second.restricted_mean),
    "restricted_mean_groups": Entry(restricted_groups, restricted_mean_groups, second.restricted_mean_groups),
    "median_time": Entry(followed_pair, median_time, second.median_time),
    "median_time_groups": Entry(scaled_groups, median_time_groups, second.median_time_groups),
    "log_rank": Entry(level_groups, log_rank, second.log_rank),
    "stratified_log_rank": Entry(censored_levels, stratified_log_rank, second.stratified_log_rank),
    "cox": Entry(censored_groups, cox, second.cox),
    "stratified_cox": Entry(censored_pair, stratified_cox, second.stratified_cox),
    "aft": Entry(modelled_groups, aft, second.aft),
    "paired_aft": Entry(modelled_pair, paired_aft, second.aft),
    "aft_trend": Entry(modelled_trend, aft_trend, second.aft_trend),
    "growth_law": Entry(followed_levels, growth_law, second.growth_law),
}
