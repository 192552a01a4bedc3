"""Bayes factors of a correlation: Pearson's r and the number of pairs in; log Bayes factors out.

Under H1 the correlation rho has a stretched beta prior with both parameters 1 / kappa (kappa = 1: uniform), under H0 it
is zero (Jeffreys 1961; Ly, Verhagen & Wagenmakers 2016, J. Math. Psychol. 72:19).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..arrays import FloatArray
from .log_integral import log_integral

UNIFORM = 1.0
WIDTHS = (1 / 3, UNIFORM / 2, UNIFORM)
REACH = 300.0


@dataclass(frozen=True, slots=True)
class ObservedCorrelation:
    """Pearson's r, |r| < 1, of n >= 3 pairs."""

    r: float
    n: int

    def __post_init__(self) -> None:
        """Refuse what has no Bayes factor."""
        if not (abs(self.r) < 1 and self.n >= 3):
            raise ValueError(f"r = {self.r!r}, n = {self.n!r}: give r between -1 and 1, of at least 3 pairs.")

    def log_bf10(self, kappa: float = UNIFORM) -> float:
        """log of BF10, rho anywhere against rho = 0."""
        return self.log_bf(-1.0, 1.0, kappa)

    def log_bf(self, low: float, high: float, kappa: float = UNIFORM) -> float:
        """log Bayes factor of low < rho < high (the prior cut to that interval) against rho = 0; (0, 1) gives BF_+0."""
        left, right = (math.copysign(REACH, end) if abs(end) >= 1 else math.atanh(end) for end in (low, high))
        mass = np.diff(special.betainc(1 / kappa, 1 / kappa, [(1 + low) / 2, (1 + high) / 2]))[0]
        return log_integral(lambda x: self._log_f(x, 1 / kappa), left, right) - math.log(mass)

    def _log_f(self, x: FloatArray, shape: float) -> FloatArray:
        """log of prior times density of r at rho = tanh(x), over the density at 0.

        The density of r is proportional to (1 - rho^2)^((n-1)/2) (1 - rho r)^(3/2-n) F(1/2, 1/2; n - 1/2; z), F the
        hypergeometric function, z = (1 + rho r) / 2 (Hotelling 1953, J. R. Stat. Soc. B 15:193).
        """
        log_cosh = np.logaddexp(x, -x) - math.log(2)
        log_gap = np.logaddexp(math.log1p(-self.r) + x, math.log1p(self.r) - x) - math.log(2) - log_cosh
        series = special.hyp2f1(0.5, 0.5, self.n - 0.5, np.array([(1 + np.tanh(x) * self.r) / 2, np.full_like(x, 0.5)]))
        prior = -2 * shape * log_cosh - (2 * shape - 1) * math.log(2) - special.betaln(shape, shape)
        return prior - (self.n - 1) * log_cosh + (1.5 - self.n) * log_gap + np.log(series[0] / series[1])
