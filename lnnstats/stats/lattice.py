"""Sums of independent integers under exponential tilting: weights of the parts in, cumulants and exact tails out.

A LatticeSum is Y = sum of y_i with P(y_i = y) proportional to w_i(y) exp(beta y), y = 0, 1, ...; at beta = 0 it is a
permutation distribution, at other beta the conditional distribution of a logistic trend.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from .arrays import FloatArray
from .roots import increasing_root

LARGEST_SUPPORT = 60_000
VANISHING = 1e-150
NEAR_MEAN = 1e-5
NEAR_SADDLE = 0.5
QUADRATURE_NODES = 12


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
        """P(Y = 0..maximum) at `beta` by direct convolution, whose relative error stays small in both tails."""
        result = np.ones(1)
        for part in sorted(self.parts, key=lambda part: part.copies * part.width):
            result = _convolved(result, _convolution_power(part.tilted(beta)[0], part.copies))
        return result


class Tails(Protocol):
    """P(Y >= observed) and P(Y <= observed) at any beta."""

    def upper(self, beta: float) -> float:
        """P(Y >= observed; beta)."""

    def lower(self, beta: float) -> float:
        """P(Y <= observed; beta)."""


@dataclass(frozen=True, slots=True, eq=False)
class ExactTails:
    """Tails from the whole distribution, convolved once at the tilt `centre` where the observed value is typical."""

    log_mass: FloatArray
    centre: float
    observed: int

    def upper(self, beta: float) -> float:
        """P(Y >= observed; beta)."""
        tilted = self._tilted(beta)
        return _share(tilted[self.observed :], tilted)

    def lower(self, beta: float) -> float:
        """P(Y <= observed; beta)."""
        tilted = self._tilted(beta)
        return _share(tilted[: self.observed + 1], tilted)

    def _tilted(self, beta: float) -> FloatArray:
        return self.log_mass + (beta - self.centre) * (np.arange(self.log_mass.size) - self.observed)


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
    """Exact tails up to 60,000 points of support (a convolution of about a second), beyond that the saddlepoint."""
    if total.maximum > LARGEST_SUPPORT:
        return SaddlepointTails(total, observed)
    centre = total.tilt(min(max(observed, 0.5), total.maximum - 0.5))
    with np.errstate(divide="ignore"):
        return ExactTails(np.log(total.probabilities(centre)), centre, observed)


def lower_limit(distribution: Tails, probability: float, start: float, step: float) -> float:
    """The beta at which P(Y >= observed) = probability."""
    return increasing_root(distribution.upper, probability, start, step)


def upper_limit(distribution: Tails, probability: float, start: float, step: float) -> float:
    """The beta at which P(Y <= observed) = probability."""
    return -increasing_root(lambda beta: distribution.lower(-beta), probability, -start, step)


def _convolution_power(mass: FloatArray, exponent: int) -> FloatArray:
    """The distribution of a sum of `exponent` copies, by repeated squaring."""
    result, square = np.ones(1), mass
    while exponent:
        if exponent & 1:
            result = _convolved(result, square)
        exponent >>= 1
        square = _convolved(square, square) if exponent else square
    return result


def _convolved(first: FloatArray, second: FloatArray) -> FloatArray:
    """Direct convolution; masses below 1e-150 become zero, so that no product is a (slow) subnormal number.

    These lie some 26 standard deviations from the observed value; dropping them can only raise a p near 1e-130.
    """
    mass = np.convolve(first, second)
    mass[mass < VANISHING] = 0.0
    return mass


def _share(part: FloatArray, whole: FloatArray) -> float:
    """Sum of exp(part) over sum of exp(whole), at most 1."""
    top = whole.max()
    return min(1.0, float(np.exp(part - top).sum() / np.exp(whole - top).sum()))


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
