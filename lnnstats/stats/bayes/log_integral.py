"""Integrals of positive functions in logarithms: log f on the real line in, log of its integral over [a, b] out."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ..arrays import FloatArray

NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)
LOOKS = 4
POINTS = 401
NEGLIGIBLE = 45.0  # e^-45 = 3e-20 of the largest value, below the rounding of the sum


def log_integral(log_f: Callable[[FloatArray], FloatArray], low: float, high: float) -> float:
    """log of the integral of f over [low, high], f smooth with one hump; -inf for an empty interval.

    Each look at 401 points narrows the interval to where f is not negligible against its largest value seen; 200
    Gauss-Legendre nodes do the rest.
    """
    if low >= high:
        return -math.inf
    for _ in range(LOOKS):
        x = np.linspace(low, high, POINTS)
        values = log_f(x)
        matters = np.flatnonzero(values > values.max() - NEGLIGIBLE)
        low, high = float(x[max(0, matters[0] - 1)]), float(x[min(POINTS - 1, matters[-1] + 1)])
    half = (high - low) / 2
    values = log_f(low + half * (NODES + 1))
    largest = float(values.max())
    return largest + math.log(half * float(WEIGHTS @ np.exp(values - largest)))
