"""Two groups by order alone: values in, how often a value of one exceeds those of the other out."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from ..arrays import FloatArray
from ..pivots.student import tail
from ..rounding import ROUNDING
from ..values import EFFECT_LEVEL, Effect
from .mid_ranks import mid_ranks

SEPARATED = "exact bound at complete separation"


def placements(first: FloatArray, second: FloatArray) -> FloatArray:
    """For each value of `first` the share of `second` below it, ties counted half; infinities are ranked as values."""
    together = mid_ranks(np.concatenate([first, second]))[: first.size]
    return (together - mid_ranks(first)) / second.size


def separation_bound(probability: float, n: int, m: int) -> float:
    """The p with p^min(n, m) = `probability`: the lower limit of P(A > B) when every A exceeds every B.

    Pair each block of the smaller group with a block of the other: min(n, m) independent pairs, all won, which has
    probability at most p^min(n, m). The bound is sharp: it is reached where the larger group does not vary.
    """
    return probability ** (1.0 / min(n, m))


def order_effects(first: FloatArray, second: FloatArray) -> tuple[Effect, Effect]:
    """Cliff's delta = P(A > B) - P(A < B) and A12 = (delta + 1) / 2 (Vargha & Delaney 2000), with one interval."""
    delta, low, high, method = cliffs_delta(first, second, EFFECT_LEVEL)
    return (
        Effect("Cliff's delta", delta, low, high, EFFECT_LEVEL, method),
        Effect("A12", (delta + 1) / 2, (low + 1) / 2, (high + 1) / 2, EFFECT_LEVEL, method),
    )


def cliffs_delta(first: FloatArray, second: FloatArray, level: float) -> tuple[float, float, float, str]:
    """Cliff's delta, its asymmetric limits (Feng & Cliff 2004) and the name of the method.

    (d - d³ ± z s sqrt((1 - d²)² + z² s²)) / (1 - d² + z² s²), s² the unbiased variance of `_delta_variance`. At
    |d| = 1, where s is zero, the limit is the exact `separation_bound`.
    """
    n, m = first.size, second.size
    rows = 2 * placements(first, second) - 1
    delta = float(rows.mean())
    if math.isclose(abs(delta), 1.0, rel_tol=0.0, abs_tol=ROUNDING):
        bound = 2 * separation_bound(tail(level), n, m) - 1
        return (1.0, bound, 1.0, SEPARATED) if delta > 0 else (-1.0, -1.0, -bound, SEPARATED)
    scaled = float(special.ndtri(tail(level))) ** 2 * _delta_variance(rows, first, second)
    centre, width = delta * (1 - delta**2), math.sqrt(scaled * ((1 - delta**2) ** 2 + scaled))
    scale = 1 - delta**2 + scaled
    return delta, (centre - width) / scale, (centre + width) / scale, "Feng & Cliff, asymmetric"


def _delta_variance(rows: FloatArray, first: FloatArray, second: FloatArray) -> float:
    """Unbiased variance of delta (Cliff 1993), not below (1 - delta²) / (nm - 1), its value for unrelated pairs."""
    n, m, delta = first.size, second.size, float(rows.mean())
    columns = 1 - 2 * placements(second, first)
    unequal = n * m - _tied_pairs(first, second)
    within = m**2 * ((rows - delta) ** 2).sum() + n**2 * ((columns - delta) ** 2).sum()
    unbiased = (within - (unequal - n * m * delta**2)) / (n * m * (n - 1) * (m - 1))
    return max(float(unbiased), (1 - delta**2) / (n * m - 1))


def _tied_pairs(first: FloatArray, second: FloatArray) -> int:
    """Pairs of one block from each group that tie."""
    _, place = np.unique(np.concatenate([first, second]), return_inverse=True)
    here, there = (np.bincount(part, minlength=place.max() + 1) for part in (place[: first.size], place[first.size :]))
    return int(here @ there)
