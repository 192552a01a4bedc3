"""Ratio of means: two positive values for each block in, Evidence on the log of the ratio of their means out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from ..effects import probability_of_order
from ..pivots.student import skewness_check, student
from ..samples.contrasts import paired_differences
from ..samples.fieller import Fieller, fieller
from ..values import Evidence, UnusableValues


def ratio_of_means(treatment: ArrayLike, reference: ArrayLike) -> Evidence:
    """theta = log(E[treatment] / E[reference]), both means positive; arrays [n], paired by block.

    The ratio r is tested by the paired t of treatment - r reference (Fieller 1954). Where a mean is not surely
    positive at the level asked, that limit is infinite (a ratio of 0 or infinity) and `checks` says so at 95%.
    UnusableValues if a mean is not positive; Degenerate for fewer than two blocks or one common ratio.
    """
    differences, magnitude = paired_differences(treatment, reference, scale="raw")
    first, second = np.asarray(treatment, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    tests = _tests(first, second, magnitude)
    return Evidence(
        procedure="ratio_of_means",
        estimand="log of the ratio of the mean values over blocks, treatment to reference",
        measure="ratio",
        estimate=tests.estimate,
        null=0.0,
        n=differences.size,
        statistic_name="t",
        statistic=tests.statistic(1.0),
        df=float(tests.df),
        tests=tests,
        attainable=0.0,
        display="exp",
        effects=(probability_of_order(first, second, "<"),),
        checks=skewness_check(first - np.exp(tests.estimate) * second, "residuals") + _unbounded(tests),
        standard_error=tests.error,
    )


def _tests(first: FloatArray, second: FloatArray, magnitude: float) -> Fieller:
    """Fieller's tests, once both means are known to be positive and the ratio to vary between blocks."""
    for values, name in ((first, "treatment"), (second, "reference")):
        if values.mean() <= 0:
            raise UnusableValues(
                f"{name}: the mean {values.mean():.6g} is not positive, so the ratio has no logarithm. Use paired_t "
                "on the scale 'raw' for the difference."
            )
    student(first - first.mean() / second.mean() * second, max(1.0, first.mean() / second.mean()) * magnitude)
    return fieller(first, second)


def _unbounded(tests: Fieller) -> tuple[str, ...]:
    """A warning where the 95% interval has an infinite end."""
    if np.isfinite(tests.interval(0.95)).all():
        return ()
    return ("unbounded: a mean is not surely positive, so the 95% interval of the ratio reaches 0 or infinity.",)
