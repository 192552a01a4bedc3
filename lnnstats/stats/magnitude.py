"""Refuse values whose squares leave the range of float64: an array in, nothing or an error out."""

from __future__ import annotations

import numpy as np

from .arrays import FloatArray
from .values import UnusableValues

LARGEST = 1e100


def require_squares(values: FloatArray, name: str) -> None:
    """UnusableValues if the largest size of `values` lies beyond 1e100, or below 1e-100 without being zero."""
    largest = float(np.abs(values).max(initial=0.0))
    if largest and not 1 / LARGEST < largest < LARGEST:
        raise UnusableValues(f"{name}: sizes up to {largest:.3g} cannot be squared safely; measure in another unit.")
