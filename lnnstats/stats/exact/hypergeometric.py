"""Two independent proportions given both margins: a table in, exact tests of its log odds ratio out.

The count of the first group is noncentral hypergeometric, P(x) proportional to C(n1, x) C(n2, m - x) exp(theta x)
(Fisher 1935; Cornfield 1956 inverts its tails).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..arrays import FloatArray
from ..pivots.roots import increasing_root
from ..pivots.student import tail
from ..samples.two_proportions import TwoCounts
from .lattice import lower_limit, upper_limit


@dataclass(frozen=True, slots=True, eq=False)
class Hypergeometric:
    """`log_weights`: log of C(n1, x) C(n2, m - x) over the support; `observed` counts from its start."""

    log_weights: FloatArray
    observed: int

    @property
    def estimate(self) -> float:
        """Conditional maximum likelihood estimate of theta; infinite at the ends of the support."""
        if self.observed in (0, self.log_weights.size - 1):
            return math.copysign(math.inf, self.observed - 0.5)
        return increasing_root(self._mean, self.observed, 0.0, 1.0)

    @property
    def attainable(self) -> float:
        """The smaller chance of the two ends of the support at theta = 0."""
        return float(min(self._mass(0.0)[[0, -1]]))

    def p_above(self, theta: float) -> float:
        """P(X >= observed; theta)."""
        return min(1.0, float(self._mass(theta)[self.observed :].sum()))

    def p_below(self, theta: float) -> float:
        """P(X <= observed; theta)."""
        return min(1.0, float(self._mass(theta)[: self.observed + 1].sum()))

    def interval(self, level: float) -> tuple[float, float]:
        """The thetas at which each tail is (1 - level) / 2; infinite at the ends of the support."""
        a, last = tail(level), self.log_weights.size - 1
        low = lower_limit(self.p_above, a, 0.0, 1.0) if self.observed > 0 else -math.inf
        return low, upper_limit(self.p_below, a, 0.0, 1.0) if self.observed < last else math.inf

    def mid_p(self, theta: float) -> tuple[float, float]:
        """Both tails with half the chance of the observed count."""
        half = float(self._mass(theta)[self.observed]) / 2
        return self.p_above(theta) - half, self.p_below(theta) - half

    def mid_p_interval(self, level: float) -> tuple[float, float]:
        """The thetas at which each mid-p tail is (1 - level) / 2: shorter, its level only nearly kept."""
        a, last = tail(level), self.log_weights.size - 1
        low = lower_limit(lambda t: self.mid_p(t)[0], a, 0.0, 1.0) if self.observed > 0 else -math.inf
        return low, upper_limit(lambda t: self.mid_p(t)[1], a, 0.0, 1.0) if self.observed < last else math.inf

    def _mass(self, theta: float) -> FloatArray:
        logarithm = self.log_weights + theta * (np.arange(self.log_weights.size) - self.observed)
        return np.exp(logarithm - special.logsumexp(logarithm))

    def _mean(self, theta: float) -> float:
        return float(self._mass(theta) @ np.arange(self.log_weights.size))


def hypergeometric(counts: TwoCounts) -> Hypergeometric:
    """The conditional distribution of the treatment's count; its support has one point where a margin is empty."""
    total = counts.count_1 + counts.count_2
    start = max(0, total - counts.n_2)
    x = np.arange(start, min(counts.n_1, total) + 1)
    weights = _log_choose(counts.n_1, x) + _log_choose(counts.n_2, total - x)
    return Hypergeometric(weights, counts.count_1 - start)


def _log_choose(n: int, x: NDArray[np.int64]) -> FloatArray:
    """log C(n, x)."""
    return np.asarray(special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1))
