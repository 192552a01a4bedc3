"""Sums of independent integers under exponential tilting: weights of the parts in, cumulants and exact tails out.

A LatticeSum is Y = sum of y_i with P(y_i = y) proportional to w_i(y) exp(beta y), y = 0, 1, ...; at beta = 0 it is a
permutation distribution, at other beta the conditional distribution of a logistic trend.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import fft, special

from ..arrays import FloatArray
from ..pivots.roots import increasing_root

LARGEST_SUPPORT = 60_000
NEAR_MEAN = 1e-5
NEAR_SADDLE = 0.5
QUADRATURE_NODES = 12
Tail = Callable[[float], float]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """`copies` equal summands with weights w(0..width); the first and the last weight are positive."""

    weights: FloatArray
    copies: int

    @property
    def width(self) -> int:
        """The largest value of one summand."""
        return self.weights.size - 1

    def tilted(self, beta: float) -> tuple[FloatArray, float]:
        """The probabilities at `beta`, and the log of the sum of w(y) exp(beta y)."""
        with np.errstate(divide="ignore"):
            logarithm = np.log(self.weights) + beta * np.arange(self.weights.size)
        top = float(logarithm.max())
        mass = np.exp(logarithm - top)
        return mass / mass.sum(), top + math.log(mass.sum())


@dataclass(frozen=True, slots=True, eq=False)
class LatticeSum:
    """The sum over all copies of all parts; its support runs from 0 to `maximum`."""

    parts: tuple[Part, ...]

    @property
    def maximum(self) -> int:
        """The largest possible sum."""
        return sum(part.copies * part.width for part in self.parts)

    def reflected(self) -> LatticeSum:
        """The distribution of maximum - Y, at -beta."""
        return LatticeSum(tuple(Part(part.weights[::-1], part.copies) for part in self.parts))

    def cumulants(self, beta: float) -> tuple[float, float, float, float]:
        """log of the generating sum at `beta`, and the mean, variance and third cumulant there."""
        total = np.zeros(4)
        for part in self.parts:
            mass, logarithm = part.tilted(beta)
            y = np.arange(mass.size)
            mean = float(mass @ y)
            total += part.copies * np.array([logarithm, mean, mass @ (y - mean) ** 2, mass @ (y - mean) ** 3])
        return float(total[0]), float(total[1]), float(total[2]), float(total[3])

    def tilt(self, mean: float) -> float:
        """The beta at which E[Y] = `mean`; -inf or inf at the ends of the support."""
        if mean <= 0 or mean >= self.maximum:
            return math.copysign(math.inf, mean - self.maximum / 2)
        step = 1.0 / math.sqrt(self.cumulants(0.0)[2])
        return increasing_root(lambda beta: self.cumulants(beta)[1], mean, 0.0, step)

    def log_probability_of_maximum(self) -> float:
        """log P(Y = maximum) at beta = 0."""
        return sum(part.copies * math.log(part.weights[-1] / part.weights.sum()) for part in self.parts)

    def probabilities(self, beta: float) -> FloatArray:
        """P(Y = 0..maximum) at `beta`, through the product of the parts' Fourier transforms.

        The error of each mass is some 1e-16 of the largest one: exact where Y is typical at this beta, noise beyond.
        """
        size = fft.next_fast_len(self.maximum + 1, real=True)
        product = np.ones(size // 2 + 1, dtype=complex)
        for part in self.parts:
            product *= fft.rfft(part.tilted(beta)[0], size) ** part.copies
        return np.maximum(fft.irfft(product, size)[: self.maximum + 1], 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class ExactTails:
    """Tails from the distribution at the tilt `centre`, where the observed value is typical and its masses are exact.

    At beta <= centre the masses above the observed value only shrink, exp((beta - centre) (y - observed)) <= 1, so that
    the upper tail is summed to full relative precision however small it is: P(Y >= y0; beta) = exp(K(centre) - K(beta)
    + (beta - centre) y0) sum_{y >= y0} p(y; centre) exp((beta - centre) (y - y0)), K the log of the generating sum.
    Beyond the centre it is one minus the lower tail, which is exact there.
    """

    total: LatticeSum
    mass: FloatArray
    centre: float
    observed: int

    def upper(self, beta: float) -> float:
        """P(Y >= observed; beta)."""
        if beta <= self.centre:
            return self._sum(slice(self.observed, None), beta)
        return max(0.0, 1.0 - self._sum(slice(None, self.observed), beta))

    def lower(self, beta: float) -> float:
        """P(Y <= observed; beta)."""
        if beta >= self.centre:
            return self._sum(slice(None, self.observed + 1), beta)
        return max(0.0, 1.0 - self._sum(slice(self.observed + 1, None), beta))

    def _sum(self, values: slice, beta: float) -> float:
        """P(Y in values; beta), for values on the side of the observed one where the masses shrink."""
        if math.isinf(beta):
            return float(self.observed in (0, self.mass.size - 1))
        shift = beta - self.centre
        shrunk = self.mass[values] * np.exp(shift * (np.arange(self.mass.size)[values] - self.observed))
        generating = self.total.cumulants(self.centre)[0] - self.total.cumulants(beta)[0]
        scale = generating + shift * self.observed
        return min(1.0, float(np.exp(scale + np.log(shrunk.sum())))) if shrunk.sum() > 0 else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class SaddlepointTails:
    """Tails by the Lugannani-Rice formula with Daniels' second continuity correction (Daniels 1987)."""

    total: LatticeSum
    observed: int

    def upper(self, beta: float) -> float:
        """P(Y >= observed; beta)."""
        return _lugannani_rice(self.total, self.observed - 0.5, beta)

    def lower(self, beta: float) -> float:
        """P(Y <= observed; beta), the upper tail of the reflected sum."""
        return _lugannani_rice(self.total.reflected(), self.total.maximum - self.observed - 0.5, -beta)


def tails(total: LatticeSum, observed: int) -> ExactTails | SaddlepointTails:
    """Exact tails up to 60,000 points of support, beyond that the saddlepoint."""
    if total.maximum > LARGEST_SUPPORT:
        return SaddlepointTails(total, observed)
    centre = total.tilt(min(max(observed, 0.5), total.maximum - 0.5))
    return ExactTails(total, total.probabilities(centre), centre, observed)


def lower_limit(upper: Tail, probability: float, start: float, step: float) -> float:
    """The beta at which P(Y >= observed; beta), `upper`, is `probability`."""
    return increasing_root(upper, probability, start, step)


def upper_limit(lower: Tail, probability: float, start: float, step: float) -> float:
    """The beta at which P(Y <= observed; beta), `lower`, is `probability`."""
    return -increasing_root(lambda beta: lower(-beta), probability, -start, step)


def _lugannani_rice(total: LatticeSum, point: float, beta: float) -> float:
    """P(Y > point; beta) for `point` halfway between two integers."""
    if not 0 < point < total.maximum:
        return float(point < 0)
    saddle = total.tilt(point)
    log_here, mean, variance, third = total.cumulants(beta)
    log_there, _, curvature, _ = total.cumulants(saddle)
    shift = saddle - beta
    if abs(shift) * math.sqrt(variance) < NEAR_MEAN:
        return float(special.ndtr((mean - point) / math.sqrt(variance)) - third / variance**1.5 / 6 * _phi(0.0))
    if abs(shift) * math.sqrt(variance) < NEAR_SADDLE:
        divergence = _divergence_near(total, beta, shift)
    else:
        divergence = shift * point - log_there + log_here
    w = math.copysign(math.sqrt(2 * divergence), shift)
    u = 2 * math.sinh(shift / 2) * math.sqrt(curvature)
    return min(1.0, max(0.0, float(special.ndtr(-w)) + _phi(w) * (1 / u - 1 / w)))


def _divergence_near(total: LatticeSum, beta: float, shift: float) -> float:
    """shift K'(beta + shift) - K(beta + shift) + K(beta), as the integral of t K''(beta + t), which cancels nothing."""
    nodes, weights = np.polynomial.legendre.leggauss(QUADRATURE_NODES)
    t = shift * (nodes + 1) / 2
    curvatures = np.array([total.cumulants(beta + x)[2] for x in t])
    return float(shift / 2 * (weights @ (t * curvatures)))


def _phi(z: float) -> float:
    """Standard normal density."""
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
