"""An asymptotic pivot: an estimate with its standard error in, its two tests and their dual interval out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from .student import tail


@dataclass(frozen=True, slots=True)
class Pivot:
    """(estimate - theta) / error, Student's t on `df` degrees of freedom, or standard normal where df is infinite."""

    estimate: float
    error: float
    df: float = math.inf

    @property
    def statistic(self) -> float:
        """The pivot at theta = 0."""
        return self.estimate / self.error

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: theta <= threshold."""
        return lower_tail((threshold - self.estimate) / self.error, self.df)

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: theta >= threshold."""
        return lower_tail((self.estimate - threshold) / self.error, self.df)

    def interval(self, level: float) -> tuple[float, float]:
        """Two-sided limits at confidence `level`."""
        reach = upper_quantile(tail(level), self.df) * self.error
        return self.estimate - reach, self.estimate + reach


def lower_tail(x: float, df: float) -> float:
    """P(T <= x) for Student's t on `df`, normal where df is infinite."""
    return float(special.ndtr(x) if math.isinf(df) else special.stdtr(df, x))


def upper_quantile(probability: float, df: float) -> float:
    """The x with P(T > x) = `probability`."""
    return -float(special.ndtri(probability) if math.isinf(df) else special.stdtrit(df, probability))
