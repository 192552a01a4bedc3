"""Signed root of a likelihood ratio: a concave log likelihood of one parameter in, tests and dual interval out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy import special

from .roots import increasing_root
from .student import tail

LARGEST_EXPONENT = 700.0


@dataclass(frozen=True, slots=True)
class LikelihoodRoot:
    """r(t) = sign(estimate - t) sqrt(2 (largest - logarithm(t))), normal, or through Student's t of `events` events.

    In a normal regression of n values r^2 = n log(1 + t^2 / (n - 2)), t Student's statistic of a slope; with the number
    of events for n, t(r) on n - 2 df is exact there and corrects a likelihood with an estimated scale elsewhere.
    `estimate` may be infinite (a likelihood that rises for ever towards `largest`); `scale` is about the width of the
    likelihood, and `start` any point near its bulk.
    """

    logarithm: Callable[[float], float]
    estimate: float
    largest: float
    start: float
    scale: float
    events: float = math.inf

    @property
    def df(self) -> float:
        """Degrees of freedom of the pivot; infinite for the normal."""
        return self.events - 2.0

    def root(self, threshold: float) -> float:
        """The signed root at `threshold`, decreasing in it."""
        if threshold == self.estimate:
            return 0.0
        fall = max(0.0, self.largest - self.logarithm(threshold))
        return math.copysign(math.sqrt(2.0 * fall), self.estimate - threshold)

    def pivot(self, threshold: float) -> float:
        """The root, or Student's t of it."""
        r = self.root(threshold)
        if math.isinf(self.events):
            return r
        return math.copysign(math.sqrt(self.df * math.expm1(min(r * r / self.events, LARGEST_EXPONENT))), r)

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        return float(special.stdtr(self.df, -self.pivot(threshold)))

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        return float(special.stdtr(self.df, self.pivot(threshold)))

    def interval(self, level: float) -> tuple[float, float]:
        """The thresholds that neither test rejects at (1 - level) / 2; infinite on the side of an infinite estimate."""
        reach = -float(special.stdtrit(self.df, tail(level)))
        if math.isfinite(self.events):
            reach = math.sqrt(self.events * math.log1p(reach * reach / self.df))
        return self._limit(-reach, -math.inf), self._limit(reach, math.inf)

    def _limit(self, target: float, end: float) -> float:
        """The threshold at which -root is `target`; the `end` where the estimate lies there."""
        if self.estimate == end:
            return end
        return increasing_root(lambda t: -self.root(t), target, self.start, self.scale)
