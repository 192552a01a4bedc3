"""What a hypothesis asks of a parameter: the two one-sided tests that would support and refute it (STATS rules of
verdict).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lnnstats.analysis.values import Decision
from lnnstats.stats.values import Evidence
from lnnstats.study.values import FLOORED, LOGGED, Hypothesis


@dataclass(frozen=True)
class Answer:
    """One-sided p for support and for refutation, and, of a bare direction, for "smaller than the smallest effect of
    interest".
    """

    p_support: float
    p_refute: float
    p_negligible: float = 1.0

    def decide(self, alpha: float) -> Decision:
        """The decision of one unadjusted question."""
        if self.p_support <= alpha:
            return "supported"
        return "refuted" if self.p_refute <= alpha else "inconclusive"


def answer(hypothesis: Hypothesis, evidence: Evidence) -> Answer:
    """The p-values of a hypothesis.

    direction: theta beyond null against theta short of it; relevance: at least the smallest effect beyond null, against
    less; equivalence: within the bounds (TOST) against beyond either (the smaller p doubled: the estimate may fall out
    on either side; an effect size that starts at 0 can only exceed the upper one).
    """
    if hypothesis.question == "equivalence":
        low, high = bounds(hypothesis)
        if evidence.measure in FLOORED and low <= 0:
            return Answer(evidence.p_below(high), evidence.p_above(high))
        inside = max(evidence.p_above(low), evidence.p_below(high))
        return Answer(inside, min(1.0, 2 * min(evidence.p_above(high), evidence.p_below(low))))
    line, margin = origin(hypothesis, evidence), smallest(hypothesis)
    sign = 1 if hypothesis.upward else -1
    threshold = line + sign * margin if hypothesis.question == "relevance" else line
    above, below = evidence.p_above(threshold), evidence.p_below(threshold)
    support, refute = (above, below) if hypothesis.upward else (below, above)
    if hypothesis.question == "relevance" or margin == 0:
        return Answer(support, refute)
    edge = line + sign * margin
    return Answer(support, refute, evidence.p_below(edge) if hypothesis.upward else evidence.p_above(edge))


def origin(hypothesis: Hypothesis, evidence: Evidence) -> float:
    """The null value on the scale of the test."""
    if hypothesis.null_value is None:
        return evidence.null
    return math.log(hypothesis.null_value) if evidence.measure in LOGGED else hypothesis.null_value


def smallest(hypothesis: Hypothesis) -> float:
    """The smallest effect of interest on the scale of the test; 0 where none is declared."""
    return sum(math.log(value) if measure in LOGGED else value for measure, value in (hypothesis.sesoi or {}).items())


def bounds(hypothesis: Hypothesis) -> tuple[float, float]:
    """Equivalence bounds on the scale of the test."""
    ((measure, (low, high)),) = (hypothesis.bounds or {}).items()
    return (math.log(low), math.log(high)) if measure in LOGGED else (low, high)
