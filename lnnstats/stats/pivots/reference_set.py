"""A test by a finite set of draws (bootstrap or sign flips): thresholds in, p-values and their dual interval out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..arrays import FloatArray
from ..rounding import ROUNDING
from .student import tail


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceSet:
    """B draws, each known by the threshold at which it becomes as extreme as the data; both arrays ascending.

    A draw counts against "theta > t" when its `lower` entry is <= t, against "theta < t" when its `upper` entry is
    >= t. The data themselves count once: p = (1 + count) / (B + 1) (Phipson & Smyth 2010).
    """

    lower: FloatArray
    upper: FloatArray

    @property
    def attainable(self) -> float:
        """1 / (B + 1)."""
        return 1.0 / (self.lower.size + 1)

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        return (1 + int(np.searchsorted(self.lower, threshold, side="right"))) * self.attainable

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        count = self.upper.size - int(np.searchsorted(self.upper, threshold, side="left"))
        return (1 + count) * self.attainable

    def interval(self, level: float) -> tuple[float, float]:
        """Limits (L, U) with L > t exactly when p_above(t) <= (1 - level) / 2; infinite if B is too small for it."""
        allowed = math.floor(tail(level) * (self.lower.size + 1) * (1 + ROUNDING))
        if allowed < 1:
            return -math.inf, math.inf
        return float(self.lower[allowed - 1]), float(self.upper[-allowed])


def reference_set(thresholds: FloatArray, slack: float = 0.0) -> ReferenceSet:
    """The set of draws with these thresholds [B], each widened by `slack`, the rounding of sums, so that ties count.

    A draw without a threshold (NaN: the data themselves, or neither spread nor shift) counts against both directions.
    """
    return bounded_set(thresholds, thresholds, slack)


def bounded_set(low: FloatArray, high: FloatArray, slack: float = 0.0) -> ReferenceSet:
    """As `reference_set`, of thresholds known to lie within [low, high] only, arrays [B]; NaN: not bounded there."""
    lower, upper = np.where(np.isnan(low), -np.inf, low - slack), np.where(np.isnan(high), np.inf, high + slack)
    return ReferenceSet(np.sort(lower), np.sort(upper))
