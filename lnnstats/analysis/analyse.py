"""Table + plan -> findings: every hypothesis in every stratum of it."""

from __future__ import annotations

import math

from lnnstats.analysis.failures import enter
from lnnstats.analysis.procedures import agreements, evidence
from lnnstats.analysis.question import answer
from lnnstats.analysis.resampled import Tested, jointly
from lnnstats.analysis.select import Sample, samples
from lnnstats.analysis.sensitivity import sensitivities
from lnnstats.analysis.values import Accounting, Finding, Interval, Reason
from lnnstats.results.query import Results
from lnnstats.stats.values import Degenerate, Evidence, UnusableValues
from lnnstats.study.values import Hypothesis, Plan

LEVEL = 0.95


def analyse(results: Results, plan: Plan) -> tuple[Finding, ...]:
    """The findings of results (columns: the factors' paths, block, status, response, step, layer, value, observed)."""
    decided = (h for h in plan.hypotheses if h.test.decides)
    tested = [_tested(sample, h, plan) for h in decided for sample in samples(results, plan, h)]
    return tuple(jointly(tested, plan))


def _tested(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Tested:
    """What was found of a sample, on what evidence, of which blocks."""
    entered = _entered(sample, hypothesis, plan)
    if isinstance(entered, Reason):
        return _untestable(sample, hypothesis, plan, entered), None, sample.blocks
    try:
        found = evidence(entered, hypothesis, plan)
    except Degenerate as refusal:
        return _untestable(sample, hypothesis, plan, Reason(refusal.code, refusal.message)), None, sample.blocks
    except UnusableValues as refusal:
        return _untestable(sample, hypothesis, plan, Reason("unusable_values", str(refusal))), None, sample.blocks
    return _finding(sample, entered, hypothesis, plan, found), found, entered.blocks


def _entered(sample: Sample, hypothesis: Hypothesis, plan: Plan) -> Sample | Reason:
    """The sample as the procedure takes it, or why it cannot."""
    if sample.missing:
        return Reason("absent_cell", f"no run at level {', '.join(map(str, sample.missing))}")
    if not sample.blocks.size:
        return Reason("too_few_blocks", f"none of {sample.incomplete} blocks has every run that is compared")
    return enter(sample, hypothesis, plan)


def _finding(sample: Sample, entered: Sample, hypothesis: Hypothesis, plan: Plan, found: Evidence) -> Finding:
    alpha, reply = plan.analysis.alpha, answer(hypothesis, found)
    return Finding(
        hypothesis=hypothesis.id,
        stratum=sample.stratum,
        procedure=found.procedure,
        accounting=_accounting(sample, found.n),
        p_support=reply.p_support,
        p_refute=reply.p_refute,
        p_negligible=reply.p_negligible,
        decision=reply.decide(alpha),
        estimand=found.estimand,
        measure=found.measure,
        estimate=_shown(found, found.estimate),
        dual=_interval(found, hypothesis, 1 - 2 * alpha),
        interval=_interval(found, hypothesis, LEVEL),
        null=_shown(found, found.null),
        statistic_name=found.statistic_name,
        statistic=found.statistic,
        df=found.df,
        numerator_df=found.numerator_df,
        standard_error=_error(found),
        attainable=found.attainable,
        effects=found.effects,
        agreements=agreements(found, entered, hypothesis, plan),
        sensitivities=sensitivities(sample, entered, hypothesis, plan, found),
        checks=found.checks,
    )


def _untestable(sample: Sample, hypothesis: Hypothesis, plan: Plan, reason: Reason) -> Finding:
    return Finding(
        hypothesis=hypothesis.id,
        stratum=sample.stratum,
        procedure=hypothesis.test.kind,
        accounting=_accounting(sample, 0),
        p_support=1.0,
        p_refute=1.0,
        p_negligible=1.0,
        decision="untestable",
        untestable=reason,
    )


def _accounting(sample: Sample, analysed: int) -> Accounting:
    censored = int((~sample.observed & sample.present).sum())
    asked, diverged = sample.blocks.size + sample.incomplete, int(sample.diverged.sum())
    return Accounting(asked, analysed, sample.incomplete, diverged, censored)


def _interval(found: Evidence, hypothesis: Hypothesis, level: float) -> Interval | None:
    """The interval dual to the test; none for a procedure that decides direction only (its effects have intervals of
    their own).
    """
    if not hypothesis.test.measures:
        return None
    low, high = found.interval(level)
    return Interval(level, _shown(found, low), _shown(found, high))


def _error(found: Evidence) -> float | None:
    """The standard error of the estimate on the scale shown: of exp(theta) by the delta method."""
    if found.standard_error is None or found.display != "exp":
        return found.standard_error
    return found.standard_error * _shown(found, found.estimate)


def _shown(found: Evidence, theta: float) -> float:
    """A value of theta on the scale shown."""
    if found.display != "exp":
        return float(theta)
    return math.exp(theta) if theta < 700 else math.inf
