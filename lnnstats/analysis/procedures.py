"""Sample + hypothesis -> Evidence: each procedure of a study handed the arrays it takes, and its second source on the
same arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.select import Sample
from lnnstats.stats import second_source
from lnnstats.stats.procedures.binomial import exact_binomial
from lnnstats.stats.procedures.bootstrap_t import bootstrap_t
from lnnstats.stats.procedures.mcnemar import mcnemar
from lnnstats.stats.procedures.ordered_trend import ordered_trend
from lnnstats.stats.procedures.page import page
from lnnstats.stats.procedures.paired_t import paired_t
from lnnstats.stats.procedures.sign_test import sign_test
from lnnstats.stats.procedures.trend_slope import trend_slope
from lnnstats.stats.values import Agreement, Evidence, UnusableValues
from lnnstats.study.values import Hypothesis, Plan

Procedure = Callable[..., Evidence]
SecondSource = Callable[..., tuple[Agreement, ...]]


@dataclass(frozen=True, eq=False)
class Call:
    """The arrays a procedure takes, the options its second source shares, and those of its own."""

    arrays: tuple[NDArray[Any], ...]
    shared: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)


def evidence(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Evidence:
    """What the hypothesis's procedure says of a sample."""
    asked = call(sample, hypothesis, plan)
    return PROCEDURES[hypothesis.test.kind][0](*asked.arrays, **asked.shared, **asked.own)


def agreements(found: Evidence, sample: Sample, hypothesis: Hypothesis, plan: Plan) -> tuple[Agreement, ...]:
    """The second source's numbers beside ours, on the same arrays."""
    asked = call(sample, hypothesis, plan)
    return PROCEDURES[hypothesis.test.kind][1](found, *asked.arrays, **asked.shared)


def call(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    """How the hypothesis's procedure is called on a sample."""
    return CALLS[hypothesis.test.kind](sample, hypothesis, plan)


def scores(levels: tuple[Any, ...], how: str) -> NDArray[np.float64]:
    """Scores of ordered levels: the levels, their ranks 1 ...

    k, or log2 of the levels; levels that are no numbers score by rank.
    """
    numeric = all(isinstance(level, int | float) for level in levels)
    if how == "rank" or not numeric:
        return np.arange(1.0, len(levels) + 1)
    return np.log2(levels) if how == "log2" else np.asarray(levels, dtype=float)


def events(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> NDArray[np.bool_]:
    """Which runs had the event: beyond or below the resolution, or a time reached within the horizon.

    A diverged run stands on the worse side of the resolution. Raises UnusableValues for a run that has no value.
    """
    of = hypothesis.test.of
    if of == "reached":
        return sample.observed
    response = plan.responses[hypothesis.response]
    assert response.resolution is not None  # a study whose event needs one and has none does not load
    if undefined := int((np.isnan(sample.values) & ~sample.diverged).sum()):
        raise UnusableValues(f"{undefined} runs have no value of {hypothesis.response}, and an event needs one")
    above = np.where(sample.diverged, response.better == "lower", sample.values > response.resolution)
    return above if of == "above_resolution" else ~above


def _pair(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    return Call(_columns(sample), {"scale": hypothesis.test.scale})


def _resampled(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    own = {"resamples": hypothesis.test.resamples, "seed": plan.seed}
    return Call(_columns(sample), {"scale": hypothesis.test.scale}, own)


def _ranked_pair(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    return Call(_columns(sample), _resolution(hypothesis, plan))


def _event_pair(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    had = events(sample, hypothesis, plan)
    return Call((had[:, 0], had[:, 1]))


def _event(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    null = type(hypothesis.test).null if hypothesis.null_value is None else hypothesis.null_value
    return Call((events(sample, hypothesis, plan)[:, 0],), own={"null": null})


def _event_trend(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    measure = next(iter(hypothesis.sesoi or hypothesis.bounds or {"odds_ratio": None}))
    return Call((events(sample, hypothesis, plan), _scored(sample, hypothesis)), own={"measure": measure})


def _ranked_trend(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    return Call((sample.values,), _resolution(hypothesis, plan))


def _slope(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Call:
    return Call((sample.values, _scored(sample, hypothesis)), {"scale": hypothesis.test.scale})


def _columns(sample: Sample) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return sample.values[:, 0], sample.values[:, 1]


def _resolution(hypothesis: Hypothesis, plan: Plan) -> dict[str, float | None]:
    return {"resolution": plan.responses[hypothesis.response].resolution}


def _scored(sample: Sample, hypothesis: Hypothesis) -> NDArray[np.float64]:
    return scores(sample.levels, hypothesis.test.scores)


CALLS: Mapping[str, Callable[[Sample, Hypothesis, Plan], Call]] = {
    "ordered_trend": _event_trend,
    "page": _ranked_trend,
    "trend_slope": _slope,
    "paired_t": _pair,
    "tost": _pair,
    "bootstrap_t": _resampled,
    "sign_test": _ranked_pair,
    "mcnemar": _event_pair,
    "binomial": _event,
}
PROCEDURES: Mapping[str, tuple[Procedure, SecondSource]] = {
    "ordered_trend": (ordered_trend, second_source.ordered_trend),
    "page": (page, second_source.page),
    "trend_slope": (trend_slope, second_source.trend_slope),
    "paired_t": (paired_t, second_source.paired_t),
    "tost": (paired_t, second_source.paired_t),
    "bootstrap_t": (bootstrap_t, second_source.bootstrap_t),
    "sign_test": (sign_test, second_source.sign_test),
    "mcnemar": (mcnemar, second_source.mcnemar),
    "binomial": (exact_binomial, second_source.exact_binomial),
}
