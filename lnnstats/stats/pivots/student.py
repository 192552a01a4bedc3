"""One-sample Student t: block values in, a frozen pivot with its two tests and their dual interval out."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy import special

from ..arrays import FloatArray
from ..rounding import rounding_error
from ..values import Degenerate

SKEWNESS_WARNING = 1.0


@dataclass(frozen=True, slots=True)
class Student:
    """An estimate of a mean (or of a difference of means), its standard error, and the degrees of freedom of that.

    For the mean of n block values df = n - 1, and `values` are these; for two groups df may be no integer, and it is
    infinite, the normal law, where the error is known or its law is one for large samples (Wald).
    """

    estimate: float
    error: float
    df: float = math.inf
    values: FloatArray | None = field(default=None, compare=False, repr=False)

    @property
    def statistic(self) -> float:
        """t at the null value zero."""
        return self.estimate / self.error

    def p_above(self, threshold: float) -> float:
        """One-sided p of H0: mean <= threshold."""
        return float(special.stdtr(self.df, (threshold - self.estimate) / self.error))

    def p_below(self, threshold: float) -> float:
        """One-sided p of H0: mean >= threshold."""
        return float(special.stdtr(self.df, (self.estimate - threshold) / self.error))

    def interval(self, level: float) -> tuple[float, float]:
        """Two-sided limits at confidence `level`."""
        reach = -float(special.stdtrit(self.df, tail(level))) * self.error
        return self.estimate - reach, self.estimate + reach


def tail(level: float) -> float:
    """The probability (1 - level) / 2 left in each tail of a two-sided interval."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level: {level!r} is not a confidence level; give a number between 0 and 1.")
    return (1.0 - level) / 2.0


def student(values: FloatArray, magnitude: float) -> Student:
    """The pivot of `values` [n]; Degenerate if n < 2 or if they do not vary beyond the rounding of `magnitude`."""
    n = values.size
    if n < 2:
        raise Degenerate("too_few_blocks", f"{n} block; a mean with an error needs at least 2.")
    variance = float(np.var(values, ddof=1))
    if variance <= rounding_error(magnitude) ** 2:
        raise Degenerate(
            "zero_variance", f"all {n} blocks give the same value ({values[0]:.6g}) up to rounding; nothing to test."
        )
    return Student(float(values.mean()), math.sqrt(variance / n), n - 1, values)


def skewness(values: FloatArray) -> float:
    """Sample skewness m3 / m2^1.5 (moments about the mean, divisor n)."""
    centred = (values - values.mean()) / values.std()
    return float(np.mean(centred**3))


def skewness_check(values: FloatArray, what: str) -> tuple[str, ...]:
    """A warning if the skewness of `values` lies beyond 1 in size, where a t interval misses on one side."""
    found = skewness(values)
    if abs(found) <= SKEWNESS_WARNING:
        return ()
    return (f"skewness: the {what} have skewness {found:.2f}, beyond 1 in size; a t interval errs on one side.",)
