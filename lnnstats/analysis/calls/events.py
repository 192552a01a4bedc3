"""Events: from a sample to the arrays of each procedure."""

from __future__ import annotations

from collections.abc import Mapping

from lnnstats.analysis.calls.values import Call, Entry, events, scored
from lnnstats.analysis.select import Sample
from lnnstats.stats.procedures.binomial import exact_binomial
from lnnstats.stats.procedures.mcnemar import mcnemar
from lnnstats.stats.procedures.ordered_trend import ordered_trend
from lnnstats.stats.second_source import events as second
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


TABLE: Mapping[str, Entry] = {
    "ordered_trend": Entry(event_trend, ordered_trend, second.ordered_trend),
    "mcnemar": Entry(event_pair, mcnemar, second.mcnemar),
    "binomial": Entry(event, exact_binomial, second.exact_binomial),
}
