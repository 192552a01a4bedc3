"""Intervals of proportions and of their differences: counts (or arrays of counts) in, (low, high) out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from .arrays import FloatArray
from .pivots.student import tail


def wilson(successes: ArrayLike, n: ArrayLike, level: float) -> tuple[FloatArray, FloatArray]:
    """Score interval of a proportion (Wilson 1927); half successes (ties) are allowed."""
    count, size = np.asarray(successes, dtype=np.float64), np.asarray(n, dtype=np.float64)
    z = -special.ndtri(tail(level))
    centre = (count + z * z / 2) / (size + z * z)
    reach = z / (size + z * z) * np.sqrt(count * (size - count) / size + z * z / 4)
    low = np.where(count == 0, 0.0, centre - reach)
    return low, np.where(count == size, 1.0, centre + reach)


def binomial_limit(count: ArrayLike, size: ArrayLike, probability: float) -> FloatArray:
    """The p at which P(Bin(size, p) >= count) = `probability`; zero where count = 0."""
    x, n = np.asarray(count, dtype=np.float64), np.asarray(size, dtype=np.float64)
    return np.where(x == 0, 0.0, special.betaincinv(np.maximum(x, 1.0), n - x + 1.0, probability))


def binomial_tail(count: float, size: float, probability: float) -> float:
    """P(Bin(size, probability) >= count); a probability beyond [0, 1] stands for the nearer end."""
    if count <= 0:
        return 1.0
    return float(special.betainc(count, size - count + 1.0, min(1.0, max(0.0, probability))))


def newcombe_paired(both: int, first: int, second: int, neither: int, level: float) -> tuple[float, float]:
    """Interval of the paired risk difference (first - second) / n: method 10 of Newcombe (1998), Stat. Med. 17:2635.

    Counts of blocks where both events happen, only the first, only the second, neither. Wilson intervals of the two
    margins, joined by squares with the continuity-corrected phi coefficient.
    """
    n = both + first + second + neither
    margins = np.array([both + first, both + second])
    shares, (low, high) = margins / n, wilson(margins, n, level)
    (down_1, down_2), (up_1, up_2) = shares - low, high - shares
    phi, difference = _corrected_phi(both, first, second, neither), (first - second) / n
    below = math.sqrt(max(0.0, down_1**2 - 2 * phi * down_1 * up_2 + up_2**2))
    above = math.sqrt(max(0.0, up_1**2 - 2 * phi * up_1 * down_2 + down_2**2))
    return max(-1.0, difference - below), min(1.0, difference + above)


def _corrected_phi(both: int, first: int, second: int, neither: int) -> float:
    """Phi coefficient with its positive numerator lowered by n / 2, not below zero (Newcombe's method 10)."""
    n = both + first + second + neither
    product = float((both + first) * (second + neither)) * float((both + second) * (first + neither))
    if product == 0:
        return 0.0
    numerator = float(both * neither - first * second)
    return (max(0.0, numerator - n / 2) if numerator > 0 else numerator) / math.sqrt(product)


def newcombe_independent(count_1: int, n_1: int, count_2: int, n_2: int, level: float) -> tuple[float, float]:
    """Interval of p1 - p2 of independent groups: Wilson limits joined by squares, method 10 of Newcombe (1998),
    Stat. Med. 17:873.
    """
    counts, sizes = np.array([count_1, count_2]), np.array([n_1, n_2])
    (share_1, share_2), (low, high) = counts / sizes, wilson(counts, sizes, level)
    difference = float(share_1 - share_2)
    below = math.hypot(float(share_1 - low[0]), float(high[1] - share_2))
    above = math.hypot(float(high[0] - share_1), float(share_2 - low[1]))
    return max(-1.0, difference - below), min(1.0, difference + above)
