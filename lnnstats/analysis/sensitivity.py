"""The same question answered other ways: without its most telling blocks, with diverged runs at their bounds, by a
robust test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.calls.values import events, scores
from lnnstats.analysis.failures import bounding, filled, timed, worst
from lnnstats.analysis.procedures import evidence
from lnnstats.analysis.question import Answer, answer
from lnnstats.analysis.select import Sample
from lnnstats.analysis.values import Sensitivity
from lnnstats.stats.procedures.page import page
from lnnstats.stats.procedures.sign_flip import sign_flip
from lnnstats.stats.procedures.sign_test import sign_test
from lnnstats.stats.scales import named_scale
from lnnstats.stats.values import Degenerate, Evidence, UnusableValues
from lnnstats.study.families import opening_level
from lnnstats.study.values import Hypothesis, Plan

MAX_BLOCKS_LEFT_OUT = 10_000  # beyond, one block cannot turn a verdict
SIGNED = ("pair", "trend", "one")  # contrasts whose alternative has a direction


def sensitivities(
    whole: Sample, entered: Sample, hypothesis: Hypothesis, plan: Plan, primary: Evidence
) -> tuple[Sensitivity, ...]:
    """Every alternative answer; `whole` has the diverged runs, `entered` is what the primary saw."""
    answers = [
        *_bounds(whole, hypothesis, plan),
        *_worst_ranks(whole, hypothesis, plan),
        *_flipped(hypothesis, plan, primary),
        *_left_out(entered, hypothesis, plan, primary),
    ]
    return tuple(answers)


def _bounds(whole: Sample, hypothesis: Hypothesis, plan: Plan) -> Iterator[Sensitivity]:
    for name, sample in bounding(whole, hypothesis, plan).items():
        yield _answered(name, sample, hypothesis, plan)


def _worst_ranks(whole: Sample, hypothesis: Hypothesis, plan: Plan) -> Iterator[Sensitivity]:
    """Where a mean left diverged runs out: the order of runs, the diverged last. It speaks of direction alone."""
    test = hypothesis.test
    ranked = RANKED.get(test.contrast) if test.blocks == "within" and test.failures == "mean" else None
    if ranked is None or not whole.diverged.any() or timed(hypothesis, plan) or hypothesis.question == "equivalence":
        return
    name, procedure = ranked
    values = filled(whole, worst(whole, hypothesis, plan, infinite=True)).values
    try:
        found = procedure(values)
    except (Degenerate, UnusableValues):
        return
    support, refute = found.p_above(found.null), found.p_below(found.null)
    support, refute = (support, refute) if hypothesis.upward else (refute, support)
    decision = Answer(support, refute).decide(opening_level(plan, hypothesis.family))
    yield Sensitivity(name, decision, support, refute, same_estimand=False)


RANKED: Mapping[str, tuple[str, Callable[[NDArray[np.float64]], Evidence]]] = {
    "pair": ("order of the runs, diverged ones last", lambda values: sign_test(values[:, 0], values[:, 1])),
    "trend": ("order of the levels, diverged runs last", page),
}


def _left_out(sample: Sample, hypothesis: Hypothesis, plan: Plan, primary: Evidence) -> Iterator[Sensitivity]:
    """Without the block most in favour, and without the one most against."""
    if not plan.analysis.leave_one_out or not 2 < len(sample.blocks) <= MAX_BLOCKS_LEFT_OUT:
        return
    lean = _lean(sample, hypothesis, plan, primary)
    for name, index in (
        ("without the block most in favour", lean.argmax()),
        ("without the block most against", lean.argmin()),
    ):
        yield _answered(name, sample.take(np.arange(len(lean)) != index), hypothesis, plan)


def _lean(sample: Sample, hypothesis: Hypothesis, plan: Plan, primary: Evidence) -> NDArray[np.float64]:
    """How far each block speaks for the claim: what it contributes to a mean over blocks; elsewhere its values against
    weights on the compared cells, each cell about its mean, on the scale of the test.

    The weights are +1 and -1 for a pair, centred scores for a trend, 1 for a cell alone (all signed by the
    alternative), and for the rest the cells' own deviations from their mean: the pattern that the claim rests on.
    """
    made = primary.contributions
    if made is not None and len(made) == len(sample.blocks):  # a size in the tail has only some of the blocks
        return made if hypothesis.upward else -made
    values = _finite(sample, hypothesis, plan)
    means = np.nanmean(values, axis=0)
    weights = _weights(sample, hypothesis, means)
    sign = 1.0 if hypothesis.upward or hypothesis.test.contrast not in SIGNED else -1.0
    return sign * np.asarray(np.nan_to_num(values - means) @ weights)


def _weights(sample: Sample, hypothesis: Hypothesis, means: NDArray[np.float64]) -> NDArray[np.float64]:
    match hypothesis.test.contrast:
        case "pair":
            return np.array([1.0, -1.0])
        case "trend":
            s = scores(sample.levels, getattr(hypothesis.test, "scores", "rank"))
            return s - s.mean()
        case "one":
            return np.ones(1)
        case _:
            return means - means.mean()


def _finite(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> NDArray[np.float64]:
    """The values on the scale of the test, in units of the largest; events as 0 and 1, infinite ones (ranked last, or
    the log of a zero that the resolution covers) just beyond the finite.
    """
    if hypothesis.test.failures == "event":
        return np.where(sample.present, events(sample, hypothesis, plan), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = named_scale(getattr(hypothesis.test, "scale", "raw")).transform(
            np.where(sample.present, sample.values, np.nan)
        )
    finite = values[np.isfinite(values)]
    unit = float(np.abs(finite).max(initial=0.0)) or 1.0
    low, high = float(finite.min(initial=0.0)) / unit - 1, float(finite.max(initial=0.0)) / unit + 1
    return np.clip(values / unit, low, high)


def _flipped(hypothesis: Hypothesis, plan: Plan, primary: Evidence) -> Iterator[Sensitivity]:
    """Beside a t test of a mean over blocks the sign-flip test of the same mean."""
    if primary.contributions is None or primary.df is None:
        return
    reply = answer(hypothesis, sign_flip(primary.contributions, measure=primary.measure, seed=plan.seed))
    decision = reply.decide(opening_level(plan, hypothesis.family))
    yield Sensitivity("sign-flip test", decision, reply.p_support, reply.p_refute)


def _answered(name: str, sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Sensitivity:
    try:
        reply = answer(hypothesis, evidence(sample, hypothesis, plan))
    except (Degenerate, UnusableValues):
        return Sensitivity(name, "untestable", 1.0, 1.0)
    return Sensitivity(name, reply.decide(opening_level(plan, hypothesis.family)), reply.p_support, reply.p_refute)
