"""All pairwise comparisons of k means: p [..., k (k - 1) / 2] in, adjusted p out; logically related nulls."""

from __future__ import annotations

from functools import cache
from math import comb, isqrt

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray
from .values import ascending, probabilities, restored


def shaffer(p_values: ArrayLike) -> FloatArray:
    """Holm with the number of nulls that can still be true (Shaffer 1986, procedure S1, static); any dependence.

    Once i - 1 pairs differ, at most t_i of the other nulls hold together: t_i is the largest possible number of
    equal pairs that is at most m - i + 1. Adjusted p: running maximum of t_i p_(i). Raises ValueError where m is not
    k (k - 1) / 2: one pair left out of the family breaks the counting.
    """
    p, order = ascending(probabilities(p_values, "p_values"))
    m = p.shape[-1]
    k = (1 + isqrt(1 + 8 * m)) // 2
    if comb(k, 2) != m:
        raise ValueError(
            f"shaffer: {m} p-values are not all pairs of k means; give k (k - 1) / 2 of them, or use Holm."
        )
    possible = np.array(sorted(equal_pairs(k)))
    factor = possible[np.searchsorted(possible, np.arange(m, 0, -1), side="right") - 1]
    return restored(np.maximum.accumulate(factor * p, axis=-1), order)


@cache
def equal_pairs(k: int) -> frozenset[int]:
    """The possible numbers of equal pairs among k means: a group of j equal ones, and what the others allow."""
    if k <= 1:
        return frozenset({0})
    return frozenset(comb(j, 2) + rest for j in range(1, k + 1) for rest in equal_pairs(k - j))
