"""Accelerated failure times: log times, events and a covariate in, the profile likelihood of its coefficient out.

log T = mu + theta x + sigma e: x = 1 under treatment, else 0; or a score. In g = 1 / sigma and a = mu / sigma the log
likelihood of z = g (log T - theta x) - a is concave for each distribution of e offered here, whose densities are
log-concave.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from ..arrays import BoolArray, FloatArray, known_option
from ..values import Degenerate

MOST_STEPS = 100
CONVERGED = 1e-12
HALF_LOG_TWO_PI = 0.5 * math.log(2 * math.pi)

Derivatives = tuple[FloatArray, FloatArray, FloatArray]


def _normal(z: FloatArray, seen: BoolArray) -> Derivatives:
    """Log density (seen) or log survival of the standard normal, with two derivatives."""
    survival = special.log_ndtr(-z)
    hazard = np.exp(-z * z / 2 - HALF_LOG_TWO_PI - survival)
    return (
        np.where(seen, -z * z / 2 - HALF_LOG_TWO_PI, survival),
        np.where(seen, -z, -hazard),
        np.where(seen, -1.0, -hazard * (hazard - z)),
    )


def _logistic(z: FloatArray, seen: BoolArray) -> Derivatives:
    """As `_normal`, for the standard logistic."""
    share, times = special.expit(z), 1.0 + seen
    return seen * z - times * np.logaddexp(0.0, z), seen - times * share, -times * share * (1.0 - share)


def _smallest_extreme(z: FloatArray, seen: BoolArray) -> Derivatives:
    """As `_normal`, for the logarithm of a standard exponential: T is Weibull."""
    hazard = np.exp(np.minimum(z, 500.0))
    return seen * z - hazard, seen - hazard, -hazard


DISTRIBUTIONS: dict[str, Callable[[FloatArray, BoolArray], Derivatives]] = {
    "lognormal": _normal,
    "weibull": _smallest_extreme,
    "loglogistic": _logistic,
}


@dataclass(frozen=True, slots=True, eq=False)
class Location:
    """Log times [n], whether seen, and x; the distribution's derivatives."""

    log_time: FloatArray
    seen: BoolArray
    x: FloatArray
    derivatives: Callable[[FloatArray, BoolArray], Derivatives]

    def profile(self, theta: float) -> float:
        """The largest log likelihood at `theta`."""
        shifted = self.log_time - theta * self.x
        return self._fit(np.column_stack([shifted, -np.ones(shifted.size)]))[1]

    def fit(self) -> tuple[float, float, float]:
        """theta, its standard error from the observed information, and the largest log likelihood."""
        ones = np.ones(self.log_time.size)
        (g, _, b), largest, hessian = self._fit(np.column_stack([self.log_time, -ones, -self.x]))
        gradient = np.array([-b / g**2, 0.0, 1.0 / g])
        return float(b / g), math.sqrt(float(gradient @ np.linalg.solve(-hessian, gradient))), largest

    def _fit(self, design: FloatArray) -> tuple[FloatArray, float, FloatArray]:
        """Newton's method with halved steps on the concave log likelihood; design [n, p], its first column times g."""
        point = self._start(design)
        value, gradient, hessian = self._derivatives(design, point)
        for _ in range(MOST_STEPS):
            step = np.linalg.solve(-hessian, gradient)
            rise = float(gradient @ step)
            if rise <= CONVERGED * (1.0 + abs(value)):
                return point + step, *self._derivatives(design, point + step)[::2]
            fraction = 1.0
            while not (after := self._derivatives(design, point + fraction * step))[0] > value and fraction > 1e-10:
                fraction /= 2
            point, (value, gradient, hessian) = point + fraction * step, after
        raise ArithmeticError(f"the likelihood did not converge in {MOST_STEPS} Newton steps.")

    def _start(self, design: FloatArray) -> FloatArray:
        """The spread of the log times, and their mean."""
        spread = 1.0 / max(float(design[:, 0].std()), 1e-8)
        return np.array([spread, spread * float(design[:, 0].mean()), *np.zeros(design.shape[1] - 2)])

    def _derivatives(self, design: FloatArray, point: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Log likelihood of log T, its gradient and Hessian; -inf outside g > 0."""
        if point[0] <= 0:
            return -math.inf, point, design
        value, first, second = self.derivatives(design @ point, self.seen)
        events = int(self.seen.sum())
        gradient, hessian = design.T @ first, (design * second[:, None]).T @ design
        gradient[0] += events / point[0]
        hessian[0, 0] -= events / point[0] ** 2
        return float(value.sum()) + events * math.log(point[0]), gradient, hessian


def location(log_time: FloatArray, seen: BoolArray, x: FloatArray, distribution: str) -> Location:
    """The model of finite log times; Degenerate if a group has no event or the log times of events do not vary.

    With more than two different x, if events come at one of them only; or if events lie on one line, and none that is
    censored above it.
    """
    known_option("distribution", distribution, DISTRIBUTIONS)
    _known_at_two(seen, x)
    line = np.column_stack([np.ones(x.size), x])
    fitted = line @ np.linalg.lstsq(line[seen], log_time[seen], rcond=None)[0]
    residual = log_time - fitted
    if not (np.abs(residual[seen]) > 1e-12).any() and not (residual[~seen] > 1e-12).any():
        raise Degenerate("zero_variance", "all events of a group come at one time, or all lie on a line; no scale.")
    return Location(log_time, seen, x, DISTRIBUTIONS[distribution])


def _known_at_two(seen: BoolArray, x: FloatArray) -> None:
    """Degenerate unless events come at two different x."""
    if np.unique(x[seen]).size > 1:
        return
    if np.unique(x).size > 2:
        raise Degenerate("no_events", "events come at one level only, if at all: the slope has no finite estimate.")
    name = "treatment" if not (seen & (x == 1)).any() else "reference"
    raise Degenerate("no_events", f"no event under {name}: its times have no finite estimate.")
