"""Tests of a parameter within [-1, 1] by a decreasing, asymptotically normal statistic: z(threshold) in, tests out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scipy import special

from .roots import bracketed_root
from .student import tail

EDGE = 1e-12


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """`statistic(t)` is the standardised distance of `estimate`, a difference in risk, above the threshold t."""

    statistic: Callable[[float], float]
    estimate: float
    attainable: float = 0.0

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold; 0 below -1, where no difference can lie."""
        if abs(threshold) > 1:
            return float(threshold > 1)
        return float(special.ndtr(-self.statistic(threshold)))

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold; 0 above 1."""
        if abs(threshold) > 1:
            return float(threshold < -1)
        return float(special.ndtr(self.statistic(threshold)))

    def interval(self, level: float) -> tuple[float, float]:
        """The thresholds that neither test rejects at (1 - level) / 2."""
        z = float(-special.ndtri(tail(level)))
        return self._limit(z, -1.0), self._limit(-z, 1.0)

    def _limit(self, z: float, end: float) -> float:
        """The threshold between `end` and the estimate at which the statistic is z; the end where there is none."""
        near, far = self.estimate - EDGE * (self.estimate - end), end - EDGE * end
        if abs(self.estimate - end) <= 2 * EDGE or (self.statistic(far) - z) * (self.statistic(near) - z) > 0:
            return end
        return bracketed_root(lambda t: self.statistic(t) - z, *sorted((near, far)))
