"""Bayes factors of a t statistic: t, its degrees of freedom and sample size in; log Bayes factors out.

Under H1 the standardised effect delta has a Cauchy prior of scale r, under H0 it is zero; the variance has Jeffreys'
prior under both (Jeffreys-Zellner-Siow; Rouder, Speckman, Sun, Morey & Iverson 2009, Psychon. Bull. Rev. 16:225).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..arrays import FloatArray
from .log_integral import log_integral

MEDIUM = math.sqrt(2) / 2
WIDTHS = (0.5, MEDIUM, 1.0)
REACH = 40.0  # delta = r sinh(x), |x| <= 40, leaves 1e-17 of the prior outside
NODES, WEIGHTS = np.polynomial.legendre.leggauss(120)
DROP = 45.0


@dataclass(frozen=True, slots=True)
class ObservedT:
    """A t statistic with `df` degrees of freedom whose noncentrality is sqrt(size) delta.

    One sample or pairs: size = n, df = n - 1. Two samples: size = n1 n2 / (n1 + n2), df = n1 + n2 - 2.
    """

    t: float
    df: float
    size: float

    def log_bf10(self, r: float = MEDIUM) -> float:
        """log of BF10, delta anywhere against delta = 0."""
        return self.log_bf(-math.inf, math.inf, r)

    def log_bf(self, low: float, high: float, r: float = MEDIUM) -> float:
        """log Bayes factor of low < delta < high (the prior cut to that interval) against delta = 0.

        (0, inf) gives BF_+0: not BF10 halved or doubled, but BF10 times posterior over prior mass of delta > 0. With
        delta = r sinh(x) the Cauchy prior is sech(x) / pi, smooth wherever delta lies.
        """
        left, right = (math.asinh(max(-1e300, min(1e300, end)) / r) for end in (low, high))
        left, right = max(-REACH, left), min(REACH, right)

        def log_f(x: FloatArray) -> FloatArray:
            return self.log_ratio(r * np.sinh(x)) - np.logaddexp(x, -x) + math.log(2 / math.pi)

        return log_integral(log_f, left, right) - math.log(prior_mass(low, high, r))

    def log_bf_outside(self, low: float, high: float, r: float = MEDIUM) -> float:
        """log Bayes factor of delta outside [low, high] against delta within (an interval null)."""
        below, above = prior_mass(-math.inf, low, r), prior_mass(high, math.inf, r)
        left, right = self.log_bf(-math.inf, low, r), self.log_bf(high, math.inf, r)
        outside = float(np.logaddexp(left + math.log(below), right + math.log(above)))
        return outside - math.log(below + above) - self.log_bf(low, high, r)

    def log_ratio(self, delta: FloatArray) -> FloatArray:
        """log of the density of t at `delta` over that at 0.

        With q = sqrt(df + t^2), a = t sqrt(size) delta / q: -size delta^2 / 2 + log of the mean of exp(a u) over the
        density proportional to u^df exp(-u^2 / 2), u > 0 (the chi that t divides by, given t).
        """
        tilt = self.t * math.sqrt(self.size) / math.hypot(math.sqrt(self.df), self.t) * delta
        untilted = (self.df - 1) / 2 * math.log(2) + special.gammaln((self.df + 1) / 2)
        return log_tilted_chi(tilt, self.df) - untilted - self.size * delta**2 / 2


def log_tilted_chi(tilt: FloatArray, power: float) -> FloatArray:
    """log of the integral of u^power exp(-u^2 / 2 + tilt u) over u > 0, for each tilt; power >= 1.

    The integrand is log-concave. At mode m (m^2 = power + tilt m) and u = m (1 + y) its logarithm has dropped by
    power (y - log(1 + y)) + m^2 y^2 / 2; both parts bound where the drop reaches 45, and between these 120
    Gauss-Legendre nodes see a single smooth hump.
    """
    larger = (np.abs(tilt) + np.hypot(tilt, 2 * math.sqrt(power))) / 2
    mode = np.where(tilt >= 0, larger, power / larger)
    rate = DROP / power
    gauss = math.sqrt(2 * DROP) / mode
    right = np.minimum(gauss, rate + math.sqrt(rate**2 + 2 * rate))
    left = np.minimum(np.minimum(gauss, math.sqrt(2 * rate)), 1.0)
    y = -left[:, None] + (left + right)[:, None] * (NODES + 1) / 2
    drop = power * (y - np.log1p(y)) + (mode[:, None] * y) ** 2 / 2
    mass = (left + right) / 2 * (np.exp(-drop) @ WEIGHTS)
    return power * np.log(mode) - mode**2 / 2 + tilt * mode + np.log(mode * mass)


def prior_mass(low: float, high: float, r: float) -> float:
    """Cauchy(0, r) probability of (low, high), of the tails without cancellation."""
    if low >= 0:
        return (math.atan2(r, low) - math.atan2(r, high)) / math.pi if low > 0 else math.atan2(high, r) / math.pi
    if high <= 0:
        return prior_mass(-high, -low, r)
    return (math.atan2(high, r) - math.atan2(low, r)) / math.pi
