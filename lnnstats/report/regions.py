"""Hypothesis + finding -> the null value and the region in which the claim would be right, on the scale shown."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lnnstats.analysis.values import Finding, Interval
from lnnstats.study.values import LOGGED, Hypothesis


@dataclass(frozen=True)
class Region:
    """`null`: where there is no effect; the claim is that the parameter lies within `low` to `high`."""

    null: float
    low: float
    high: float

    @property
    def lines(self) -> tuple[float, ...]:
        """The ends that an interval must clear; rounding may not cross them."""
        return tuple(end for end in (self.low, self.high) if math.isfinite(end))


def region(hypothesis: Hypothesis, finding: Finding) -> Region:
    """Beyond the null (direction), beyond it by the smallest effect (relevance), or within the bounds (equivalence)."""
    null = finding.null if hypothesis.null_value is None else hypothesis.null_value
    assert null is not None
    if hypothesis.question == "equivalence":
        ((low, high),) = (hypothesis.bounds or {}).values()
        return Region(null, low, high)
    edge = null if hypothesis.question == "direction" else smallest(hypothesis, null)
    return Region(null, edge, math.inf) if hypothesis.upward else Region(null, -math.inf, edge)


def smallest(hypothesis: Hypothesis, null: float) -> float:
    """The smallest effect of interest beyond the null, on the side of the claim; the null where none is declared."""
    for measure, size in (hypothesis.sesoi or {}).items():
        if measure in LOGGED:
            return null * size if hypothesis.upward else null / size
        return null + size if hypothesis.upward else null - size
    return null


@dataclass(frozen=True)
class Limits:
    """The limits that say how large: those that decide and wider ones, or, by another `method`, one pair for both."""

    thick: Interval
    thin: Interval
    method: str = ""


def limits(finding: Finding) -> Limits | None:
    """The dual and the 95 % interval; of a test of sign only, that of the effect which is its estimate, if any."""
    if finding.dual is not None and finding.interval is not None:
        return Limits(finding.dual, finding.interval)
    for effect in finding.effects:
        if effect.level and finding.estimate is not None and math.isclose(effect.estimate, finding.estimate):
            found = Interval(effect.level, effect.low, effect.high)
            return Limits(found, found, effect.method)
    return None
