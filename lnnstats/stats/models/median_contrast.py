"""Two survival curves in, tests of the difference of their medians without any density out (Su & Wei 1993).

A value m of a median is as far off as z(m)^2 = (log(-log S(m)) - log(log 2))^2 / variance; a difference theta is as far
off as the smallest z1(m + theta)^2 + z2(m)^2 over m. Curves are steps, so the smallest is one of finitely many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..arrays import FloatArray
from ..pivots.student import tail
from ..samples.survival_curve import SurvivalCurve

FARTHEST = 64.0  # 8 standard errors: a p of 6e-16, below which nothing is told apart
LOG_LOG_TWO = math.log(math.log(2.0))


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Where the median may lie: closed ranges of time [start, end], and how far off each of them is."""

    start: FloatArray
    end: FloatArray
    distance: FloatArray

    def nearest(self) -> Steps:
        """The ranges nearer than 8 standard errors, of a large sample a small part."""
        near = self.distance < FARTHEST
        return Steps(self.start[near], self.end[near], self.distance[near])


@dataclass(frozen=True, slots=True, eq=False)
class MedianContrast:
    """Ranges [low, high] of the difference of medians and how far off each is; at the estimate the distance is 0."""

    low: FloatArray
    high: FloatArray
    distance: FloatArray

    def root(self, threshold: float) -> float:
        """Signed distance at `threshold`: positive below the estimate, non-increasing."""
        below = self.distance[self.low <= threshold].min(initial=FARTHEST)
        above = self.distance[self.high >= threshold].min(initial=FARTHEST)
        return math.sqrt(below) - math.sqrt(above)

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        return float(special.ndtr(-self.root(threshold)))

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        return float(special.ndtr(self.root(threshold)))

    def interval(self, level: float) -> tuple[float, float]:
        """The hull of the ranges nearer than the quantile: L > t exactly when p_above(t) <= (1 - level) / 2."""
        near = self.distance < special.ndtri(tail(level)) ** 2
        return float(self.low[near].min()), float(self.high[near].max())


def median_contrast(first: Steps, second: Steps) -> MedianContrast:
    """All differences of a range of the first median and one of the second."""
    one, two = first.nearest(), second.nearest()
    distance = one.distance[:, None] + two.distance
    low, high = one.start[:, None] - two.end, one.end[:, None] - two.start
    return MedianContrast(low.ravel(), high.ravel(), distance.ravel())


def median_steps(curve: SurvivalCurve) -> Steps:
    """The ranges of one median: the steps of its curve, the time at which it falls through 1/2, and what lies beyond.

    Where survival is 0 its last distance is kept. Beyond the last time followed by a curve above 1/2 all is possible.
    """
    ends = np.append(curve.times, math.inf)[1:]
    starts, distance = curve.times, step_distances(curve)
    if math.isfinite(curve.median):
        beyond, edge = curve.median, curve.median
    else:
        beyond, edge = _last_followed(curve), math.inf
        ends = np.minimum(ends, beyond)
    return Steps(np.append(starts, beyond), np.append(ends, edge), np.append(distance, 0.0))


def step_distances(curve: SurvivalCurve) -> FloatArray:
    """z^2 of each step, by the delta method from Greenwood's sum."""
    positive = curve.survival > 0
    left = np.where(positive, curve.at_risk - curve.events, 1.0)
    greenwood = np.cumsum(curve.events / (curve.at_risk * left))[positive]
    logarithm = np.log(curve.survival[positive])
    distance = (logarithm * (np.log(-logarithm) - LOG_LOG_TWO)) ** 2 / greenwood
    kept = distance[-1:] if distance.size else np.zeros(1)
    return np.concatenate([distance, np.repeat(kept, int((~positive).sum()))])


def _last_followed(curve: SurvivalCurve) -> float:
    """The last finite time of a curve that stays above 1/2."""
    return curve.horizon_limit if math.isfinite(curve.horizon_limit) else float(curve.times.max(initial=0.0))
