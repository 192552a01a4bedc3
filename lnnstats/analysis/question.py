"""What a hypothesis asks of a parameter: the two one-sided tests that would support and refute it (STATS rules of
verdict).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from lnnstats.analysis.values import Decision
from lnnstats.stats.values import Evidence
from lnnstats.study.values import FLOORED, LOGGED, Hypothesis

Side = Literal["above", "below"]
Null = tuple[Side, float]


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


@dataclass(frozen=True)
class Sides:
    """The one-sided nulls of a question, each a side and a threshold: "above" rejects theta <= threshold.

    All of `support` must be rejected to support it, one of `refute` refutes it; `negligible` is "smaller than the
    smallest effect of interest".
    """

    support: tuple[Null, ...]
    refute: tuple[Null, ...]
    negligible: tuple[Null, ...] = ()


def sides(hypothesis: Hypothesis, evidence: Evidence) -> Sides:
    """What has to be rejected to support or to refute a hypothesis.

    direction: theta beyond null against theta short of it; relevance: at least the smallest effect beyond null, against
    less; equivalence: within the bounds (TOST) against beyond either; a size, which starts at 0, can only exceed the
    upper one.
    """
    if hypothesis.question == "equivalence":
        low, high = bounds(hypothesis)
        if low <= 0 and (hypothesis.test.unsigned or evidence.measure in FLOORED):
            return Sides((("below", high),), (("above", high),))
        return Sides((("above", low), ("below", high)), (("above", high), ("below", low)))
    claimed: Side = "above" if hypothesis.upward else "below"
    contrary: Side = "below" if hypothesis.upward else "above"
    line, margin = origin(hypothesis, evidence), smallest(hypothesis)
    edge = line + margin if hypothesis.upward else line - margin
    if hypothesis.question == "relevance":
        return Sides(((claimed, edge),), ((contrary, edge),))
    return Sides(((claimed, line),), ((contrary, line),), ((contrary, edge),) if margin else ())


def answer(hypothesis: Hypothesis, evidence: Evidence) -> Answer:
    """The p-values of a hypothesis: to support it the largest of its tests, to refute it the smallest times their
    number (beyond bounds the estimate may fall out on either side).
    """
    asked = sides(hypothesis, evidence)
    refute = [_p(evidence, null) for null in asked.refute]
    return Answer(
        max(_p(evidence, null) for null in asked.support),
        min(1.0, len(refute) * min(refute)),
        max((_p(evidence, null) for null in asked.negligible), default=1.0),
    )


def _p(evidence: Evidence, null: Null) -> float:
    side, threshold = null
    return evidence.p_above(threshold) if side == "above" else evidence.p_below(threshold)


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
