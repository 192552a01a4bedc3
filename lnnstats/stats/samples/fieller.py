"""Ratio of two paired means: block values in, Fieller's tests of the log ratio and their dual interval out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..arrays import FloatArray
from ..effects import exponential
from ..pivots.student import tail


@dataclass(frozen=True, slots=True)
class Fieller:
    """Means a, b > 0 over n blocks, the variances and covariance of these means, df = n - 1; theta = log(a / b).

    At ratio r the paired t of A - r B is T(r) = (a - r b) / sqrt(q(r)), q(r) = aa - 2 r ab + r² bb (Fieller 1954). T
    falls at a / b but need not fall everywhere: its derivative has the sign of a linear function of r and so one
    zero at most. Each one-sided p is the largest over its null, the least or greatest T on that side, found among
    the ends r = 0 and infinity, the threshold and the zero.
    """

    a: float
    b: float
    aa: float
    ab: float
    bb: float
    df: int

    @property
    def estimate(self) -> float:
        """log(a / b)."""
        return math.log(self.a / self.b)

    @property
    def error(self) -> float:
        """Standard error of the log ratio by the delta method."""
        return math.sqrt(max(0.0, self._variance(self.a / self.b))) / self.a

    def statistic(self, ratio: float) -> float:
        """T at `ratio`; its limits at 0 and infinity are the t of each mean."""
        if math.isinf(ratio):
            return -self.b / math.sqrt(self.bb) if self.bb > 0 else -math.inf
        variance = self._variance(ratio)
        distance = self.a - ratio * self.b
        return distance / math.sqrt(variance) if variance > 0 else math.copysign(math.inf, distance)

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        ratio = exponential(threshold)
        return float(special.stdtr(self.df, -min(self.statistic(r) for r in (0.0, *self._turns(0.0, ratio), ratio))))

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        ratio = exponential(threshold)
        places = (ratio, *self._turns(ratio, math.inf), math.inf)
        return float(special.stdtr(self.df, max(self.statistic(r) for r in places)))

    def interval(self, level: float) -> tuple[float, float]:
        """Limits of the log ratio; infinite where the mean at that end is not surely positive at this level."""
        t = -float(special.stdtrit(self.df, tail(level)))
        low, high = self._roots(t)
        bounded_below, bounded_above = self.statistic(0.0) > t, self.statistic(math.inf) < -t
        return math.log(low) if bounded_below else -math.inf, math.log(high) if bounded_above else math.inf

    def _roots(self, t: float) -> tuple[float, float]:
        """The two r with T(r)² = t², the first the crossing of +t; without cancellation (Vieta)."""
        square, constant = self.b**2 - t * t * self.bb, self.a**2 - t * t * self.aa
        half = self.a * self.b - t * t * self.ab
        root = math.sqrt(max(0.0, half**2 - square * constant))
        if half >= 0:
            return _divided(constant, half + root), _divided(half + root, square)
        return _divided(half - root, square), _divided(constant, half - root)

    def _variance(self, ratio: float) -> float:
        return self.aa - 2 * ratio * self.ab + ratio * ratio * self.bb

    def _turns(self, low: float, high: float) -> tuple[float, ...]:
        """The ratio strictly between `low` and `high` at which T turns, if there is one."""
        slope = self.b * self.ab - self.a * self.bb
        turn = (self.b * self.aa - self.a * self.ab) / slope if slope else math.inf
        return (turn,) if low < turn < high else ()


def fieller(first: FloatArray, second: FloatArray) -> Fieller:
    """The means of both columns [n] with the covariance matrix of these means."""
    n = first.size
    (aa, ab), (_, bb) = np.cov(first, second) / n
    return Fieller(float(first.mean()), float(second.mean()), float(aa), float(ab), float(bb), n - 1)


def _divided(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else math.inf
