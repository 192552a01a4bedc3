"""Two independent groups: their means, spreads and sizes in, one pivot on the difference of the means out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..pivots.student import Student
from ..rounding import magnitude, rounding_error
from ..scales import on_scale
from ..values import Degenerate, UnusableValues


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean, standard deviation (divisor n - 1) and number of blocks of one group, as a published table gives them."""

    mean: float
    sd: float
    n: int

    @property
    def pivot(self) -> Student:
        """The mean with its standard error on n - 1 degrees of freedom; the error may be zero."""
        return Student(self.mean, self.sd / math.sqrt(self.n), self.n - 1)


def stated(mean: float, sd: float, n: int, name: str) -> Summary:
    """A Summary from published numbers; UnusableValues where they cannot be a mean, an sd >= 0 and a count."""
    if not (math.isfinite(mean) and math.isfinite(sd) and sd >= 0 and n == int(n)):
        raise UnusableValues(
            f"{name}: mean {mean!r}, sd {sd!r}, n {n!r} are no summary; give a finite mean, an sd >= 0 and a count."
        )
    _enough(int(n), name)
    return Summary(float(mean), float(sd), int(n))


def two_samples(treatment: ArrayLike, reference: ArrayLike, scale: str) -> tuple[FloatArray, FloatArray]:
    """Both groups on `scale`, each of at least two blocks; the lengths may differ."""
    first, second = on_scale(treatment, scale, "treatment", 1), on_scale(reference, scale, "reference", 1)
    _enough(first.size, "treatment")
    _enough(second.size, "reference")
    return first, second


def rounding(first: FloatArray, second: FloatArray, scale: str) -> float:
    """The spread that rounding alone may give values of this size."""
    return rounding_error(magnitude(np.concatenate([first, second]), scale))


def summaries(first: FloatArray, second: FloatArray, scale: str) -> tuple[Summary, Summary]:
    """The summary of each group; a spread within the rounding of the values counts as none."""
    none, spreads = rounding(first, second, scale), (float(np.std(group, ddof=1)) for group in (first, second))
    sds = [sd if sd > none else 0.0 for sd in spreads]
    return Summary(float(first.mean()), sds[0], first.size), Summary(float(second.mean()), sds[1], second.size)


def difference(first: Student, second: Student) -> Student:
    """first - second of independent pivots, with Satterthwaite's degrees of freedom (Welch 1947).

    df = (e1² + e2²)² / (e1⁴ / df1 + e2⁴ / df2), e the standard errors. Degenerate if neither group varies.
    """
    error = math.hypot(first.error, second.error)
    if error == 0:
        raise Degenerate("zero_variance", "neither group varies beyond rounding; nothing to test.")
    shares = (first.error / error) ** 4 / first.df + (second.error / error) ** 4 / second.df
    return Student(first.estimate - second.estimate, error, 1.0 / shares)


def pooled(first: Summary, second: Summary) -> Student:
    """first - second with one common variance (Student), on n1 + n2 - 2 degrees of freedom."""
    spread = pooled_sd(first, second)
    if spread == 0:
        raise Degenerate("zero_variance", "neither group varies beyond rounding; nothing to test.")
    return Student(first.mean - second.mean, spread * math.sqrt(1 / first.n + 1 / second.n), first.n + second.n - 2)


def pooled_sd(first: Summary, second: Summary) -> float:
    """Root of the variance pooled over both groups."""
    squares = (first.n - 1) * first.sd**2 + (second.n - 1) * second.sd**2
    return math.sqrt(squares / (first.n + second.n - 2))


def _enough(n: int, name: str) -> None:
    if n < 2:
        raise Degenerate("too_few_blocks", f"{name}: {n} block; a group with a spread needs at least 2.")
