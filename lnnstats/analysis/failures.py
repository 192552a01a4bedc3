"""How diverged and censored runs enter: as the outcome they are, declared beforehand, never dropped silently."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lnnstats.analysis.select import Sample
from lnnstats.analysis.values import Reason
from lnnstats.study.horizon import horizon
from lnnstats.study.values import Hypothesis, Plan

MAX_SHARE = 1 / 3  # of a compared level's runs diverged, beyond which a mean is not testable


def enter(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Sample | Reason:
    """The sample as the primary procedure takes it, or why it cannot."""
    if timed(hypothesis, plan):
        return restricted(sample, plan, hypothesis)
    if hypothesis.test.failures == "event" or not sample.diverged.any():
        return sample
    if hypothesis.test.failures == "rank":
        return filled(sample, worst(sample, hypothesis, plan, infinite=True))
    if plan.analysis.failures == "worst_rank":
        said = "a mean is not defined under `failures: worst_rank`; use a rank procedure"
        return Reason("means_of_diverged", f"{int(sample.diverged.sum())} compared runs diverged: {said}")
    if (share := (sample.diverged.sum(axis=0) / sample.present.sum(axis=0)).max()) > MAX_SHARE:
        return Reason(
            "diverged",
            f"{share:.0%} of the runs of a compared level diverged: a claim about means is not testable beyond a third",
        )
    if hypothesis.test.blocks == "within":
        return sample.take(~np.any(sample.diverged, axis=1))
    return sample.without(sample.diverged)


def bounding(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> dict[str, Sample]:
    """Where a mean left diverged runs out: the samples with every one of them at its best and at its worst finite
    value.
    """
    if hypothesis.test.failures != "mean" or timed(hypothesis, plan) or not sample.diverged.any():
        return {}
    return {
        "diverged at best": filled(sample, best(sample, hypothesis, plan)),
        "diverged at worst": filled(sample, worst(sample, hypothesis, plan, infinite=False)),
    }


def timed(hypothesis: Hypothesis, plan: Plan) -> bool:
    """Whether the response is a time within a horizon."""
    return horizon(plan, hypothesis.response) is not None


def restricted(sample: Sample, plan: Plan, hypothesis: Hypothesis) -> Sample | Reason:
    """min(T, horizon), and as `observed` whether the run arrived by then; a diverged run without a time never does.

    Known of every run that was followed to the horizon; a run lost before it leaves nothing to test.
    """
    limit = horizon(plan, hypothesis.response)
    assert limit is not None
    lost = int((~sample.observed & ~sample.diverged & (sample.values < limit)).sum())
    if lost and not hypothesis.test.censoring:
        return Reason("lost_early", f"{lost} compared runs were not followed to the horizon of {limit:,}")
    times = np.where(sample.diverged & np.isnan(sample.values), np.inf, sample.values)
    return replace(sample, values=np.minimum(times, limit), observed=sample.observed & (times <= limit))


def filled(sample: Sample, value: float) -> Sample:
    """The sample with every diverged run at a value."""
    return replace(sample, values=np.where(sample.diverged, value, sample.values))


def worst(sample: Sample, hypothesis: Hypothesis, plan: Plan, infinite: bool) -> float:
    """The worst value a run can have: infinite, or the worst finite one observed."""
    higher_is_worse = plan.responses[hypothesis.response].better == "lower"
    if infinite:
        return np.inf if higher_is_worse else -np.inf
    finite = sample.values[~sample.diverged & np.isfinite(sample.values)]
    return float(finite.max() if higher_is_worse else finite.min())


def best(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> float:
    """The best finite value observed."""
    finite = sample.values[~sample.diverged & np.isfinite(sample.values)]
    return float(finite.min() if plan.responses[hypothesis.response].better == "lower" else finite.max())
