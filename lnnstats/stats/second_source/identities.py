"""The second source of algebraic claims: a reported result and its data in, the same numbers from elsewhere out."""

from __future__ import annotations

import statistics

import numpy as np
from numpy.typing import ArrayLike

from ..values import Agreement, Evidence
from .base import MOST_VALUES, agreement


def precision_ladder(evidence: Evidence, single: ArrayLike, double: ArrayLike) -> tuple[Agreement, ...]:
    """The median fall by the standard library; the upper limit of the share of violations by scipy."""
    from scipy import stats

    first, second = np.asarray(single, dtype=np.float64), np.asarray(double, dtype=np.float64)
    if first.size > MOST_VALUES or not (second > 0).all() or evidence.statistic is None:
        return ()
    fall = np.log2(statistics.median([a / b for a, b in zip(first.tolist(), second.tolist(), strict=True)]))
    limit = stats.binomtest(int(evidence.statistic), first.size).proportion_ci(0.95, method="exact").high
    return (
        agreement("statistics.median", "log2 of the median fall", evidence.estimate, fall),
        agreement("scipy binomtest", "upper 95% limit of P(violation)", evidence.effects[0].high, limit),
    )
