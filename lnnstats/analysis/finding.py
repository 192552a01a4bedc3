"""Evidence + hypothesis -> a finding: what the evidence says, on the scale shown; or why nothing could be tested."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lnnstats.analysis.question import Answer, answer
from lnnstats.analysis.values import Accounting, Finding, Interval, Reason
from lnnstats.stats.values import Evidence
from lnnstats.study.values import Hypothesis, Plan, Scalar

LEVEL = 0.95
NORMAL_99 = 2.5758  # half of a 99 % interval in standard errors


def finding(
    found: Evidence, hypothesis: Hypothesis, plan: Plan, stratum: Mapping[str, Scalar], accounting: Accounting
) -> Finding:
    """The finding of one hypothesis in one stratum, before anything stands beside it."""
    alpha, reply = plan.analysis.alpha, answer(hypothesis, found)
    return Finding(
        hypothesis=hypothesis.id,
        stratum=stratum,
        procedure=found.procedure,
        accounting=accounting,
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
        checks=(*found.checks, *_drawn(found, hypothesis, reply, alpha)),
    )


def untestable(
    hypothesis: Hypothesis, stratum: Mapping[str, Scalar], accounting: Accounting, reason: Reason
) -> Finding:
    """The finding of a hypothesis that nothing could be tested of."""
    return Finding(
        hypothesis=hypothesis.id,
        stratum=stratum,
        procedure=hypothesis.test.kind,
        accounting=accounting,
        p_support=1.0,
        p_refute=1.0,
        p_negligible=1.0,
        decision="untestable",
        untestable=reason,
    )


def _drawn(found: Evidence, hypothesis: Hypothesis, reply: Answer, alpha: float) -> tuple[str, ...]:
    """The Monte-Carlo error of a p from random resamples, and whether its 99 % interval straddles alpha."""
    m = getattr(hypothesis.test, "resamples", None)
    told = any("Monte-Carlo error" in check for check in found.checks)
    if m is None or told or not math.isclose(found.attainable, 1 / (m + 1)):
        return ()
    p = min(reply.p_support, reply.p_refute)
    error = math.sqrt(p * (1 - p) / m)
    near = "; more could turn the decision: raise `resamples`" if abs(p - alpha) < NORMAL_99 * error else ""
    return (f"approximation: p = {p:.3g} from {m:,} random resamples, with Monte-Carlo error {error:.2g}{near}.",)


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
