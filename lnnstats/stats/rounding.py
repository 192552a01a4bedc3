"""Sizes of values: what their rounding may do to sums and ties, and whether they can be squared at all."""

from __future__ import annotations

import numpy as np

from .arrays import FloatArray
from .values import UnusableValues

ROUNDING = 1e-12  # computed numbers closer than this share of their size count as equal
ROUNDING_UNITS = 4.0
LARGEST = 1e75  # its fourth power, in a variance of variances or an epsilon, is a normal number


def magnitude(transformed: FloatArray, scale: str) -> float:
    """Largest absolute value; at least 1 on a log scale, where a relative rounding of x is an absolute one of log x."""
    largest = float(np.abs(transformed).max())
    return largest if scale == "raw" else max(1.0, largest)


def rounding_error(magnitude: float) -> float:
    """The spread that rounding alone may give differences of values as large as `magnitude`: four units of it."""
    return ROUNDING_UNITS * float(np.finfo(np.float64).eps) * magnitude


def require_squares(values: FloatArray, name: str, largest: float = LARGEST) -> None:
    """UnusableValues if the largest size of `values` lies beyond `largest`, or below its inverse without being zero."""
    size = float(np.abs(values).max(initial=0.0))
    if size and not 1 / largest < size < largest:
        raise UnusableValues(f"{name}: sizes up to {size:.3g} cannot be squared safely; measure in another unit.")
