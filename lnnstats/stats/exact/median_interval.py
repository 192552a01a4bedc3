"""The median of block values by counting: values in, exact one-sided tests at any threshold and their interval out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..arrays import FloatArray
from ..intervals import binomial_tail
from ..pivots.student import tail
from ..rounding import ROUNDING


@dataclass(frozen=True, slots=True, eq=False)
class MedianTest:
    """`ordered`: the n values ascending. P(value > median) <= 1/2 whatever the distribution, ties included."""

    ordered: FloatArray

    @property
    def estimate(self) -> float:
        """The sample median."""
        return float(np.median(self.ordered))

    def p_above(self, threshold: float) -> float:
        """P(Bin(n, 1/2) >= number of values above `threshold`): p of H0: median <= threshold."""
        n = self.ordered.size
        return binomial_tail(n - int(np.searchsorted(self.ordered, threshold, side="right")), n, 0.5)

    def p_below(self, threshold: float) -> float:
        """P(Bin(n, 1/2) >= number of values below `threshold`): p of H0: median >= threshold."""
        return binomial_tail(int(np.searchsorted(self.ordered, threshold, side="left")), self.ordered.size, 0.5)

    def interval(self, level: float) -> tuple[float, float]:
        """Order statistics: L > t exactly when p_above(t) <= (1 - level) / 2; infinite for too few values."""
        counts = np.arange(1, self.ordered.size + 1)
        tails = special.betainc(counts, self.ordered.size - counts + 1.0, 0.5)
        enough = np.flatnonzero(tails <= tail(level) * (1 + ROUNDING))
        if not enough.size:
            return -math.inf, math.inf
        needed = int(counts[enough[0]])
        return float(self.ordered[-needed]), float(self.ordered[needed - 1])
