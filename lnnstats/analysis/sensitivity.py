"""The same question answered other ways: without its most telling blocks, with diverged runs at their bounds, by a
robust test.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lnnstats.analysis.failures import bounding
from lnnstats.analysis.procedures import call, evidence, scores
from lnnstats.analysis.question import answer
from lnnstats.analysis.select import Sample
from lnnstats.analysis.values import Sensitivity
from lnnstats.stats.contrasts import paired_differences
from lnnstats.stats.scales import named_scale
from lnnstats.stats.sign_flip import sign_flip
from lnnstats.stats.values import Degenerate, Evidence
from lnnstats.study.values import Hypothesis, Plan

MAX_BLOCKS_LEFT_OUT = 10_000  # beyond, one block cannot turn a verdict


def sensitivities(
    whole: Sample, entered: Sample, hypothesis: Hypothesis, plan: Plan, primary: Evidence
) -> tuple[Sensitivity, ...]:
    """Every alternative answer; `whole` has the diverged runs, `entered` is what the primary saw."""
    answers = [
        *_bounds(whole, hypothesis, plan),
        *_flipped(entered, hypothesis, plan, primary),
        *_left_out(entered, hypothesis, plan),
    ]
    return tuple(answers)


def _bounds(whole: Sample, hypothesis: Hypothesis, plan: Plan) -> Iterator[Sensitivity]:
    for name, sample in bounding(whole, hypothesis, plan).items():
        yield _answered(name, sample, hypothesis, plan)


def _left_out(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Iterator[Sensitivity]:
    """Without the block most in favour, and without the one most against."""
    if not plan.analysis.leave_one_out or not 2 < len(sample.blocks) <= MAX_BLOCKS_LEFT_OUT:
        return
    lean = _lean(sample, hypothesis, plan)
    for name, index in (
        ("without the block most in favour", lean.argmax()),
        ("without the block most against", lean.argmin()),
    ):
        yield _answered(name, sample.take(np.arange(len(lean)) != index), hypothesis, plan)


def _lean(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> NDArray[np.float64]:
    """How far each block speaks for the claim: its difference, or its slope on the scores, on the scale of the test,
    signed by the alternative.
    """
    asked = call(sample, hypothesis, plan)
    transform = named_scale(asked.shared.get("scale", "raw")).transform
    sign = 1.0 if hypothesis.upward else -1.0
    values = transform(np.asarray(asked.arrays[0], dtype=float))
    if hypothesis.test.contrast == "trend":
        s = scores(sample.levels, getattr(hypothesis.test, "scores", "rank"))
        ranked = np.where(np.isfinite(values), values, np.nanmax(values[np.isfinite(values)], initial=0.0) + 1)
        return sign * np.asarray(ranked @ (s - s.mean()))
    if hypothesis.test.contrast == "pair":
        with np.errstate(invalid="ignore"):  # two runs at infinity do not differ
            return sign * np.nan_to_num(values - transform(np.asarray(asked.arrays[1], dtype=float)), nan=0.0)
    return sign * values


def _flipped(sample: Sample, hypothesis: Hypothesis, plan: Plan, primary: Evidence) -> Iterator[Sensitivity]:
    """Beside a paired t the studentised sign-flip test of the same mean difference."""
    if hypothesis.test.kind not in ("paired_t", "tost"):
        return
    differences, _ = paired_differences(*call(sample, hypothesis, plan).arrays, scale=hypothesis.test.scale)
    reply = answer(hypothesis, sign_flip(differences, measure=primary.measure, seed=plan.seed))
    yield Sensitivity("sign-flip test", reply.decide(level(hypothesis, plan)), reply.p_support, reply.p_refute)


def level(hypothesis: Hypothesis, plan: Plan) -> float:
    """What the family leaves to one hypothesis at the start of the joint procedure: alternatives answer to the same."""
    members = sum(h.family == hypothesis.family and h.test.contrast != "curve" for h in plan.hypotheses)
    return plan.analysis.alpha / (members if plan.analysis.multiplicity == "holm" else 1)


def _answered(name: str, sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Sensitivity:
    try:
        reply = answer(hypothesis, evidence(sample, hypothesis, plan))
    except Degenerate:
        return Sensitivity(name, "untestable", 1.0, 1.0)
    return Sensitivity(name, reply.decide(level(hypothesis, plan)), reply.p_support, reply.p_refute)
