"""Times followed to a common horizon: times in, min(T, horizon) out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, float_array
from ..values import UnusableValues


def restricted_times(times: ArrayLike, horizon: float, name: str) -> FloatArray:
    """min(T, horizon) of times [n] >= 0, +inf for never; ValueError for a horizon that is no finite time after 0."""
    if not 0 < horizon < math.inf:
        raise ValueError(f"horizon: {horizon!r} is no finite time after 0; give that up to which runs are followed.")
    at = float_array(times, name, 1)
    if negative := int((at < 0).sum()):
        raise UnusableValues(f"{name}: {negative} of {at.size} times are negative; times start at 0.")
    return np.minimum(at, horizon)
