"""Events: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Call, Entry, columns, events, resampling, scored
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.barnard import barnard
from lnnstats.stats.procedures.binomial import exact_binomial
from lnnstats.stats.procedures.cochran_q import cochran_q
from lnnstats.stats.procedures.fisher import fisher
from lnnstats.stats.procedures.mcnemar import mcnemar
from lnnstats.stats.procedures.ordered_trend import ordered_trend
from lnnstats.stats.procedures.paired_risk_difference import paired_risk_difference
from lnnstats.stats.procedures.risk_difference import risk_difference
from lnnstats.stats.procedures.two_part import two_part
from lnnstats.stats.second_source import events as second
from lnnstats.stats.values import UnusableValues
from lnnstats.study.values import Hypothesis, Plan


def event_pair(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Which blocks had the event under treatment and under reference."""
    had = events(sample, hypothesis, plan)
    return Call((had[:, 0], had[:, 1]))


def event(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Which blocks had the event in the one cell, against the declared chance."""
    null = type(hypothesis.test).null if hypothesis.null_value is None else hypothesis.null_value
    return Call((events(sample, hypothesis, plan)[:, 0],), own={"null": null})


def event_trend(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Which runs had the event, with the levels' scores, in the measure that the hypothesis declares."""
    measure = next(iter(hypothesis.sesoi or hypothesis.bounds or {"odds_ratio": None}))
    return Call((events(sample, hypothesis, plan), scored(sample, hypothesis)), own={"measure": measure})


def event_levels(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Which runs had the event, [blocks, levels]."""
    own = {"method": hypothesis.test.method, **resampling(hypothesis, plan)}
    return Call((events(sample, hypothesis, plan),), own=own)


def event_groups(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """Which runs of either group had the event."""
    had, there = events(sample, hypothesis, plan), sample.present
    return Call((had[there[:, 0], 0], had[there[:, 1], 1]))


def both_parts(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """A pair of values with the resolution that parts the spike from the tail."""
    return _parted(sample, hypothesis, plan, hypothesis.test.part)


def tail_part(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """As `both_parts`, asking for the size above the resolution only."""
    return _parted(sample, hypothesis, plan, "size")


def _parted(sample: Sample, hypothesis: Hypothesis, plan: Plan, part: str) -> Call:
    limit = plan.responses[hypothesis.response].resolution
    if limit is None:
        raise UnusableValues(
            f"{hypothesis.response} has no resolution, and {hypothesis.test.kind} needs one: declare it"
        )
    return Call(columns(sample), {"resolution": limit, "part": part})


TABLE: Mapping[str, Entry] = {
    "ordered_trend": Entry(event_trend, ordered_trend, second.ordered_trend),
    "mcnemar": Entry(event_pair, mcnemar, second.mcnemar),
    "binomial": Entry(event, exact_binomial, second.exact_binomial),
    "cochran_q": Entry(event_levels, cochran_q, second.cochran_q),
    "fisher": Entry(event_groups, fisher, second.fisher),
    "barnard": Entry(event_groups, barnard, second.barnard),
    "risk_difference": Entry(event_groups, risk_difference, second.risk_difference),
    "paired_risk_difference": Entry(event_pair, paired_risk_difference, second.paired_risk_difference),
    "two_part": Entry(both_parts, two_part, second.two_part),
    "tail_ratio": Entry(tail_part, two_part, second.two_part),
}
