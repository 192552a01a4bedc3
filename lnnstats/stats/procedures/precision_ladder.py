"""Algebraic claims: residuals of an identity in single and double precision in, Evidence by a rule (no test) out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import FloatArray, finite_array, same_length
from ..pivots.proportion import Proportion
from ..values import EFFECT_LEVEL, Effect, Evidence, UnusableValues

LEAST_FALL, LEAST_FALL_REFUTED, MOST_REFUTED = 2.0**20, 2.0, 1e3
EPSILON = {"float32": 2.0**-23, "float64": 2.0**-52}


def precision_ladder(single: ArrayLike, double: ArrayLike, *, units: float) -> Evidence:
    """Does the residual of an identity vanish as rounding does? Relative residuals >= 0 [n] of n initialisations.

    The bound is `units` rounding units: units 2^-23 in float32, units 2^-52 in float64. Supported: no violation in
    either precision and a median fall of at least 2^20 between them (rounding falls by 2^29). Refuted: the median
    residual in float64 exceeds 1,000 bounds and falls less than twofold. theta = log2 of the median fall. The rule has
    no error rate, so p is 0 or 1; the share of violations has an exact interval.
    """
    first, second = finite_array(single, "float32", 1), finite_array(double, "float64", 1)
    same_length(first, second, "float32, float64")
    if (first < 0).any() or (second < 0).any():
        raise UnusableValues("residuals: found negative values; give sizes, residual over the size of its terms.")
    fall = median_fall(first, second)
    violated = (first > units * EPSILON["float32"]) | (second > units * EPSILON["float64"])
    rounding = bool(not violated.any() and fall >= LEAST_FALL)
    stays = bool(np.median(second) > MOST_REFUTED * units * EPSILON["float64"] and fall < LEAST_FALL_REFUTED)
    return Evidence(
        procedure="precision_ladder",
        estimand="log2 of the median fall of the residual from float32 to float64",
        measure="log2_fall",
        estimate=float(np.log2(fall)) if fall > 0 else -np.inf,
        null=0.0,
        n=first.size,
        statistic_name="violations of the bound",
        statistic=float(violated.sum()),
        df=None,
        tests=Rule(rounding, stays),
        attainable=0.0,
        display="identity",
        effects=(_violations(violated),),
        checks=(_largest(first, second, units),),
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in the place of tests: p is 0 where it decides, 1 elsewhere, whatever the threshold."""

    supported: bool
    refuted: bool

    def p_above(self, threshold: float) -> float:
        """0 if the claim is supported."""
        return 0.0 if self.supported else 1.0

    def p_below(self, threshold: float) -> float:
        """0 if the claim is refuted."""
        return 0.0 if self.refuted else 1.0

    def interval(self, level: float) -> tuple[float, float]:
        """Every value: a rule has no limits."""
        return -np.inf, np.inf


def median_fall(single: FloatArray, double: FloatArray) -> float:
    """Median of single / double; infinite where double precision leaves nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.median(np.where(double > 0, single / double, np.inf)))


def _violations(violated: np.ndarray) -> Effect:
    """The share of initialisations with a violation in either precision."""
    share = Proportion(int(violated.sum()), violated.size)
    low, high = share.interval(EFFECT_LEVEL)
    return Effect("P(violation)", share.count / share.n, low, high, EFFECT_LEVEL, "Clopper-Pearson")


def _largest(single: FloatArray, double: FloatArray, units: float) -> str:
    """How near the bound the residuals come."""
    shares = [values.max() / (units * EPSILON[name]) for name, values in (("float32", single), ("float64", double))]
    return f"rule: p is 0 or 1, no error rate; residuals reach {shares[0]:.2g} (float32) and {shares[1]:.2g} bounds."
