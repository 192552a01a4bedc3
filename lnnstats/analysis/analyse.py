"""Table + plan -> findings: every hypothesis in every stratum of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lnnstats.analysis.failures import enter
from lnnstats.analysis.finding import finding, untestable
from lnnstats.analysis.procedures import agreements, evidence
from lnnstats.analysis.resampled import Tested, jointly
from lnnstats.analysis.secondary import bayes_factors
from lnnstats.analysis.select import Sample, samples
from lnnstats.analysis.sensitivity import sensitivities
from lnnstats.analysis.values import Accounting, Finding, Reason
from lnnstats.results.query import Results
from lnnstats.stats.values import Degenerate, Evidence, UnusableValues
from lnnstats.study.axes import facing
from lnnstats.study.horizon import horizon
from lnnstats.study.values import Hypothesis, Plan


def analyse(results: Results, plan: Plan) -> tuple[Finding, ...]:
    """The findings of results (columns: the factors' paths, block, status, response, step, layer, value, observed)."""
    decided = ((h, facing(plan, h)) for h in plan.hypotheses if h.test.decides)
    tested = [_tested(sample, h, seen) for h, seen in decided for sample in samples(results, seen, h)]
    return tuple(jointly(tested, plan))


def _tested(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Tested:
    """What was found of a sample, on what evidence, of which blocks."""
    entered = _entered(sample, hypothesis, plan)
    if isinstance(entered, Reason):
        return _untestable(sample, hypothesis, entered), None, sample.blocks
    try:
        found = evidence(entered, hypothesis, plan)
    except Degenerate as refusal:
        return _untestable(sample, hypothesis, Reason(refusal.code, refusal.message)), None, sample.blocks
    except UnusableValues as refusal:
        return _untestable(sample, hypothesis, Reason("unusable_values", str(refusal))), None, sample.blocks
    return _finding(sample, entered, hypothesis, plan, found), found, entered.blocks


def _entered(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Sample | Reason:
    """The sample as the procedure takes it, or why it cannot."""
    if sample.missing:
        return Reason("absent_cell", f"no run at level {', '.join(map(str, sample.missing))}")
    if not sample.blocks.size:
        without = f" with a value ({sample.undefined} runs have none)" if sample.undefined else ""
        said = f"none of {sample.incomplete} blocks has every run that is compared{without}"
        return Reason("too_few_blocks", said)
    return enter(sample, hypothesis, plan)


def _finding(sample: Sample, entered: Sample, hypothesis: Hypothesis, plan: Plan, found: Evidence) -> Finding:
    """What the evidence says, with everything that stands beside it."""
    made = finding(found, hypothesis, plan, sample.stratum, _accounting(sample, hypothesis, found.n))
    return replace(
        made,
        checks=(*made.checks, *_said(sample, entered, hypothesis, plan)),
        effects=(*found.effects, *bayes_factors(found, hypothesis)),
        agreements=agreements(found, entered, hypothesis, plan),
        sensitivities=sensitivities(sample, entered, hypothesis, plan, found),
    )


def _said(sample: Sample, entered: Sample, hypothesis: Hypothesis, plan: Plan) -> tuple[str, ...]:
    """What is to be known of the runs behind a finding."""
    return (*_shared(entered, hypothesis), *_cut(sample, hypothesis, plan), *_undefined(sample, hypothesis))


def _shared(sample: Sample, hypothesis: Hypothesis) -> tuple[str, ...]:
    """Says how many blocks have runs in several of the groups that the procedure takes as independent."""
    several = int((sample.present.sum(axis=1) > 1).sum()) if hypothesis.test.blocks == "between" else 0
    if not several:
        return ()
    said = "have runs in several groups, which this test takes as independent; use one within blocks"
    return (f"independence: {several} blocks {said}.",)


def _cut(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> tuple[str, ...]:
    """Says how many finite times lie beyond the horizon, where they are cut."""
    limit = horizon(plan, hypothesis.response)
    late = 0 if limit is None else int((np.isfinite(sample.values) & (sample.values > limit)).sum())
    return (f"horizon: {late} times beyond {limit:,} count as not reached by it.",) if late else ()


def _undefined(sample: Sample, hypothesis: Hypothesis) -> tuple[str, ...]:
    """Says how many runs have no value, so that what they are compared in is left out."""
    said = "have no value though they did not diverge; blocks left without one count as incomplete"
    return (f"undefined: {sample.undefined} runs of {hypothesis.response} {said}.",) if sample.undefined else ()


def _untestable(sample: Sample, hypothesis: Hypothesis, reason: Reason) -> Finding:
    return untestable(hypothesis, sample.stratum, _accounting(sample, hypothesis, 0), reason)


def _accounting(sample: Sample, hypothesis: Hypothesis, analysed: int) -> Accounting:
    """Every run behind a finding; of independent groups each run is a block of its own."""
    censored, diverged = int((~sample.observed & sample.present).sum()), int(sample.diverged.sum())
    there = int(sample.present.sum()) if hypothesis.test.blocks == "between" else sample.blocks.size
    return Accounting(there + sample.incomplete, analysed, sample.incomplete, diverged, censored)
